/** A log of Certificate Transparency, RFC 6962, as far as tests need one. */
import { concat } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { octetString } from "../../src/pki/der/asn1.ts";
import type {
  Authority,
  IssuedCertificate,
  PkiKey,
} from "../../src/pki/index.ts";
import { Certificate } from "../../src/x509/index.ts";
import * as OID from "../../src/x509/der/oids.ts";

/**
 * RFC 6962 3.2: the timestamp of a log with that key, ECDSA P-256, for a
 * certificate.
 */
export function timestampOf(
  logKey: PkiKey,
  { der }: Certificate,
  time = Date.now() - 60_000,
): Uint8Array {
  return signedTimestamp(logKey, [Uint8Array.of(0, 0), vector24(der)], time);
}

/**
 * Makes the log's timestamp for a certificate that is to contain it.
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

/** RFC 6962 3.3: a SignedCertificateTimestampList in its OCTET STRING. */
export function timestampList(scts: readonly Uint8Array[]): Uint8Array {
  const list = concat(...scts.map(vector16));
  return octetString(vector16(list));
}

/** A server certificate for `localhost` with timestamps of these logs in it. */
export function issueWithTimestamps(
  authority: Authority,
  key: PkiKey,
  logKeys: readonly PkiKey[],
): IssuedCertificate {
  const now = Date.now();
  const common = {
    hosts: ["localhost"],
    key,
    serialNumber: noble.random(12).fill(0x42, 0, 1),
    notBefore: now - 60_000,
    notAfter: now + 3_600_000,
  };
  const { tbs } = Certificate.parse(authority.issueServer(common).der);
  const issuerKey = authority.key.publicKeyInfo();
  const scts = logKeys.map((logKey) =>
    precertificateTimestamp(logKey, tbs, issuerKey),
  );
  const oid = OID.signedCertificateTimestamps;
  return authority.issueServer({
    ...common,
    extensions: [{ oid, value: timestampList(scts) }],
  });
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

function vector16(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  return concat(Uint8Array.of(length >> 8, length), bytes);
}

function vector24(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  return concat(Uint8Array.of(length >> 16, length >> 8, length), bytes);
}
