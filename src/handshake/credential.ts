import type { BytesLike } from "../bytes.ts";
import { viewBytes } from "../bytes.ts";
import type { CryptoProvider, SignatureName } from "../crypto/provider.ts";
import { TlsUsageError } from "../errors.ts";
import { signatureAlgorithm } from "../x509/algorithms.ts";
import { Certificate } from "../x509/certificate.ts";
import {
  keyMatchesCertificate,
  keyMatchesPublicKey,
} from "../x509/key-match.ts";
import type { ParsedPrivateKey } from "../x509/private-key.ts";
import {
  type KeyAlgorithm,
  parseSubjectPublicKeyInfo,
  type SubjectPublicKeyInfo,
} from "../x509/public-key.ts";
import type { Delegation } from "./delegation.ts";
import type { SignatureSchemeName } from "./signature-schemes.ts";

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
  /** What the certificates above are signed with, the roots' own aside. */
  readonly chainSignatures?: readonly SignatureName[];
  readonly algorithm: KeyAlgorithm;
  /** Of an "ecPublicKey". */
  readonly curve: string | undefined;
  /** Of an RSA key, in bytes. */
  readonly modulusLength?: number;
  /** DER of the issuers' names, to answer a peer's list of authorities. */
  readonly issuers: readonly Uint8Array[];
  /** "ask": the key is elsewhere; each signature is a need. */
  readonly key: ParsedPrivateKey | "ask";
  /** For a peer that asks: an OCSP response about the leaf, DER (RFC 6066 8). */
  readonly ocspResponse?: Uint8Array;
  /** For a peer that asks: SignedCertificateTimestamps (RFC 6962 3.2). */
  readonly scts?: readonly Uint8Array[];
  /** What the key signs with, best first. Without it: what the config says. */
  readonly signatureSchemes?: readonly SignatureSchemeName[];
}

/**
 * A credential of a chain (DER, leaf first; copied) and its private key, with
 * what is to be stapled to the leaf (copied).
 *
 * @throws X509Error for a certificate that does not parse
 * @throws TlsUsageError for an empty chain, an empty response or timestamp, or
 *   a key that is not the leaf's
 */
export function credential(options: {
  readonly provider: CryptoProvider;
  readonly chain: readonly BytesLike[];
  readonly key: ParsedPrivateKey | "ask";
  readonly ocspResponse?: BytesLike;
  readonly scts?: readonly BytesLike[];
  /** What the key may sign with, best first. Default: the config's schemes. */
  readonly signatureSchemes?: readonly SignatureSchemeName[];
}): Credential {
  const certificates = options.chain.map((der) =>
    Certificate.parse(viewBytes(der, "certificate").slice()),
  );
  const [leaf] = certificates;
  if (leaf === undefined)
    throw new TlsUsageError("credential: the chain has no certificate");
  const { provider, key } = options;
  if (key !== "ask" && !keyMatchesCertificate(provider, key, leaf))
    throw new TlsUsageError(
      "credential: the private key does not belong to the first certificate",
    );
  const { ocspResponse, scts = [], signatureSchemes } = options;
  const { algorithm, key: publicKey } = leaf.subjectPublicKeyInfo;
  return Object.freeze({
    chain: certificates.map((certificate) => certificate.der),
    algorithm,
    curve: publicKey.type === "ec" ? publicKey.curve : undefined,
    ...(publicKey.type === "rsa" && {
      modulusLength: publicKey.modulus.length,
    }),
    issuers: certificates.map((certificate) => certificate.issuer.der),
    chainSignatures: certificates.flatMap(signatureOf),
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
 * A bare public key and its private key, for peers that take one in place of a
 * certificate (RFC 7250).
 *
 * @param options.publicKeyInfo DER of the SubjectPublicKeyInfo; copied
 * @throws X509Error for a public key that does not parse
 * @throws TlsUsageError for two keys that do not belong together
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { rawPublicKeyCredential } from "puretls/engine";
 * import { generateKey } from "puretls/pki";
 *
 * const key = generateKey({ provider, type: "ed25519" });
 * rawPublicKeyCredential({
 *   provider,
 *   publicKeyInfo: key.publicKeyInfo(),
 *   key: { algorithm: key.algorithm, key: key.privateKey },
 * });
 * ```
 */
export function rawPublicKeyCredential(options: {
  readonly provider: CryptoProvider;
  readonly publicKeyInfo: BytesLike;
  readonly key: ParsedPrivateKey | "ask";
  readonly signatureSchemes?: readonly SignatureSchemeName[];
}): Credential {
  const { provider, key, signatureSchemes } = options;
  const own = viewBytes(options.publicKeyInfo, "a public key").slice();
  const info = parseSubjectPublicKeyInfo(own);
  if (key !== "ask" && !keyMatchesPublicKey(provider, key, info))
    throw new TlsUsageError(
      "rawPublicKeyCredential: the private key is not the public one's",
    );
  return Object.freeze({
    chain: [own],
    certificateType: "RawPublicKey",
    algorithm: info.algorithm,
    curve: info.key.type === "ec" ? info.key.curve : undefined,
    ...(info.key.type === "rsa" && { modulusLength: info.key.modulus.length }),
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

function signatureOf(certificate: Certificate): readonly SignatureName[] {
  const name = signatureAlgorithm(certificate.signatureAlgorithm)?.name;
  return name === undefined || certificate.isSelfIssued ? [] : [name];
}

/** What is stapled has at least one byte: RFC 6066 8, RFC 6962 3.3. */
function stapled(bytes: BytesLike, what: string): Uint8Array {
  const own = viewBytes(bytes, what).slice();
  if (own.length === 0) throw new TlsUsageError(`credential: ${what} is empty`);
  return own;
}
