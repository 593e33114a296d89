/** A log of Certificate Transparency, RFC 6962, as far as tests need one. */
import { concat } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import type { PkiKey } from "../../src/pki/index.ts";
import type { Certificate } from "../../src/x509/index.ts";

/** RFC 6962 3.2: what a log with that key, ECDSA P-256, says of a certificate. */
export function timestampOf(
  logKey: PkiKey,
  { der }: Certificate,
  time = Date.now() - 60_000,
): Uint8Array {
  return signedTimestamp(logKey, [Uint8Array.of(0, 0), vector24(der)], time);
}

/**
 * What it says of a certificate that is to have the timestamp in it.
 *
 * @param tbs its TBSCertificate without timestamps
 * @param issuerKey DER of the issuer's SubjectPublicKeyInfo
 */
export function precertificateTimestamp(
  logKey: PkiKey,
  tbs: Uint8Array,
  issuerKey: Uint8Array,
  time = Date.now() - 60_000,
): Uint8Array {
  const issuer = noble.hashes["SHA-256"].hash(issuerKey);
  return signedTimestamp(
    logKey,
    [Uint8Array.of(0, 1), issuer, vector24(tbs)],
    time,
  );
}

function signedTimestamp(
  logKey: PkiKey,
  entry: readonly Uint8Array[],
  time: number,
): Uint8Array {
  const when = new Uint8Array(8);
  new DataView(when.buffer).setBigUint64(0, BigInt(time));
  const signed = concat(
    Uint8Array.of(0, 0),
    when,
    ...entry,
    Uint8Array.of(0, 0),
  );
  const sign = noble.signers["ecdsa-sha256"];
  if (!sign) throw new Error("no signer");
  const signature = sign(logKey.privateKey, signed, noble.random);
  return concat(
    Uint8Array.of(0),
    noble.hashes["SHA-256"].hash(logKey.publicKeyInfo()),
    when,
    Uint8Array.of(0, 0, 4, 3, 0, signature.length),
    signature,
  );
}

function vector24(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  return concat(Uint8Array.of(length >> 16, length >> 8, length), bytes);
}
