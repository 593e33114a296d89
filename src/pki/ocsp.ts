/** OCSP responses (RFC 6960 4.2), to staple or to serve. */
import type { CryptoProvider } from "../crypto/provider.ts";
import * as OID from "../x509/der/oids.ts";
import {
  constructed,
  enumerated,
  generalizedTime,
  nullValue,
  objectIdentifier,
  octetString,
  primitive,
  sequence,
  unsignedInteger,
} from "./der/asn1.ts";
import type { IssuedCertificate, Issuer } from "./certificate.ts";
import type { Revocation } from "./crl.ts";
import { CRL_REASONS } from "./crl.ts";
import { encodeExtensions, type ExtensionInput } from "./der/extensions.ts";
import { signedSequence, signingWith } from "./keys/signatures.ts";

export interface OcspOptions {
  /** By the CA's list of the revoked unless given. */
  readonly status?: "good" | "revoked" | "unknown";
  /** Milliseconds since the epoch; now unless given. */
  readonly thisUpdate?: number;
  /**
   * Milliseconds since the epoch; a week after thisUpdate unless given, and
   * undefined leaves it out.
   */
  readonly nextUpdate?: number | undefined;
  /** Milliseconds since the epoch; now unless given. */
  readonly producedAt?: number;
  /** The hash of CertID; most clients ask with SHA-1 (RFC 5019 2.1.1). */
  readonly certIdHash?: "SHA-1" | "SHA-256";
  /** A delegated responder, which signs and stands in the response. */
  readonly responder?: IssuedCertificate;
  /** Echoes the nonce of a request (RFC 9654). */
  readonly nonce?: Uint8Array;
  /** singleExtensions, such as timestamps of logs (RFC 6962 3.3). */
  readonly extensions?: readonly ExtensionInput[];
}

const WEEK = 7 * 24 * 3_600_000;

/** DER of a successful OCSPResponse with one SingleResponse. */
export function signOcspResponse(
  issuer: Issuer,
  subject: {
    readonly serialNumber: Uint8Array;
    readonly revocation: Revocation | undefined;
  },
  options: OcspOptions,
): Uint8Array {
  const { provider } = issuer;
  const { responder, nonce } = options;
  const key = responder?.key ?? issuer.key;
  const now = provider.now();
  const thisUpdate = options.thisUpdate ?? now;
  const nextUpdate =
    "nextUpdate" in options ? options.nextUpdate : thisUpdate + WEEK;
  const single = sequence(
    certId(issuer, subject.serialNumber, options.certIdHash ?? "SHA-1"),
    certStatus(options.status, subject.revocation, thisUpdate),
    generalizedTime(thisUpdate),
    ...(nextUpdate === undefined
      ? []
      : [constructed(0, generalizedTime(nextUpdate))]),
    ...(options.extensions === undefined
      ? []
      : [constructed(1, encodeExtensions(options.extensions))]),
  );
  const tbsResponseData = sequence(
    // ResponderID by key: "SHA-1 hash of responder's public key".
    constructed(2, octetString(sha1(provider, key.bytes()))),
    generalizedTime(options.producedAt ?? now),
    sequence(single),
    ...(nonce === undefined ? [] : [constructed(1, nonceExtension(nonce))]),
  );
  const signing = signingWith(
    key,
    responder === undefined ? issuer.signature : undefined,
  );
  const certs =
    responder === undefined ? [] : [constructed(0, sequence(responder.der))];
  const basic = signedSequence(
    provider,
    key,
    signing,
    tbsResponseData,
    ...certs,
  );
  const responseBytes = sequence(
    objectIdentifier(OID.ocspBasic),
    octetString(basic),
  );
  const SUCCESSFUL = 0;
  return sequence(enumerated(SUCCESSFUL), constructed(0, responseBytes));
}

/** RFC 6960 4.1.1: the issuer by the hashes of its name and its key. */
function certId(
  { provider, name, key }: Issuer,
  serialNumber: Uint8Array,
  hashName: "SHA-1" | "SHA-256",
): Uint8Array {
  const algorithm = provider.hashes[hashName];
  const oid = hashName === "SHA-1" ? OID.sha1 : OID.sha256;
  return sequence(
    sequence(objectIdentifier(oid), nullValue()),
    octetString(algorithm.hash(name)),
    octetString(algorithm.hash(key.bytes())),
    unsignedInteger(serialNumber),
  );
}

function certStatus(
  wanted: OcspOptions["status"],
  revocation: Revocation | undefined,
  now: number,
): Uint8Array {
  const status = wanted ?? (revocation === undefined ? "good" : "revoked");
  if (status === "good") return primitive(0, new Uint8Array(0));
  if (status === "unknown") return primitive(2, new Uint8Array(0));
  const reason = revocation?.reason;
  return constructed(
    1,
    generalizedTime(revocation?.at ?? now),
    ...(reason === undefined
      ? []
      : [constructed(0, enumerated(CRL_REASONS[reason]))]),
  );
}

function nonceExtension(nonce: Uint8Array): Uint8Array {
  return encodeExtensions([{ oid: OID.ocspNonce, value: octetString(nonce) }]);
}

function sha1(provider: CryptoProvider, data: Uint8Array): Uint8Array {
  return provider.hashes["SHA-1"].hash(data);
}
