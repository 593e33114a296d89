/** Extensions that a server wants in a client's certificate, RFC 9846 4.3.5. */
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { DerError, objectIdentifier, readSingle } from "../../x509/der/der.ts";
import * as OID from "../../x509/der/oids.ts";
import * as TAG from "../../x509/der/tags.ts";
import { Certificate } from "../../x509/certificates/certificate.ts";
import { extKeyUsage, keyUsage } from "../../x509/certificates/extensions.ts";
import { X509Error } from "../../x509/faults/errors.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import { Reader } from "../../wire/reader.ts";
import {
  type BodyCodec,
  type ExtensionSpec,
  type OidFilters,
  carriedAs,
} from "../extensions/spec.ts";

/** Looks for what one filter wants. */
type Filter = (certificate: Certificate) => boolean;

/** Extensions of certificates whose rules of matching are known. */
const KNOWN: Readonly<Partial<Record<string, (values: Uint8Array) => Filter>>> =
  {
    [OID.keyUsage]: (values) => {
      const wanted = [...keyUsage(values)];
      return ({ keyUsage: has }) => wanted.every((bit) => has?.has(bit));
    },
    [OID.extKeyUsage]: (values) => {
      const wanted = extKeyUsage(values);
      if (wanted.includes(OID.anyExtendedKeyUsage))
        throw illegal("anyExtendedKeyUsage");
      return ({ extendedKeyUsage: has }) =>
        wanted.every((purpose) => has?.includes(purpose));
    },
  };

const body: BodyCodec<OidFilters> = {
  write: (writer, { bytes }) => writer.bytes(bytes),
  read: (reader) => {
    const bytes = reader.rest();
    const filters = readFilters(bytes);
    return {
      bytes,
      matches: (der) => isMatched(der, filters),
    };
  },
};

/** RFC 9846 4.3.5: what is not recognized is passed over. */
function readFilters(bytes: Uint8Array): readonly Filter[] {
  const seen = new Set<string>();
  return Reader.all(bytes, "oid_filters", (reader) =>
    reader.list16((entry) => {
      const name = entry.opaque8(1);
      const values = entry.opaque16();
      const oid = valid(() =>
        objectIdentifier(readSingle(name, TAG.objectIdentifier, "OID"), "OID"),
      );
      if (seen.has(oid)) throw illegal(`${oid} twice`);
      seen.add(oid);
      // [9846-4.3.5-04]
      return valid(() => KNOWN[oid]?.(values));
    }),
  ).filter((one) => one !== undefined);
}

/** A certificate that cannot be read is none that matches. */
function isMatched(der: Uint8Array, filters: readonly Filter[]): boolean {
  if (filters.length === 0) return true;
  try {
    const certificate = Certificate.parse(der);
    // [9846-4.3.5-02] [9846-4.3.5-03]
    return filters.every((matches) => matches(certificate));
  } catch (error) {
    if (error instanceof X509Error) return false;
    throw error;
  }
}

function valid<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof DerError ? illegal(error.message) : error;
  }
}

function illegal(detail: string): TlsError {
  return new TlsError(reason.illegal_parameter, {
    detail: `oid_filters: ${detail}`,
  });
}

/** RFC 9846 4.3.5, for clients: this side's servers ask for none. */
export const oidFilters: ExtensionSpec = {
  name: "oid_filters",
  type: ExtensionType.oid_filters,
  // [9846-4.3.5-01]
  carriers: { certificate_request: carriedAs("oid_filters", body) },
};
