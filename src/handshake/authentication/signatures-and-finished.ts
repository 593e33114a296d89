/**
 * Authentication of the peer: CertificateVerify and Finished, RFC 9846 4.5.2
 * and 4.4.4. What they prove is a type: without a proof the next state cannot
 * be built.
 */
import { asciiBytes, concat, equal } from "../../bytes.ts";
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import type { SignatureName } from "../../crypto/provider.ts";
import { isWeakSignature } from "../../x509/keys/algorithms.ts";
import {
  modulusBits,
  type SubjectPublicKeyInfo,
} from "../../x509/keys/public-key.ts";
import { typeOf } from "../registries/certificate-types.ts";
import type { TlsProtocolVersion } from "../registries/cipher-suites.ts";
import type { ClientConfig, ServerConfig } from "../config/config.ts";
import type { Credential } from "../credentials/credential.ts";
import type { PeerKey } from "../credentials/delegation.ts";
import { KeyPossession } from "./authenticated-peer.ts";
import type { OidFilters } from "../extensions/spec.ts";
import { byKind } from "../features/feature.ts";
import type { Side, TrafficSecret } from "../keys/key-schedule13.ts";
import type { CertificateVerify } from "../messages/certificate-verify.ts";
import type { Finished } from "../messages/finished.ts";
import {
  isForBothSides,
  SIGNATURE_SCHEMES,
  type SignatureScheme,
  type SignatureSchemeName,
} from "../registries/signature-schemes.ts";
import type { Transcript } from "../keys/transcript.ts";

export type { VerifiedFinished, VerifiedSignature };

/** Proof by signature that the peer has the private key of its certificate. */
class VerifiedSignature extends KeyPossession {
  readonly #signed = true;

  constructor({ leaf }: PeerKey, scheme: SignatureSchemeName) {
    super(leaf, scheme);
    void this.#signed;
  }
}

/**
 * Proof that the peer saw the same handshake. Its type names the side that sent
 * the Finished.
 */
class VerifiedFinished<S extends Side = Side> {
  readonly #verifiedFinished = true;
  readonly sender: S;

  constructor(sender: S) {
    this.sender = sender;
  }

  /** Tells whether a value is such a proof, and not a forged object. */
  static made(value: object): boolean {
    return #verifiedFinished in value;
  }
}

/** Returns the content that a CertificateVerify signs, RFC 9846 4.5.2. */
export function signedContent(
  signer: "client" | "server",
  transcript: Transcript,
): Uint8Array {
  const context = `TLS 1.3, ${signer} CertificateVerify`;
  return signedUnder(context, transcript.digest());
}

/**
 * Returns the content that TLS signs for a purpose that it names: RFC 9846
 * 4.5.2, RFC 9345 4.
 */
export function signedUnder(
  context: string,
  ...content: readonly Uint8Array[]
): Uint8Array {
  const padding = new Uint8Array(64).fill(0x20);
  return concat(padding, asciiBytes(`${context}\0`), ...content);
}

/**
 * Checks the peer's signature over the transcript up to its Certificate.
 *
 * @throws TlsError
 */
export function verifyCertificateVerify(options: {
  readonly config: ClientConfig | ServerConfig;
  readonly key: PeerKey;
  readonly signer: "client" | "server";
  readonly transcript: Transcript;
  readonly message: CertificateVerify;
}): VerifiedSignature {
  const { config, key, message, signer, transcript } = options;
  const { onlyScheme } = key;
  // RFC 9345 4.1.3: a delegated key signs as its credential says.
  if (onlyScheme !== undefined && message.algorithm !== onlyScheme)
    throw new TlsError(reason.wrong_signature_scheme);
  return verifySignature({
    config,
    ...(onlyScheme !== undefined && { schemes: ALL_SCHEMES }),
    version: "TLSv1.3",
    signer,
    key,
    scheme: message.algorithm,
    content: signedContent(signer, transcript),
    signature: message.signature,
  });
}

/**
 * Checks a signature of the peer under its certificate's key.
 *
 * @throws TlsError
 */
export function verifySignature(options: {
  readonly config: ClientConfig | ServerConfig;
  readonly version: TlsProtocolVersion;
  /** Those of the config unless given. */
  readonly schemes?: readonly SignatureSchemeName[];
  /** In TLS 1.3. */
  readonly signer?: Side;
  readonly key: PeerKey;
  /** SignatureScheme. */
  readonly scheme: number;
  readonly content: Uint8Array;
  readonly signature: Uint8Array;
}): VerifiedSignature {
  const { config, version, signer, key, content, signature } = options;
  const { schemes = config.signatureSchemes } = options;
  // RFC 9846 4.5.2, RFC 5246 7.4.3: "one of those present in the
  // supported_signature_algorithms field", and one that fits the key.
  const scheme = schemes
    .map((name) => ({ name, row: SIGNATURE_SCHEMES[name] }))
    .find(({ row }) => row.code === options.scheme);
  // [9846-4.5.2-06]
  if (
    scheme === undefined ||
    !fitsKey(scheme.row, keyKind(key), version, signer)
  )
    throw new TlsError(reason.wrong_signature_scheme, {
      detail: `scheme ${options.scheme.toString(16).padStart(4, "0")}`,
    });
  const verify = config.provider.verifiers[scheme.row.signature];
  // [9846-4.5.2-08]
  if (!verify?.(key.key, content, signature))
    // [9846-4.5.2-09]
    throw new TlsError(reason.certificate_verify_mismatch);
  return new VerifiedSignature(key, scheme.name);
}

/**
 * Checks the peer's Finished over the transcript before it.
 *
 * @throws TlsError
 */
export function verifyFinished<S extends Side>(
  secret: TrafficSecret<S>,
  transcript: Transcript,
  message: Finished,
): VerifiedFinished<S> {
  const expected = secret.finished(transcript.digest());
  return verifyData(secret.sender, expected, message);
}

/**
 * Compares verify_data, of whatever version.
 *
 * @throws TlsError
 */
export function verifyData<S extends Side>(
  sender: S,
  expected: Uint8Array,
  message: Finished,
): VerifiedFinished<S> {
  // RFC 9846 6.2: decode_error where "the length of the message was incorrect".
  if (message.verifyData.length !== expected.length)
    throw new TlsError(reason.malformed_message, {
      detail: `Finished: ${message.verifyData.length} bytes, expected ${expected.length}`,
    });
  // [9846-4.5.3-01]
  // RFC 9846 4.5.3: "if incorrect MUST terminate the connection with a
  // "decrypt_error" alert".
  if (!equal(expected, message.verifyData))
    throw new TlsError(reason.finished_mismatch);
  return new VerifiedFinished(sender);
}

/** The credential by which a side authenticates itself, with its scheme. */
export interface ChosenCredential {
  readonly credential: Credential;
  readonly scheme: SignatureSchemeName;
}

/** Further limits of a peer on the credentials that it accepts. */
export interface PeerTerms {
  /** CertificateTypes (RFC 7250); X.509 alone unless given. */
  readonly certificateTypes?: readonly number[] | undefined;
  /** Of delegated credentials (RFC 9345); none unless given. */
  readonly delegated?: readonly number[] | undefined;
  /** signature_algorithms_cert; the schemes of signatures unless given. */
  readonly certificateSchemes?: readonly number[] | undefined;
  /** Extensions that a server wants in a client's certificate. */
  readonly filters?: OidFilters | undefined;
}

/**
 * The first credential that the peer can verify and the best scheme for it,
 * by this side's order (RFC 9846 4.5.1.1). Where the peer named authorities,
 * credentials that lead to one of them come first, and of these the ones whose
 * certificates are signed as it likes. One that is signed over SHA-1 is the
 * last, and is not presented to a peer that does not say that it takes it (RFC
 * 9846 4.3.3); nor is one whose key may not sign, or without what a server's
 * filters want.
 */
export function chooseCredential(
  credentials: readonly Credential[],
  config: ClientConfig | ServerConfig,
  version: TlsProtocolVersion,
  peerSchemes: readonly number[],
  authorities: readonly Uint8Array[] = [],
  terms: PeerTerms = {},
): ChosenCredential | undefined {
  // [9846-4.5.1.2-01]
  const { certificateTypes = [0], certificateSchemes } = terms;
  const schemes = knownOf(peerSchemes);
  const ofChain = certificateSchemes ? knownOf(certificateSchemes) : schemes;
  // [9846-4.5.1.2-07]
  const liked = (one: Credential): boolean => isSignedBy(one, ofChain);
  // [5246-7.4.2-07] [5246-7.4.2-10a] [5246-7.4.6-05] [5246-7.4.6-06]
  // [5246-7.4.6-08] [9846-4.3.3-16] [9846-4.5.1.2-03a] [9846-4.5.1.2-05]
  // [9846-4.5.1.2-10]
  const usable = credentials.filter(
    (one) =>
      certificateTypes.includes(typeOf(one)) &&
      !one.keyUsageForbidsSigning &&
      (liked(one) || !isOverSha1(one)) &&
      passes(one, terms.filters) &&
      (one.mustMatchIssuer !== true || leadsTo(one, authorities)),
  );
  // [9846-4.3.4-01] [9846-4.5.1.2-04]
  const led = usable.filter((one) => leadsTo(one, authorities));
  // [5246-7.4.2-16] [5246-7.4.4-02] [9846-4.5.1.2-09]
  const order = [
    ...led.filter(liked),
    ...led,
    ...usable.filter(liked),
    ...usable,
  ];
  const last = order.filter(isOverSha1);
  for (const credential of [
    ...order.filter((one) => !isOverSha1(one)),
    ...last,
  ]) {
    // [9846-4.5.1.2-02]
    const scheme = schemeFor(credential, config, version, schemes, terms);
    if (scheme !== undefined) return { credential, scheme };
  }
  return undefined;
}

function schemeFor(
  credential: Credential,
  config: ClientConfig | ServerConfig,
  version: TlsProtocolVersion,
  peerSchemes: readonly number[],
  { delegated = [] }: PeerTerms,
): SignatureSchemeName | undefined {
  const { delegation, signatureSchemes } = credential;
  if (delegation !== undefined) {
    const now = config.provider.now();
    const peer = { schemes: peerSchemes, delegated, now };
    return version === "TLSv1.3"
      ? byKind(config, (kind) => kind.scheme?.(credential, peer))
      : undefined;
  }
  // [5246-7.4.3-02] [5246-7.4.4-04] [5246-7.4.8-02]
  return (signatureSchemes ?? config.signatureSchemes).find((name) => {
    const row = SIGNATURE_SCHEMES[name];
    // [9846-4.5.2-04] [9846-4.5.2-05]
    return (
      peerSchemes.includes(row.code) &&
      fitsKey(row, credential, version, config.role)
    );
  });
}

// [9846-4.3.3-04]
/** RFC 9846 4.5.1.2: a chain that the peer can verify, where there is one. */
function isSignedBy(
  { chainSignatures = [] }: Credential,
  schemes: readonly number[],
): boolean {
  return chainSignatures.every((name) =>
    schemes.some((code) => SIGNATURES_BY_CODE.get(code) === name),
  );
}

/**
 * Those of a peer's list that are known, each once: it is as long as the peer
 * likes, and is walked once however many certificates there are. A short list is
 * returned as it is.
 */
function knownOf(schemes: readonly number[]): readonly number[] {
  if (schemes.length <= ALL_CODES.size) return schemes;
  const known = new Set<number>();
  for (const code of schemes) if (ALL_CODES.has(code)) known.add(code);
  return [...known];
}

/** The roots' own signatures aside, which nobody verifies. */
function isOverSha1({ chainSignatures = [] }: Credential): boolean {
  return chainSignatures.some(isWeakSignature);
}

/** RFC 9846 4.3.5: of a certificate; a bare key has no extensions. */
function passes(
  { chain: [leaf], certificateType }: Credential,
  filters: OidFilters | undefined,
): boolean {
  if (filters === undefined || certificateType !== undefined) return true;
  return leaf === undefined || filters.matches(leaf);
}

/** Every scheme by name. */
export const ALL_SCHEMES: readonly SignatureSchemeName[] = Object.values(
  SIGNATURE_SCHEMES,
).map(({ name }) => name);

const ALL_CODES: ReadonlySet<number> = new Set(
  Object.values(SIGNATURE_SCHEMES).map(({ code }) => code),
);

const SIGNATURES_BY_CODE: ReadonlyMap<number, SignatureName> = new Map(
  ALL_SCHEMES.filter(isForBothSides).map((name) => {
    const { code, signature } = SIGNATURE_SCHEMES[name];
    return [code, signature];
  }),
);

export interface KeyKind {
  readonly algorithm: string;
  readonly curve: string | undefined;
  /** Of an RSA key. */
  readonly modulusBits?: number;
  /** The only hash of an id-RSASSA-PSS key that has parameters. */
  readonly pssHash?: string;
}

/** Returns the properties of a key that decide about schemes. */
export function keyKind({
  algorithm,
  key,
  pssHash,
}: SubjectPublicKeyInfo): KeyKind {
  return {
    ...(pssHash && { pssHash }),
    algorithm,
    curve: key.type === "ec" ? key.curve : undefined,
    ...(key.type === "rsa" && { modulusBits: modulusBits(key.modulus) }),
  };
}

/**
 * RFC 8017 9.1.1: a hash, a salt as long, and two bytes more, in a bit less than
 * the modulus has: of the first byte a bit is enough.
 */
const LEAST_MODULUS: { readonly [name: string]: number | undefined } = {
  "rsa-pss-sha256": 8 * (2 * 32 + 1) + 2,
  "rsa-pss-sha384": 8 * (2 * 48 + 1) + 2,
  "rsa-pss-sha512": 8 * (2 * 64 + 1) + 2,
};

// [5246-7.4.3-04] [5246-7.4.8-03]
/**
 * Tells whether a key of that kind signs a handshake with that scheme.
 *
 * @param signer undefined: it is for whichever side, or no handshake
 */
export function fitsKey(
  scheme: SignatureScheme,
  kind: KeyKind,
  version: TlsProtocolVersion,
  signer?: Side,
): boolean {
  // [8422-5.9-05] [9846-4.3.3-01] [9846-4.3.3-06] [9846-4.3.3-08]
  // [9846-4.3.3-10] [9846-4.3.3-12b] [9846-4.3.3-13] [9846-4.3.3-18]
  // [9846-4.3.3-22] [9846-4.5.1.2-03c] [9846-4.5.2-07]
  return (
    scheme.handshake.includes(version) &&
    (scheme.signer === undefined || scheme.signer === signer) &&
    scheme.key === kind.algorithm &&
    (kind.modulusBits ?? Infinity) >= (LEAST_MODULUS[scheme.signature] ?? 0) &&
    // RFC 9846 4.3.3: the parameters "MUST be identical".
    (kind.pssHash === undefined ||
      scheme.signature === `rsa-pss-${kind.pssHash}`) &&
    (scheme.curve === kind.curve || version === "TLSv1.2")
  );
}

function leadsTo(
  { issuers }: Credential,
  authorities: readonly Uint8Array[],
): boolean {
  return issuers.some((issuer) =>
    authorities.some((name) => equal(name, issuer)),
  );
}
