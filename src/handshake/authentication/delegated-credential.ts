/** Making and accepting delegated credentials, RFC 9345. */
import { RAISE_NEED } from "../../promises.ts";
import { type BytesLike, viewBytes } from "../../bytes.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";
import { TlsError, TlsUsageError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { Reader } from "../../wire/reader.ts";
import { Writer } from "../../wire/writer.ts";
import { Certificate } from "../../x509/certificates/certificate.ts";
import { validityAt } from "../../x509/certificates/validity.ts";
import { keyMatchesPublicKey } from "../../x509/certificates/key-match.ts";
import type { ParsedPrivateKey } from "../../x509/keys/private-key.ts";
import { parseSubjectPublicKeyInfo } from "../../x509/keys/public-key.ts";
import {
  ALL_SCHEMES,
  fitsKey,
  keyKind,
  signedUnder,
} from "./signatures-and-finished.ts";
import type { Credential } from "../credentials/credential.ts";
import type { DelegatedCredentialPolicy } from "../credentials/delegation.ts";
import {
  SIGNATURE_SCHEMES,
  type SignatureSchemeName,
} from "../registries/signature-schemes.ts";
import { certificateFault } from "../credentials/certificate-alerts.ts";

/** RFC 9345 4.1.3: seven days, in milliseconds. */
const LONGEST = 7 * 24 * 3600 * 1000;

/**
 * id-pe-delegationUsage, RFC 9345 4.2. See {@link delegateCredential} for an
 * example.
 */
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
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { acceptDelegatedCredentials, createClientConfig } from "puretls/engine";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const verifier = createVerifier({ provider, trustStore: new TrustStore() });
 * createClientConfig({
 *   provider,
 *   verifier,
 *   delegatedCredentials: acceptDelegatedCredentials(["ed25519"]),
 * });
 * ```
 */
export function acceptDelegatedCredentials(
  schemes: readonly SignatureSchemeName[] = DEFAULT_SCHEMES,
): DelegatedCredentialPolicy {
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
 * @param options.lifetimeSeconds seconds from now, at most seven days; a day if absent
 * @throws TlsUsageError where a peer would have to refuse it
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createCredential, delegateCredential, DELEGATION_USAGE } from "puretls/engine";
 * import { createCertificateAuthority, generateKey } from "puretls/pki";
 *
 * const usage = { oid: DELEGATION_USAGE, value: Uint8Array.of(5, 0) };
 * const own = createCertificateAuthority({ provider, name: "CA" }).issueServer({
 *   hosts: ["localhost"],
 *   extensions: [usage],
 * });
 * const credential = createCredential({
 *   provider,
 *   chain: own.chain,
 *   key: { algorithm: own.key.algorithm, key: own.key.privateKey },
 * });
 * const key = generateKey({ provider, type: "ed25519" });
 * delegateCredential({
 *   provider,
 *   credential,
 *   role: "server",
 *   publicKeyInfo: key.publicKeyInfo(),
 *   key: { algorithm: key.algorithm, key: key.privateKey },
 *   scheme: "ed25519",
 * });
 * ```
 */
export function delegateCredential(options: {
  readonly provider: CryptoProvider;
  readonly credential: Credential;
  readonly role: "client" | "server";
  readonly publicKeyInfo: BytesLike;
  readonly key: ParsedPrivateKey | typeof RAISE_NEED;
  readonly scheme: SignatureSchemeName;
  readonly lifetimeSeconds?: number;
}): Credential {
  const { provider, credential, role, key, scheme } = options;
  const publicKeyInfo = viewBytes(options.publicKeyInfo, "a key").slice();
  requireDelegable(scheme);
  const parsed = parseSubjectPublicKeyInfo(publicKeyInfo);
  if (!fitsKey(SIGNATURE_SCHEMES[scheme], keyKind(parsed), "TLSv1.3"))
    throw new TlsUsageError("delegateCredential: the scheme is not the key's");
  if (key !== RAISE_NEED && !keyMatchesPublicKey(provider, key, parsed))
    throw new TlsUsageError("delegateCredential: two different keys");
  const [leaf] = credential.chain;
  if (leaf === undefined || credential.key === RAISE_NEED)
    throw new TlsUsageError(
      "delegateCredential: the certificate's key is away",
    );
  const certificate = Certificate.parse(leaf);
  const lifetime = (options.lifetimeSeconds ?? 24 * 3600) * 1000;
  const now = provider.now();
  const validTime = Math.floor((now - certificate.notBefore + lifetime) / 1000);
  if (
    !(lifetime > 0) ||
    lifetime > LONGEST ||
    validityAt(certificate, now + lifetime) === "after"
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
    delegation: {
      bytes,
      scheme,
      signedWith,
      publicKeyInfo,
      until: endOf(certificate, validTime),
    },
  });
}

/**
 * The same of a DelegatedCredential that was signed elsewhere, where the
 * certificate's key is. Its signature and its times are the peer's to validate, and
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
 * import { createCredential, loadDelegatedCredential } from "puretls/engine";
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createCertificateAuthority, generateKey } from "puretls/pki";
 *
 * const authority = createCertificateAuthority({ provider, name: "Example CA" });
 * const { chain, key } = authority.issueServer({ hosts: ["a.example"] });
 * const algorithm = key.algorithm;
 * const own = createCredential({ provider, chain, key: { algorithm, key: key.privateKey } });
 * const delegated = generateKey({ provider, type: "ed25519" });
 * try {
 *   loadDelegatedCredential({
 *     provider,
 *     credential: own,
 *     delegatedCredential: new Uint8Array(8), // from who holds the certificate's key
 *     key: { algorithm: delegated.algorithm, key: delegated.privateKey },
 *   });
 * } catch (error) {
 *   if (!(error instanceof Error) || !error.message.includes("could not be parsed"))
 *     throw error;
 * }
 * ```
 */
export function loadDelegatedCredential(options: {
  readonly provider: CryptoProvider;
  readonly credential: Credential;
  readonly delegatedCredential: BytesLike;
  readonly key: ParsedPrivateKey | typeof RAISE_NEED;
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
  if (key !== RAISE_NEED && !keyMatchesPublicKey(provider, key, parsed))
    throw new TlsUsageError("delegated credentials: two different keys");
  const signedWith = schemeOf(read.algorithm);
  if (!fitsKey(SIGNATURE_SCHEMES[signedWith], credential, "TLSv1.3"))
    throw new TlsUsageError(
      "delegated credentials: signed with another certificate's key",
    );
  const { publicKeyInfo, validTime } = read;
  const [leaf] = credential.chain;
  const until =
    leaf === undefined ? Infinity : endOf(Certificate.parse(leaf), validTime);
  return Object.freeze({
    ...credential,
    key,
    delegation: { bytes, scheme, signedWith, publicKeyInfo, until },
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

/** Fields of a DelegatedCredential. Arrays are views. */
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
  return signedUnder(
    `TLS, ${signer} delegated credentials`,
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

/** RFC 9345 4.1.3: validTime counts from the certificate's notBefore. */
function endOf({ notBefore }: Certificate, validTime: number): number {
  return notBefore + validTime * 1000;
}

/** RFC 9345 4.1.3: not expired, and not for longer than seven days. */
function checkTimes(
  certificate: Certificate,
  validTime: number,
  now: number,
): void {
  const left = endOf(certificate, validTime) - now;
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
  credential: Credential,
  { signers }: CryptoProvider,
): SignatureSchemeName {
  const found = (credential.signatureSchemes ?? ALL_SCHEMES).find((name) => {
    const row = SIGNATURE_SCHEMES[name];
    return fitsKey(row, credential, "TLSv1.3") && signers[row.signature];
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
