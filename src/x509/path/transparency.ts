/** Certificate Transparency: timestamps beside a leaf and inside it, RFC 6962. */
import { concat, equal, viewBytes } from "../../bytes.ts";
import type { BytesLike } from "../../bytes.ts";
import type { CryptoProvider, SignatureName } from "../../crypto/provider.ts";
import type { Certificate } from "../certificates/certificate.ts";
import {
  embeddedTimestamps,
  tbsWithoutTimestamps,
  timestampsOfResponse,
} from "../certificates/embedded-timestamps.ts";
import { X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import { parseSubjectPublicKeyInfo } from "../keys/public-key.ts";

/** A log that is trusted to have published what it signed. */
export interface TransparencyLog {
  /** Its key: DER of a SubjectPublicKeyInfo. */
  readonly key: BytesLike;
}

/** Decides whether a leaf was published often enough. */
export interface TransparencyPolicy {
  /**
   * @param scts SignedCertificateTimestamps that the peer sent with the leaf
   * @param now milliseconds since the epoch
   * @param also who issued the leaf, and the response that was stapled to it
   * @throws X509Error `not_enough_timestamps`
   */
  check(
    leaf: Certificate,
    scts: readonly Uint8Array[],
    now: number,
    also: TransparencyContext,
  ): void;
}

/** Places of further timestamps, and what they were signed over. */
export interface TransparencyContext {
  readonly issuer: Certificate;
  /** DER, as it came: it may be anybody's. */
  readonly ocspResponse: Uint8Array | undefined;
  /**
   * Call it before each signature check: timestamps share the budget of the
   * path.
   *
   * @throws X509Error `signature_budget_exceeded`
   */
  readonly spendSignature: () => void;
}

/** Content of one timestamp, RFC 6962 3.2. Arrays are views. */
interface Timestamp {
  readonly logId: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** The time and the extensions, as they are signed. */
  readonly signedTail: Uint8Array;
  readonly hashAndSignature: number;
  readonly signature: Uint8Array;
}

/**
 * A policy that wants right timestamps of so many different logs (default 2):
 * in the TLS handshake, in the certificate or in the stapled OCSP response. A
 * timestamp that is malformed, of another log or from the future counts for
 * nothing. The keys are copied.
 *
 * @throws X509Error for a key that does not parse
 * @example
 * ```ts
 * import { createVerifier, requireTimestamps, TrustStore } from "puretls/x509";
 * import { noble } from "puretls/crypto/noble";
 *
 * const transparency = requireTimestamps({ provider: noble, logs: [] });
 * const trustStore = new TrustStore();
 * createVerifier({ provider: noble, trustStore, transparency });
 * ```
 */
export function requireTimestamps(options: {
  readonly provider: CryptoProvider;
  readonly logs: readonly TransparencyLog[];
  readonly minimum?: number;
}): TransparencyPolicy {
  const { provider, minimum = 2 } = options;
  const logs = options.logs.map(({ key }) => {
    const der = viewBytes(key, "the key of a log").slice();
    // RFC 6962 3.2: a log's id is the hash of its key.
    const id = provider.hashes["SHA-256"].hash(der);
    return { id, key: parseSubjectPublicKeyInfo(der).key };
  });
  const isRight = (
    log: (typeof logs)[number],
    { sct, entry }: Evidence,
  ): boolean => {
    const name = SIGNATURES[sct.hashAndSignature];
    const verify = name && provider.verifiers[name];
    return verify?.(log.key, signedData(sct, entry), sct.signature) ?? false;
  };
  return {
    check: (leaf, scts, now, { issuer, ocspResponse, spendSignature }) => {
      const issuerKey = issuer.subjectPublicKeyInfoDer;
      const whole = vector24([0, 0], leaf.der);
      const precertificate = (): Uint8Array =>
        vector24(
          [0, 1, ...provider.hashes["SHA-256"].hash(issuerKey)],
          tbsWithoutTimestamps(leaf),
        );
      const stapled =
        ocspResponse === undefined
          ? []
          : timestampsOfResponse(ocspResponse, leaf);
      const inside = embeddedTimestamps(leaf);
      const known = [
        ...evidence([...scts, ...stapled], whole, now),
        ...(inside.length > 0 ? evidence(inside, precertificate(), now) : []),
      ];
      const right = logs.filter((log) =>
        known.some((one) => {
          if (!equal(one.sct.logId, log.id)) return false;
          spendSignature();
          return isRight(log, one);
        }),
      );
      if (right.length < minimum)
        throw new X509Error(
          fault.not_enough_timestamps,
          `${right.length.toString()} of ${minimum.toString()}`,
        );
    },
  };
}

/** RFC 6962 2.1.4: SHA-256 with ECDSA or RSA, in TLS 1.2's numbers. */
const SIGNATURES: Readonly<Partial<Record<number, SignatureName>>> = {
  0x0403: "ecdsa-sha256",
  0x0401: "rsa-pkcs1-sha256",
};

/** A timestamp, and what it has to be about. */
interface Evidence {
  readonly sct: Timestamp;
  readonly entry: Uint8Array;
}

function evidence(
  scts: readonly Uint8Array[],
  entry: Uint8Array,
  now: number,
): readonly Evidence[] {
  return scts.flatMap((bytes) => {
    const sct = readTimestamp(bytes);
    return sct === undefined || sct.time > now ? [] : [{ sct, entry }];
  });
}

/**
 * RFC 6962 3.2: what a log signs; the entry is an x509_entry or, before the
 * timestamps came into the certificate, a precert_entry.
 */
function signedData(sct: Timestamp, entry: Uint8Array): Uint8Array {
  return concat(
    // v1, certificate_timestamp
    Uint8Array.of(0, 0),
    sct.signedTail.subarray(0, 8),
    entry,
    sct.signedTail.subarray(8),
  );
}

/** An entry that ends in `opaque<1..2^24-1>`. */
function vector24(head: readonly number[], bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  return concat(
    Uint8Array.of(...head, length >> 16, length >> 8, length),
    bytes,
  );
}

/** RFC 6962 3.2; undefined for a later version and for what does not parse. */
function readTimestamp(sct: Uint8Array): Timestamp | undefined {
  const view = new DataView(sct.buffer, sct.byteOffset, sct.length);
  const fixed = 1 + 32 + 8 + 2;
  if (sct.length < fixed || sct[0] !== 0) return undefined;
  const end = fixed + view.getUint16(fixed - 2);
  if (sct.length < end + 4) return undefined;
  const signature = sct.subarray(end + 4);
  if (signature.length !== view.getUint16(end + 2)) return undefined;
  return {
    logId: sct.subarray(1, 33),
    time: Number(view.getBigUint64(33)),
    signedTail: sct.subarray(33, end),
    hashAndSignature: view.getUint16(end),
    signature,
  };
}
