import { asciiBytes, latin1 } from "../../bytes.ts";
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import {
  type BodyCodec,
  carriedAs,
  emptyBody,
  type ExtensionSpec,
} from "./spec.ts";

/** NameType host_name, RFC 6066 3. */
const HOST_NAME = 0;

const nameBody: BodyCodec<string> = {
  write: (writer, name) =>
    writer.vector16((list) => list.u8(HOST_NAME).opaque16(asciiBytes(name))),
  read: (reader) => {
    const names = reader.list16((entry) => {
      if (entry.u8() !== HOST_NAME)
        throw new TlsError(reason.malformed_message, {
          detail: "server_name: a name that is no host name",
        });
      return latin1(entry.opaque16(1));
    }, 1);
    // RFC 6066 3: not more than one name of the same type.
    const [name] = names;
    if (name === undefined || names.length > 1 || !/^[!-~]{1,255}$/.test(name))
      throw new TlsError(reason.malformed_message, {
        detail: "server_name: not one printable host name",
      });
    return name;
  },
};

/** RFC 6066 3. */
export const serverName: ExtensionSpec = {
  name: "server_name",
  type: ExtensionType.server_name,
  carriers: {
    client_hello: carriedAs("server_name", nameBody),
    server_hello12: carriedAs("server_name", emptyBody),
    encrypted_extensions: carriedAs("server_name", emptyBody),
  },
  offer: ({ serverName: name }, into) => {
    if (name !== undefined && !isAddress(name))
      into.server_name = name.replace(/\.$/, "");
  },
};

/** RFC 6066 3: "Literal IPv4 and IPv6 addresses are not permitted". */
function isAddress(name: string): boolean {
  return name.includes(":") || /^\d+(\.\d+){3}$/.test(name);
}
