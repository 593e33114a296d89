/** Messages that say all by being there. */
import { type Message, type RawMessage, encodeMessage } from "./codec.ts";
import { Reader } from "../../wire/reader.ts";

/**
 * HelloRequest of TLS 1.2, RFC 5246 7.4.1.1; in no transcript.
 *
 * @throws TlsError
 */
export function readHelloRequest({ body }: RawMessage): object {
  return Reader.all(body, "HelloRequest", () => ({}));
}

/** ServerHelloDone of TLS 1.2, RFC 5246 7.4.5: nothing in it. */
export function encodeServerHelloDone(): Uint8Array {
  return encodeMessage("server_hello_done", () => undefined);
}

/** @throws TlsError */
export function readServerHelloDone({ body, raw }: RawMessage): Message {
  return Reader.all(body, "ServerHelloDone", () => ({ raw }));
}

/** RFC 9846 4.6: no content. */
export function encodeEndOfEarlyData(): Uint8Array {
  return encodeMessage("end_of_early_data", () => undefined);
}

/** @throws TlsError */
export function readEndOfEarlyData({ body, raw }: RawMessage): Message {
  return Reader.all(body, "EndOfEarlyData", () => ({ raw }));
}
