/** Certificate revocation lists (RFC 5280 5), version 2. */
import { type Bytes, unshared } from "../bytes.ts";
import { encodePem } from "../x509/keys/pem.ts";
import * as OID from "../x509/der/oids.ts";
import {
  constructed,
  enumerated,
  sequence,
  sequenceOf,
  time,
  unsignedInteger,
} from "./der/asn1.ts";
import type { Issuer } from "./certificate.ts";
import type { ExtensionInput } from "./der/extensions.ts";
import {
  authorityKeyIdentifier,
  encodeExtensions,
  mergeExtensions,
} from "./der/extensions.ts";
import { signedSequence, signingWith } from "./keys/signatures.ts";

/** RFC 5280 5.3.1: the numbers of CRLReason; those that CAs give. */
export const CRL_REASONS = {
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const;

export type CrlReason = keyof typeof CRL_REASONS;

/** One certificate that is good no more. */
export interface Revocation {
  /** Big-endian. */
  readonly serialNumber: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly reason: CrlReason | undefined;
}

export interface CrlOptions {
  /** Milliseconds since the epoch; now unless given. */
  readonly thisUpdate?: number;
  /** Milliseconds since the epoch; a week after thisUpdate unless given. */
  readonly nextUpdate?: number;
  /** RFC 5280 5.2.3; the time in seconds unless given, and always rising. */
  readonly number?: number;
  /** Added, or in place of the usual ones. */
  readonly extensions?: readonly ExtensionInput[];
}

export interface SignedCrl {
  readonly der: Bytes;
  /** PEM "X509 CRL". */
  readonly pem: string;
}

const WEEK = 7 * 24 * 3_600_000;

/** Signs a complete CRL over the given revocations. */
export function signCrl(
  issuer: Issuer,
  revocations: readonly Revocation[],
  options: CrlOptions & {
    readonly thisUpdate: number;
    readonly number: number;
    readonly keyIdentifier: Uint8Array;
  },
): SignedCrl {
  const signing = signingWith(issuer.key, issuer.signature);
  const { thisUpdate, nextUpdate = thisUpdate + WEEK } = options;
  const extensions = mergeExtensions(
    [
      authorityKeyIdentifier(options.keyIdentifier),
      { oid: OID.cRLNumber, value: unsignedInteger(options.number) },
    ],
    options.extensions,
  );
  const tbsCertList = sequence(
    unsignedInteger(1),
    signing.algorithm,
    issuer.name,
    time(thisUpdate),
    time(nextUpdate),
    // RFC 5280 5.1.2.6: an empty list is left out.
    ...(revocations.length > 0 ? [sequenceOf(revocations.map(entry))] : []),
    constructed(0, encodeExtensions(extensions)),
  );
  const der = unshared(
    signedSequence(issuer.provider, issuer.key, signing, tbsCertList),
  );
  return { der, pem: encodePem("X509 CRL", der) };
}

function entry({ serialNumber, at, reason }: Revocation): Uint8Array {
  const fields: Uint8Array[] = [unsignedInteger(serialNumber), time(at)];
  if (reason !== undefined) {
    const value = enumerated(CRL_REASONS[reason]);
    fields.push(encodeExtensions([{ oid: OID.cRLReasons, value }]));
  }
  return sequence(...fields);
}
