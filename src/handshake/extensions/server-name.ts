import { asciiBytes, latin1 } from "../../bytes.ts";
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import {
  type CarriedBy,
  carriedAs,
  emptyBody,
  type ExtensionSpec,
  opaqueBody,
} from "./spec.ts";

/** NameType host_name, RFC 6066 3. */
const HOST_NAME = 0;
/** RFC 1035 2.3.4. */
const MAX_LENGTH = 255;

/**
 * A ServerNameList. Names of other types are skipped: "all future data
 * structures associated with new NameTypes MUST begin with a 16-bit length
 * field". A list without a host_name is as good as none.
 */
const nameList: CarriedBy<"client_hello"> = {
  has: ({ server_name }) => server_name !== undefined,
  write: (writer, { server_name: name = "" }) => {
    writer.vector16((list) => list.u8(HOST_NAME).opaque16(asciiBytes(name)));
  },
  read: (reader, into) => {
    const types = new Set<number>();
    reader.list16((entry) => {
      const type = entry.u8();
      const bytes = entry.opaque16(1);
      // RFC 6066 3: not more than one name of the same type.
      if (types.has(type)) throw malformed(`two names of type ${type}`);
      types.add(type);
      if (type === HOST_NAME) into.server_name = hostName(bytes);
    }, 1);
  },
};

function hostName(bytes: Uint8Array): string {
  const name = latin1(bytes.subarray(0, MAX_LENGTH + 1));
  if (/^[!-~]{1,255}$/.test(name)) return name;
  throw malformed("not a printable host name of at most 255 bytes");
}

function malformed(detail: string): TlsError {
  return new TlsError(reason.malformed_message, {
    detail: `server_name: ${detail}`,
  });
}

// [9846-4.3-07b] [9846-9.2-13]
/** RFC 6066 3. */
export const serverName: ExtensionSpec = {
  name: "server_name",
  type: ExtensionType.server_name,
  carriers: {
    client_hello: nameList,
    server_hello12: carriedAs("server_name", emptyBody),
    encrypted_extensions: carriedAs("server_name", emptyBody),
    certificate_request: carriedAs("server_name", opaqueBody),
  },
  offer: ({ serverName: name }, into) => {
    // [9846-4.5.1.2-06]
    if (name !== undefined && !isAddress(name))
      into.server_name = name.replace(/\.$/, "");
  },
  // RFC 6066 3: an empty body says that the name was used; "When resuming a
  // session, the server MUST NOT include" it.
  answer: ({ hello: { extensions }, resumed }, into) => {
    if (extensions.server_name !== undefined && !resumed)
      into.server_name = true;
  },
};

/** RFC 6066 3: "Literal IPv4 and IPv6 addresses are not permitted". */
function isAddress(name: string): boolean {
  return name.includes(":") || /^\d+(\.\d+){3}$/.test(name);
}
