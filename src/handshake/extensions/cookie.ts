import { ExtensionType } from "../../wire/code-points.ts";
import { type BodyCodec, carriedAs, type ExtensionSpec } from "./spec.ts";

const cookieBody: BodyCodec<Uint8Array> = {
  write: (writer, value) => writer.opaque16(value),
  read: (reader) => reader.opaque16(1),
};

/** RFC 8446 4.2.2. */
export const cookie: ExtensionSpec = {
  name: "cookie",
  type: ExtensionType.cookie,
  carriers: {
    client_hello: carriedAs("cookie", cookieBody),
    hello_retry_request: carriedAs("cookie", cookieBody),
  },
  offer: (context, into) => {
    if (context.cookie !== undefined) into.cookie = context.cookie;
  },
};
