import { RAISE_NEED } from "../../promises.ts";
import type { BytesLike } from "../../bytes.ts";
import { viewBytes } from "../../bytes.ts";
import type { CryptoProvider, SignatureName } from "../../crypto/provider.ts";
import { TlsUsageError } from "../../errors.ts";
import { signatureAlgorithm } from "../../x509/keys/algorithms.ts";
import { Certificate } from "../../x509/certificates/certificate.ts";
import {
  keyMatchesCertificate,
  keyMatchesPublicKey,
} from "../../x509/certificates/key-match.ts";
import { X509Error } from "../../x509/faults/errors.ts";
import { checkOwnChain } from "../../x509/path/own-chain.ts";
import type { SecurityLevel } from "../../x509/path/security-level.ts";
import type { ParsedPrivateKey } from "../../x509/keys/private-key.ts";
import {
  type KeyAlgorithm,
  modulusBits,
  parseSubjectPublicKeyInfo,
  type SubjectPublicKeyInfo,
} from "../../x509/keys/public-key.ts";
import type { Delegation } from "./delegation.ts";
import type { SignatureSchemeName } from "../registries/signature-schemes.ts";

/** A certificate chain and how to sign for it. */
export interface Credential {
  /**
   * DER, leaf first, without the anchor; of a raw public key its
   * SubjectPublicKeyInfo alone.
   */
  readonly chain: readonly Uint8Array[];
  /** RFC 7250; absent: X.509. */
  readonly certificateType?: "RawPublicKey";
  /** `key` is one that the certificate's key speaks for (RFC 9345). */
  readonly delegation?: Delegation;
  /** Signatures of the certificates above, the roots' own aside. */
  readonly chainSignatures?: readonly SignatureName[];
  readonly algorithm: KeyAlgorithm;
  /** Of an "ecPublicKey". */
  readonly curve: string | undefined;
  /** Of an RSA key. */
  readonly modulusBits?: number;
  /** The only hash that an id-RSASSA-PSS key with parameters may sign with. */
  readonly pssHash?: "sha256" | "sha384" | "sha512";
  /** The leaf has a key usage without digitalSignature. */
  readonly keyUsageForbidsSigning?: true;
  /** DER of the issuers' names, to answer a peer's list of authorities. */
  readonly issuers: readonly Uint8Array[];
  /** For peers alone that name one of `issuers` as an authority. */
  readonly mustMatchIssuer?: true;
  /** `RAISE_NEED`: the key is elsewhere; each signature is a need. */
  readonly key: ParsedPrivateKey | typeof RAISE_NEED;
  /** For a peer that asks: an OCSP response about the leaf, DER (RFC 6066 8). */
  readonly ocspResponse?: Uint8Array;
  /** For a peer that asks: SignedCertificateTimestamps (RFC 6962 3.2). */
  readonly scts?: readonly Uint8Array[];
  /**
   * Schemes that the key signs with, best first; absent: those of the config.
   * Without it: what the config says.
   */
  readonly signatureSchemes?: readonly SignatureSchemeName[];
}

/**
 * A credential of a chain (DER, leaf first; copied) and its private key, with
 * what is to be stapled to the leaf (copied).
 *
 * @throws X509Error for a certificate that does not parse, or that is too weak
 *   for the security level: `weak_leaf_key`, `weak_ca_key`,
 *   `weak_signature_digest`
 * @throws TlsUsageError for an empty chain, an empty response or timestamp, or
 *   a key that is not the leaf's
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createCredential } from "puretls/engine";
 * import { createSelfSigned } from "puretls/pki";
 *
 * const { der, key } = createSelfSigned({ provider, hosts: ["localhost"] });
 * createCredential({
 *   provider,
 *   chain: [der],
 *   key: { algorithm: key.algorithm, key: key.privateKey },
 * });
 * ```
 */
export function createCredential(options: {
  readonly provider: CryptoProvider;
  readonly chain: readonly BytesLike[];
  readonly key: ParsedPrivateKey | typeof RAISE_NEED;
  readonly ocspResponse?: BytesLike;
  readonly scts?: readonly BytesLike[];
  /**
   * Schemes that the key may sign with, best first. Default: the config's
   * schemes.
   */
  readonly signatureSchemes?: readonly SignatureSchemeName[];
  /**
   * Presents the chain to peers alone that name one of its issuers as an
   * authority (RFC 9846 4.3.4). Default false: such peers get it first.
   */
  readonly mustMatchIssuer?: boolean;
  /** OpenSSL's, for keys and signatures of the chain. Default 2, 0 for any. */
  readonly securityLevel?: SecurityLevel;
}): Credential {
  // [9846-4.5.1-10]
  const certificates = options.chain.map((der) =>
    Certificate.parse(viewBytes(der, "certificate").slice()),
  );
  const [leaf] = certificates;
  if (leaf === undefined)
    // [9846-4.5.1-15]
    throw new TlsUsageError("credential: the chain has no certificate");
  checkOwnChain(certificates, options.securityLevel ?? 2);
  const { provider, key } = options;
  // [5246-7.4.2-03] [9846-4.5.1-09]
  if (key !== RAISE_NEED && !keyMatchesCertificate(provider, key, leaf))
    throw new TlsUsageError(
      `credential: ${keyMismatch(provider, key, certificates)}`,
    );
  const { ocspResponse, scts = [], signatureSchemes } = options;
  const { algorithm, key: publicKey, pssHash } = leaf.subjectPublicKeyInfo;
  return Object.freeze({
    ...factsOfChain(certificates),
    algorithm,
    curve: publicKey.type === "ec" ? publicKey.curve : undefined,
    ...(publicKey.type === "rsa" && {
      modulusBits: modulusBits(publicKey.modulus),
    }),
    ...(pssHash && { pssHash }),
    ...(!allowsSignatures(leaf) && { keyUsageForbidsSigning: true }),
    ...(options.mustMatchIssuer && { mustMatchIssuer: true }),
    key,
    ...(ocspResponse && {
      ocspResponse: stapled(ocspResponse, "an OCSP response"),
    }),
    ...(scts.length > 0 && {
      scts: scts.map((sct) => stapled(sct, "a timestamp")),
    }),
    ...(signatureSchemes && { signatureSchemes: signatureSchemes.slice() }),
  });
}

/**
 * The same credential with more certificates behind its leaf.
 *
 * @throws X509Error where one of them is too weak for the security level
 */
export function withIssuers(
  credential: Credential,
  issuers: readonly Certificate[],
  securityLevel: SecurityLevel,
): Credential {
  const own = credential.chain.map((der) => Certificate.parse(der));
  const chain = [...own, ...issuers];
  checkOwnChain(chain, securityLevel);
  return Object.freeze({ ...credential, ...factsOfChain(chain) });
}

function factsOfChain(chain: readonly Certificate[]) {
  return {
    chain: chain.map(({ der }) => der),
    issuers: chain.map(({ issuer }) => issuer.der),
    chainSignatures: chain.flatMap(signatureOf),
  };
}

/** Says what is wrong with a key that is not the first certificate's. */
export function keyMismatch(
  provider: CryptoProvider,
  key: ParsedPrivateKey,
  chain: readonly Certificate[],
  names: { readonly key?: string; readonly chain?: string } = {},
): string {
  const of = (name: string | undefined): string =>
    name === undefined ? "" : ` (${name})`;
  const own = `the private key${of(names.key)}`;
  const at = chain.findIndex((one) => fits(provider, key, one));
  return at < 0
    ? `${own} does not belong to the first certificate${of(names.chain)}`
    : `${own} belongs to certificate ${(at + 1).toString()} of ${chain.length.toString()}${of(names.chain)}: put that one first, then its issuers`;
}

function fits(
  provider: CryptoProvider,
  key: ParsedPrivateKey,
  certificate: Certificate,
): boolean {
  try {
    return keyMatchesCertificate(provider, key, certificate);
  } catch (error) {
    if (error instanceof X509Error) return false;
    throw error;
  }
}

/** Tells whether the key may sign a handshake, RFC 9846 4.5.1.2. */
function allowsSignatures(leaf: Certificate): boolean {
  try {
    return leaf.keyUsage?.has("digitalSignature") ?? true;
  } catch (error) {
    if (error instanceof X509Error) return false;
    throw error;
  }
}

/**
 * A bare public key and its private key, for peers that take one in place of a
 * certificate (RFC 7250).
 *
 * @param options.publicKeyInfo DER of the SubjectPublicKeyInfo; copied
 * @throws X509Error for a public key that does not parse
 * @throws TlsUsageError for two keys that do not belong together
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createRawPublicKeyCredential } from "puretls/engine";
 * import { generateKey } from "puretls/pki";
 *
 * const key = generateKey({ provider, type: "ed25519" });
 * createRawPublicKeyCredential({
 *   provider,
 *   publicKeyInfo: key.publicKeyInfo(),
 *   key: { algorithm: key.algorithm, key: key.privateKey },
 * });
 * ```
 */
export function createRawPublicKeyCredential(options: {
  readonly provider: CryptoProvider;
  readonly publicKeyInfo: BytesLike;
  readonly key: ParsedPrivateKey | typeof RAISE_NEED;
  readonly signatureSchemes?: readonly SignatureSchemeName[];
}): Credential {
  const { provider, key, signatureSchemes } = options;
  const own = viewBytes(options.publicKeyInfo, "a public key").slice();
  const info = parseSubjectPublicKeyInfo(own);
  if (key !== RAISE_NEED && !keyMatchesPublicKey(provider, key, info))
    throw new TlsUsageError(
      "rawPublicKeyCredential: the private key is not the public one's",
    );
  return Object.freeze({
    chain: [own],
    certificateType: "RawPublicKey",
    algorithm: info.algorithm,
    curve: info.key.type === "ec" ? info.key.curve : undefined,
    ...(info.key.type === "rsa" && {
      modulusBits: modulusBits(info.key.modulus),
    }),
    ...(info.pssHash && { pssHash: info.pssHash }),
    issuers: [],
    key,
    ...(signatureSchemes && { signatureSchemes: signatureSchemes.slice() }),
  });
}

/**
 * The key that a credential signs with.
 *
 * @throws X509Error for one that does not parse
 */
export function publicKeyOf({
  chain,
  certificateType,
  delegation,
}: Credential): SubjectPublicKeyInfo | undefined {
  const [leaf] = chain;
  if (delegation) return parseSubjectPublicKeyInfo(delegation.publicKeyInfo);
  if (leaf === undefined) return undefined;
  return certificateType === "RawPublicKey"
    ? parseSubjectPublicKeyInfo(leaf)
    : Certificate.parse(leaf).subjectPublicKeyInfo;
}

/** Says why a server presents none of these, where it is for their key usage. */
export function unfitDetail(
  credentials: readonly Credential[],
): { readonly detail: string } | undefined {
  if (!credentials.some((one) => one.keyUsageForbidsSigning)) return undefined;
  return {
    detail:
      "this server's certificate has a key usage without digitalSignature: have it issued with it",
  };
}

function signatureOf(certificate: Certificate): readonly SignatureName[] {
  const name = signatureAlgorithm(certificate.signatureAlgorithm)?.name;
  return name === undefined || certificate.isSelfIssued ? [] : [name];
}

/**
 * Checks that what is stapled has at least one byte: RFC 6066 8, RFC 6962 3.3.
 */
function stapled(bytes: BytesLike, what: string): Uint8Array {
  const own = viewBytes(bytes, what).slice();
  if (own.length === 0) throw new TlsUsageError(`credential: ${what} is empty`);
  return own;
}
