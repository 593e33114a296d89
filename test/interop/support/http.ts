/** As much of HTTP/1.1 as a test server needs. */
import { concat, latin1, utf8Bytes } from "../../../src/bytes.ts";

/**
 * The answer to a POST: its own body, in an answer that ends with the
 * connection. Undefined as long as the request is not complete.
 */
export function echoedBody(
  received: readonly Uint8Array[],
): Uint8Array | undefined {
  const request = concat(...received);
  const start = latin1(request.subarray(0, 4096));
  const head = /^[^]*?\r\n\r\n/.exec(start)?.[0];
  const length = /content-length: *(\d+)/i.exec(head ?? "")?.[1];
  if (head === undefined || length === undefined) return undefined;
  const body = request.subarray(head.length);
  if (body.length < Number(length)) return undefined;
  return concat(
    utf8Bytes("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"),
    body,
  );
}
