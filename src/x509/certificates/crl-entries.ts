/** The entries of a certificate revocation list: RFC 5280 5.1.2.6 and 5.3. */
import { latin1 } from "../../bytes.ts";
import type { DerElement } from "../der/der.ts";
import {
  DerError,
  DerReader,
  integerBytes,
  readSingle,
  smallInteger,
  timeValue,
} from "../der/der.ts";
import * as TAG from "../der/tags.ts";
import * as OID from "../der/oids.ts";
import { X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import { readGeneralNames } from "../names/general-name.ts";
import type { Name } from "../names/name.ts";
import type { Extension } from "./extensions.ts";
import { readExtensions } from "./extensions.ts";

/** An entry of a list, RFC 5280 5.1.2.6. */
export interface RevokedCertificate {
  /** Milliseconds since the epoch. */
  readonly revocationDate: number;
  /** RFC 5280 5.3.1 CRLReason; undefined when not given. */
  readonly reason: number | undefined;
}

/** A serial number has no fixed length, its own length keeps the two apart. */
export function indirectKey(serial: string, issuer: string): string {
  return `${serial.length.toString()}:${serial}${issuer}`;
}

/** @param ofIndirect the issuer of an indirect list */
export function indexEntries(
  revoked: DerElement | undefined,
  ofIndirect: Name | undefined,
): ReadonlyMap<string, DerElement> {
  let issuer = ofIndirect;
  const entries = new Map<string, DerElement>();
  const reader = revoked?.reader() ?? new DerReader(new Uint8Array(0));
  while (!reader.done) {
    const entry = reader.read(TAG.sequence, "revokedCertificate");
    const serial = latin1(
      integerBytes(
        entry.reader().read(TAG.integer, "userCertificate"),
        "userCertificate",
      ),
    );
    if (issuer === undefined) {
      entries.set(serial, entry);
      continue;
    }
    // RFC 5280 5.3.3: an entry without has the issuer of the one before.
    issuer = entryIssuer(entry) ?? issuer;
    entries.set(indirectKey(serial, issuer.key), entry);
  }
  return entries;
}

function entryIssuer(entry: DerElement): Name | undefined {
  const extension = entryExtensions(entry).find(
    ({ oid }) => oid === OID.certificateIssuer,
  );
  if (extension === undefined) return undefined;
  const names = readSingle(extension.value, TAG.sequence, "certificateIssuer");
  for (const name of readGeneralNames(names.reader()))
    if (name.type === "directoryName") return name.value;
  throw new DerError("certificateIssuer without a directoryName");
}

function entryExtensions(entry: DerElement): readonly Extension[] {
  const reader = entry.reader();
  reader.read(TAG.integer, "userCertificate");
  reader.readAny("revocationDate");
  const field = reader.optional(TAG.sequence, "crlEntryExtensions");
  return field === undefined ? [] : readExtensions(field);
}

export function readEntry(
  entry: DerElement,
  isIndirect: boolean,
): RevokedCertificate {
  const reader = entry.reader();
  reader.read(TAG.integer, "userCertificate");
  const date = reader.readAny("revocationDate");
  const revocationDate = timeValue(date, "revocationDate");
  const field = reader.optional(TAG.sequence, "crlEntryExtensions");
  reader.end("revokedCertificate");
  let reason: number | undefined;
  for (const extension of field === undefined ? [] : readExtensions(field)) {
    if (extension.oid === OID.cRLReasons)
      reason = smallInteger(
        readSingle(extension.value, TAG.enumerated, "CRLReason"),
        "CRLReason",
      );
    // RFC 5280 5.3: a critical one that is not known (certificateIssuer, where
    // the list is not indirect) makes the list unfit to tell the status.
    else if (
      extension.critical &&
      !(isIndirect && extension.oid === OID.certificateIssuer)
    )
      throw new X509Error(
        fault.unhandled_critical_crl_extension,
        extension.oid,
      );
  }
  return { revocationDate, reason };
}
