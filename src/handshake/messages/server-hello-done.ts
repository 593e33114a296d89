import { Reader } from "../../wire/reader.ts";
import { encodeMessage, type Message, type RawMessage } from "./codec.ts";

/** ServerHelloDone of TLS 1.2, RFC 5246 7.4.5: nothing in it. */
export function encodeServerHelloDone(): Uint8Array {
  return encodeMessage("server_hello_done", () => undefined);
}

/** @throws TlsError */
export function readServerHelloDone({ body, raw }: RawMessage): Message {
  return Reader.all(body, "ServerHelloDone", () => ({ raw }));
}
