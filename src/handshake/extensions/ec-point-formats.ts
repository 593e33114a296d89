import { ExtensionType } from "../../wire/code-points.ts";
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import {
  type BodyCodec,
  carriedAs,
  type ExtensionSpec,
  u8ListBody,
} from "./spec.ts";

/** ECPointFormat, RFC 8422 5.1.2: the only one that is left. */
export const UNCOMPRESSED = 0;

/**
 * RFC 8422 5.1.2: without the uncompressed format among them the receiver "MUST
 * abort the handshake". For TLS 1.3 the extension means nothing, RFC 8446 4.2.7.
 *
 * @throws TlsError
 */
export function checkPointFormats(
  formats: readonly number[] | undefined,
): void {
  if (formats?.includes(UNCOMPRESSED) === false)
    throw new TlsError(reason.illegal_parameter, {
      detail: "ec_point_formats without uncompressed",
    });
}

const answered: BodyCodec<readonly number[]> = {
  write: (writer, values) => {
    u8ListBody.write(writer, values);
  },
  read: (reader) => {
    const values = u8ListBody.read(reader);
    checkPointFormats(values);
    return values;
  },
};

/** RFC 8422 5.1.2 and 5.2, for TLS 1.2. */
export const ecPointFormats: ExtensionSpec = {
  name: "ec_point_formats",
  type: ExtensionType.ec_point_formats,
  carriers: {
    client_hello: carriedAs("ec_point_formats", u8ListBody),
    server_hello12: carriedAs("ec_point_formats", answered),
  },
  offer: ({ config }, into) => {
    if (config.versions.includes("TLSv1.2"))
      into.ec_point_formats = [UNCOMPRESSED];
  },
};
