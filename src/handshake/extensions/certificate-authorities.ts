import { ExtensionType } from "../../wire/code-points.ts";
import {
  type BodyCodec,
  carriedAs,
  type ExtensionSpec,
  opaqueBody,
} from "./spec.ts";

/** DER of distinguished names. */
const names: BodyCodec<readonly Uint8Array[]> = {
  write: (writer, values) =>
    writer.vector16((list) => {
      for (const value of values) list.opaque16(value);
    }),
  read: (reader) => reader.list16((r) => r.opaque16(1), 1),
};

/** RFC 8446 4.2.4. */
export const certificateAuthorities: ExtensionSpec = {
  name: "certificate_authorities",
  type: ExtensionType.certificate_authorities,
  carriers: {
    client_hello: carriedAs("certificate_authorities", names),
    certificate_request: carriedAs("certificate_authorities", names),
  },
  offer: ({ config: { certificateAuthorities: authorities } }, into) => {
    if (authorities.length > 0) into.certificate_authorities = authorities;
  },
  request: ({ certificateAuthorities: authorities }, into) => {
    if (authorities.length > 0) into.certificate_authorities = authorities;
  },
};

/** RFC 8446 4.2.5: read past; a client may send a certificate all the same. */
export const oidFilters: ExtensionSpec = {
  name: "oid_filters",
  type: ExtensionType.oid_filters,
  carriers: { certificate_request: carriedAs("oid_filters", opaqueBody) },
};
