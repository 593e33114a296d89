/**
 * Who the peer is: CertificateVerify and Finished, RFC 8446 4.4.3 and 4.4.4.
 * What they prove is a type: without a proof the next state cannot be built.
 */
import { asciiBytes, concat, equal } from "../bytes.ts";
import { TlsError } from "../errors.ts";
import type { SubjectPublicKeyInfo } from "../x509/public-key.ts";
import type { VerifiedChain } from "../x509/verifier.ts";
import type { TlsVersion } from "./cipher-suites.ts";
import type { ClientConfig, ServerConfig } from "./config.ts";
import type { Credential } from "./credential.ts";
import type { TrafficSecret } from "./key-schedule13.ts";
import type { CertificateVerify } from "./messages/certificate-verify.ts";
import type { Finished } from "./messages/finished.ts";
import {
  SIGNATURE_SCHEMES,
  type SignatureScheme,
  type SignatureSchemeName,
} from "./signature-schemes.ts";
import type { Transcript } from "./transcript.ts";

export type { VerifiedFinished, VerifiedSignature };

/** Proof that the peer holds the private key of its certificate. */
class VerifiedSignature {
  readonly #proof = true;
  readonly scheme: SignatureSchemeName;

  constructor(scheme: SignatureSchemeName) {
    this.scheme = scheme;
  }

  /** Whether a value is such a proof, and no look-alike. */
  static made(value: object): boolean {
    return #proof in value;
  }
}

/** Proof that both sides saw the same handshake. */
class VerifiedFinished {
  readonly #proof = true;

  /** Whether a value is such a proof, and no look-alike. */
  static made(value: object): boolean {
    return #proof in value;
  }
}

/** The peer as its certificate and its signature show it. */
export interface AuthenticatedPeer {
  readonly chain: VerifiedChain;
  readonly signature: VerifiedSignature;
}

/** What a CertificateVerify signs, RFC 8446 4.4.3. */
export function signedContent(
  signer: "client" | "server",
  transcript: Transcript,
): Uint8Array {
  return concat(
    new Uint8Array(64).fill(0x20),
    asciiBytes(`TLS 1.3, ${signer} CertificateVerify`),
    Uint8Array.of(0),
    transcript.digest(),
  );
}

/**
 * Checks the peer's signature over the transcript up to its Certificate.
 *
 * @throws TlsError
 */
export function verifyCertificateVerify(options: {
  readonly config: ClientConfig | ServerConfig;
  readonly key: SubjectPublicKeyInfo;
  readonly signer: "client" | "server";
  readonly transcript: Transcript;
  readonly message: CertificateVerify;
}): VerifiedSignature {
  const { config, key, message, signer, transcript } = options;
  return verifySignature({
    config,
    version: "TLSv1.3",
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
  readonly version: TlsVersion;
  readonly key: SubjectPublicKeyInfo;
  /** SignatureScheme. */
  readonly scheme: number;
  readonly content: Uint8Array;
  readonly signature: Uint8Array;
}): VerifiedSignature {
  const { config, version, key, content, signature } = options;
  // RFC 8446 4.4.3, RFC 5246 7.4.3: "one of those present in the
  // supported_signature_algorithms field", and one that fits the key.
  const scheme = config.signatureSchemes
    .map((name) => ({ name, row: SIGNATURE_SCHEMES[name] }))
    .find(({ row }) => row.code === options.scheme);
  if (scheme === undefined || !fitsKey(scheme.row, keyKind(key), version))
    throw new TlsError("wrong_signature_scheme", {
      detail: `scheme ${options.scheme.toString(16).padStart(4, "0")}`,
    });
  const verify = config.provider.verifiers[scheme.row.signature];
  if (!verify?.(key.key, content, signature))
    throw new TlsError("certificate_verify_mismatch");
  return new VerifiedSignature(scheme.name);
}

/**
 * Checks the peer's Finished over the transcript before it.
 *
 * @throws TlsError
 */
export function verifyFinished(
  secret: TrafficSecret,
  transcript: Transcript,
  message: Finished,
): VerifiedFinished {
  return verifyData(secret.finished(transcript.digest()), message);
}

/**
 * Compares verify_data, of whatever version.
 *
 * @throws TlsError
 */
export function verifyData(
  expected: Uint8Array,
  message: Finished,
): VerifiedFinished {
  // RFC 8446 4.4.4: "if incorrect MUST terminate the connection with a
  // "decrypt_error" alert", whatever its length.
  if (!equal(expected, message.verifyData))
    throw new TlsError("finished_mismatch");
  return new VerifiedFinished();
}

/** What a side authenticates itself with. */
export interface ChosenCredential {
  readonly credential: Credential;
  readonly scheme: SignatureSchemeName;
}

/**
 * The first credential that the peer can verify and the best scheme for it,
 * by this side's order (RFC 8446 4.4.2.2, 4.4.2.3). Where the peer named
 * authorities, credentials that lead to one of them come first.
 */
export function chooseCredential(
  credentials: readonly Credential[],
  config: ClientConfig | ServerConfig,
  version: TlsVersion,
  peerSchemes: readonly number[],
  authorities: readonly Uint8Array[] = [],
): ChosenCredential | undefined {
  const led = credentials.filter((one) => leadsTo(one, authorities));
  for (const credential of [...led, ...credentials]) {
    const schemes = credential.signatureSchemes ?? config.signatureSchemes;
    const scheme = schemes.find((name) => {
      const row = SIGNATURE_SCHEMES[name];
      return (
        peerSchemes.includes(row.code) && fitsKey(row, credential, version)
      );
    });
    if (scheme !== undefined) return { credential, scheme };
  }
  return undefined;
}

interface KeyKind {
  readonly algorithm: string;
  readonly curve: string | undefined;
  /** Of an RSA key, in bytes. */
  readonly modulusLength?: number;
}

function keyKind({ algorithm, key }: SubjectPublicKeyInfo): KeyKind {
  return {
    algorithm,
    curve: key.type === "ec" ? key.curve : undefined,
    ...(key.type === "rsa" && { modulusLength: key.modulus.length }),
  };
}

/** RFC 8017 9.1.1: a hash, a salt as long, and two bytes more. */
const LEAST_MODULUS: { readonly [name: string]: number | undefined } = {
  "rsa-pss-sha256": 2 * 32 + 2,
  "rsa-pss-sha384": 2 * 48 + 2,
  "rsa-pss-sha512": 2 * 64 + 2,
};

function fitsKey(
  scheme: SignatureScheme,
  kind: KeyKind,
  version: TlsVersion,
): boolean {
  return (
    scheme.handshake.includes(version) &&
    scheme.key === kind.algorithm &&
    (kind.modulusLength ?? Infinity) >=
      (LEAST_MODULUS[scheme.signature] ?? 0) &&
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
