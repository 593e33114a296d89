import { Reader } from "../../wire/reader.ts";
import { encodeMessage, type RawMessage } from "./codec.ts";

/** HelloRequest of TLS 1.2, RFC 5246 7.4.1.1; in no transcript. */
export function encodeHelloRequest(): Uint8Array {
  return encodeMessage("hello_request", () => undefined);
}

/** @throws TlsError */
export function readHelloRequest({ body }: RawMessage): Record<never, never> {
  return Reader.all(body, "HelloRequest", () => ({}));
}
