/** Making and accepting delegated credentials, RFC 9345. */
import { asciiBytes, concat } from "../bytes.ts";
import type { BytesLike } from "../bytes.ts";
import { viewBytes } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { TlsError, TlsUsageError } from "../errors.ts";
import * as reason from "../reasons.ts";
import { Reader } from "../wire/reader.ts";
import { Writer } from "../wire/writer.ts";
import { Certificate } from "../x509/certificate.ts";
import { keyMatchesPublicKey } from "../x509/key-match.ts";
import type { ParsedPrivateKey } from "../x509/private-key.ts";
import { parseSubjectPublicKeyInfo } from "../x509/public-key.ts";
import { ALL_SCHEMES, fitsKey, keyKind } from "./authentication.ts";
import type { Credential } from "./credential.ts";
import type { DelegatedCredentials } from "./delegation.ts";
import {
  SIGNATURE_SCHEMES,
  type SignatureSchemeName,
} from "./signature-schemes.ts";
import { certificateFault } from "./x509-faults.ts";

/** RFC 9345 4.1.3: seven days, in milliseconds. */
const LONGEST = 7 * 24 * 3600 * 1000;

/** id-pe-delegationUsage, RFC 9345 4.2. */
export const DELEGATION_USAGE = "1.3.6.1.4.1.44363.44";

const DEFAULT_SCHEMES: readonly SignatureSchemeName[] = [
  "ecdsa_secp256r1_sha256",
  "ed25519",
  "ecdsa_secp384r1_sha384",
];

/**
 * Accepts delegated credentials of the peer: for a config's
 * `delegatedCredentials`.
 *
 * @param schemes what delegated keys may sign with, best first
 * @throws TlsUsageError for a scheme of an rsaEncryption key (RFC 9345 4.1.3)
 */
export function acceptDelegatedCredentials(
  schemes: readonly SignatureSchemeName[] = DEFAULT_SCHEMES,
): DelegatedCredentials {
  for (const name of schemes) requireDelegable(name);
  return {
    schemes: schemes.slice(),
    keyOf: ({ bytes, leaf, signer, provider, signatureSchemes }) => {
      const read = readDelegatedCredential(bytes);
      const scheme = schemes.find(
        (name) => SIGNATURE_SCHEMES[name].code === read.scheme,
      );
      if (scheme === undefined) throw invalid("an algorithm not offered");
      const key = certificateFault(() =>
        parseSubjectPublicKeyInfo(read.publicKeyInfo),
      );
      if (!fitsKey(SIGNATURE_SCHEMES[scheme], keyKind(key), "TLSv1.3"))
        throw invalid("an algorithm that does not fit its key");
      certificateFault(() => {
        const certificate = Certificate.parse(leaf);
        checkTimes(certificate, read.validTime, provider.now());
        checkUsage(certificate);
      });
      const signed = signedContent(signer, leaf, read);
      if (!isSigned(read, leaf, signed, provider, signatureSchemes))
        throw invalid("a signature that is not its certificate's");
      return { ...key, onlyScheme: read.scheme };
    },
  };
}

/**
 * A credential whose key signs in the place of the certificate's: to be listed
 * before the certificate's own, which serves peers that do not take it.
 *
 * @param options.credential its certificate has id-pe-delegationUsage; its key
 *   is here
 * @param options.publicKeyInfo DER of the delegated key's SubjectPublicKeyInfo;
 *   copied
 * @param options.scheme what the delegated key signs with
 * @param options.lifetime seconds from now, at most seven days; a day if absent
 * @throws TlsUsageError where a peer would have to refuse it
 */
export function delegateCredential(options: {
  readonly provider: CryptoProvider;
  readonly credential: Credential;
  readonly role: "client" | "server";
  readonly publicKeyInfo: BytesLike;
  readonly key: ParsedPrivateKey | "ask";
  readonly scheme: SignatureSchemeName;
  readonly lifetime?: number;
}): Credential {
  const { provider, credential, role, key, scheme } = options;
  const publicKeyInfo = viewBytes(options.publicKeyInfo, "a key").slice();
  requireDelegable(scheme);
  const parsed = parseSubjectPublicKeyInfo(publicKeyInfo);
  if (!fitsKey(SIGNATURE_SCHEMES[scheme], keyKind(parsed), "TLSv1.3"))
    throw new TlsUsageError("delegateCredential: the scheme is not the key's");
  if (key !== "ask" && !keyMatchesPublicKey(provider, key, parsed))
    throw new TlsUsageError("delegateCredential: two different keys");
  const [leaf] = credential.chain;
  if (leaf === undefined || credential.key === "ask")
    throw new TlsUsageError(
      "delegateCredential: the certificate's key is away",
    );
  const certificate = Certificate.parse(leaf);
  const lifetime = (options.lifetime ?? 24 * 3600) * 1000;
  const now = provider.now();
  const validTime = Math.floor((now - certificate.notBefore + lifetime) / 1000);
  if (
    !(lifetime > 0) ||
    lifetime > LONGEST ||
    now + lifetime > certificate.notAfter
  )
    throw new TlsUsageError(
      "delegateCredential: at most seven days, and no longer than the certificate",
    );
  if (!mayDelegate(certificate))
    throw new TlsUsageError(
      "delegateCredential: the certificate may not delegate",
    );
  const signedWith = signingScheme(credential, provider);
  const fields = {
    validTime,
    scheme: SIGNATURE_SCHEMES[scheme].code,
    publicKeyInfo,
    algorithm: SIGNATURE_SCHEMES[signedWith].code,
  };
  const sign = provider.signers[SIGNATURE_SCHEMES[signedWith].signature];
  const content = signedContent(role, leaf, fields);
  const signature = sign?.(credential.key.key, content, provider.random);
  if (signature === undefined)
    throw new TlsUsageError("delegateCredential: the provider cannot sign");
  const bytes = new Writer()
    .bytes(encodeCredential(fields))
    .u16(fields.algorithm)
    .opaque16(signature)
    .finish();
  return Object.freeze({
    ...credential,
    key,
    delegation: { bytes, scheme, signedWith, publicKeyInfo },
  });
}

/**
 * The same of a DelegatedCredential that was signed elsewhere, where the
 * certificate's key is. Its signature and its times are the peer's to judge, and
 * so is whether the certificate may delegate.
 *
 * @param options.credential has the certificate; its key need not be here
 * @param options.delegatedCredential RFC 9345 4, as it goes over the wire; copied
 * @param options.key the delegated key
 * @throws TlsError `malformed_message` for bytes that are none
 * @throws TlsUsageError for another key than the one inside, and for algorithms
 *   that nobody may accept
 * @example
 * ```ts
 * import { credential, loadDelegatedCredential } from "puretls/engine";
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createCertificateAuthority, generateKey } from "puretls/pki";
 *
 * const authority = createCertificateAuthority({ provider, name: "Example CA" });
 * const { chain, key } = authority.issueServer({ hosts: ["a.example"] });
 * const algorithm = key.algorithm;
 * const own = credential({ provider, chain, key: { algorithm, key: key.privateKey } });
 * const delegated = generateKey({ provider, type: "ed25519" });
 * try {
 *   loadDelegatedCredential({
 *     provider,
 *     credential: own,
 *     delegatedCredential: new Uint8Array(8), // from who holds the certificate's key
 *     key: { algorithm: delegated.algorithm, key: delegated.privateKey },
 *   });
 * } catch (error) {
 *   if (!(error instanceof Error) || !error.message.includes("does not parse"))
 *     throw error;
 * }
 * ```
 */
export function loadDelegatedCredential(options: {
  readonly provider: CryptoProvider;
  readonly credential: Credential;
  readonly delegatedCredential: BytesLike;
  readonly key: ParsedPrivateKey | "ask";
}): Credential {
  const { provider, credential, delegatedCredential, key } = options;
  const bytes = viewBytes(
    delegatedCredential,
    "a delegated credential",
  ).slice();
  const read = readDelegatedCredential(bytes);
  const scheme = schemeOf(read.scheme);
  requireDelegable(scheme);
  const parsed = parseSubjectPublicKeyInfo(read.publicKeyInfo);
  if (!fitsKey(SIGNATURE_SCHEMES[scheme], keyKind(parsed), "TLSv1.3"))
    throw new TlsUsageError(
      "delegated credentials: the scheme is not the key's",
    );
  if (key !== "ask" && !keyMatchesPublicKey(provider, key, parsed))
    throw new TlsUsageError("delegated credentials: two different keys");
  const signedWith = schemeOf(read.algorithm);
  if (!fitsKey(SIGNATURE_SCHEMES[signedWith], credential, "TLSv1.3"))
    throw new TlsUsageError(
      "delegated credentials: signed with another certificate's key",
    );
  const { publicKeyInfo } = read;
  return Object.freeze({
    ...credential,
    key,
    delegation: { bytes, scheme, signedWith, publicKeyInfo },
  });
}

function schemeOf(code: number): SignatureSchemeName {
  const name = ALL_SCHEMES.find((one) => SIGNATURE_SCHEMES[one].code === code);
  if (name === undefined)
    throw new TlsUsageError(
      `delegated credentials: an unknown algorithm (${code.toString()})`,
    );
  return name;
}

/** What stands in a DelegatedCredential. Arrays are views. */
interface Fields {
  /** Seconds after the certificate's notBefore. */
  readonly validTime: number;
  readonly scheme: number;
  readonly publicKeyInfo: Uint8Array;
  readonly algorithm: number;
}

function readDelegatedCredential(
  bytes: Uint8Array,
): Fields & { readonly signature: Uint8Array } {
  return Reader.all(bytes, "DelegatedCredential", (reader) => ({
    validTime: reader.u32(),
    scheme: reader.u16(),
    publicKeyInfo: reader.opaque24(1),
    algorithm: reader.u16(),
    signature: reader.opaque16(1),
  }));
}

/** Credential, RFC 9345 4. */
function encodeCredential(fields: Fields): Uint8Array {
  return new Writer()
    .u32(fields.validTime)
    .u16(fields.scheme)
    .opaque24(fields.publicKeyInfo)
    .finish();
}

/** RFC 9345 4. */
function signedContent(
  signer: "client" | "server",
  leaf: Uint8Array,
  fields: Fields,
): Uint8Array {
  return concat(
    new Uint8Array(64).fill(0x20),
    asciiBytes(`TLS, ${signer} delegated credentials`),
    Uint8Array.of(0),
    leaf,
    encodeCredential(fields),
    Uint8Array.of(fields.algorithm >> 8, fields.algorithm),
  );
}

function isSigned(
  { algorithm, signature }: Fields & { readonly signature: Uint8Array },
  leaf: Uint8Array,
  content: Uint8Array,
  provider: CryptoProvider,
  schemes: readonly SignatureSchemeName[],
): boolean {
  const { subjectPublicKeyInfo: key } = Certificate.parse(leaf);
  const name = schemes.find((one) => SIGNATURE_SCHEMES[one].code === algorithm);
  if (name === undefined) return false;
  const row = SIGNATURE_SCHEMES[name];
  const verify = provider.verifiers[row.signature];
  return (
    fitsKey(row, keyKind(key), "TLSv1.3") &&
    verify?.(key.key, content, signature) === true
  );
}

/** RFC 9345 4.1.3: not expired, and not for longer than seven days. */
function checkTimes(
  { notBefore }: Certificate,
  validTime: number,
  now: number,
): void {
  const left = notBefore + validTime * 1000 - now;
  if (left < 0) throw invalid("it has expired");
  if (left > LONGEST) throw invalid("it is good for more than seven days");
}

function checkUsage(certificate: Certificate): void {
  if (!mayDelegate(certificate))
    throw invalid("its certificate may not delegate");
}

/** RFC 9345 4.2. */
function mayDelegate(certificate: Certificate): boolean {
  return (
    certificate.extension(DELEGATION_USAGE) !== undefined &&
    certificate.keyUsage?.has("digitalSignature") === true
  );
}

function signingScheme(
  { algorithm, curve, modulusLength, signatureSchemes }: Credential,
  { signers }: CryptoProvider,
): SignatureSchemeName {
  const kind = { algorithm, curve, ...(modulusLength && { modulusLength }) };
  const found = (signatureSchemes ?? ALL_SCHEMES).find((name) => {
    const row = SIGNATURE_SCHEMES[name];
    return fitsKey(row, kind, "TLSv1.3") && signers[row.signature];
  });
  if (found === undefined)
    throw new TlsUsageError(
      "delegateCredential: the certificate's key cannot sign",
    );
  return found;
}

/** RFC 9345 4.1.3: no key of rsaEncryption, which could decrypt elsewhere. */
function requireDelegable(scheme: SignatureSchemeName): void {
  const { key, handshake } = SIGNATURE_SCHEMES[scheme];
  const versions: readonly string[] = handshake;
  if (key === "rsaEncryption" || !versions.includes("TLSv1.3"))
    throw new TlsUsageError(`delegated credentials: not with ${scheme}`);
}

function invalid(detail: string): TlsError {
  return new TlsError(reason.invalid_delegated_credential, { detail });
}
