/**
 * A DNS server over HTTPS (RFC 8484), by Node's own HTTP/2, for browsers that
 * read a host's ECH configs in its HTTPS record (RFC 9460).
 */
import { createSecureServer } from "node:http2";
import { afterEach } from "vitest";
import { concat, utf8Bytes } from "../../../src/bytes.ts";

const open = new Set<{ close(): unknown }>();
afterEach(() => {
  for (const server of open) server.close();
  open.clear();
});

export interface DnsServer {
  readonly port: number;
  /** Names and types that were asked for, as `65 hidden.example`. */
  readonly asked: readonly string[];
}

/** Types of records. */
const [A, HTTPS] = [1, 65];

/**
 * Answers that every host is 127.0.0.1, at that port and with those configs;
 * itself it is `localhost` with that certificate.
 */
export async function serveDns(
  identity: { readonly cert: string; readonly key: string },
  { port, ech }: { readonly port: number; readonly ech: Uint8Array },
): Promise<DnsServer> {
  const asked: string[] = [];
  const server = createSecureServer(identity);
  open.add(server);
  server.on("stream", (stream, headers) => {
    const chunks: Uint8Array[] = [];
    stream.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    stream.on("error", () => undefined);
    stream.on("end", () => {
      const [, query = ""] = /dns=([\w-]*)/.exec(headers[":path"] ?? "") ?? [];
      const sent = concat(...chunks);
      const question =
        sent.length > 0
          ? sent
          : Uint8Array.from(Buffer.from(query, "base64url"));
      stream.respond({
        ":status": 200,
        "content-type": "application/dns-message",
      });
      stream.end(answer(question));
    });
  });
  function answer(query: Uint8Array): Uint8Array {
    const { end, name, type } = readQuestion(query);
    asked.push(`${String(type)} ${name}`);
    const data =
      type === A
        ? Uint8Array.of(127, 0, 0, 1)
        : type === HTTPS
          ? serviceBinding(port, ech)
          : undefined;
    const header = Uint8Array.of(
      ...query.subarray(0, 2),
      ...[0x81, 0x80, 0, 1, 0, data ? 1 : 0, 0, 0, 0, 0],
    );
    const question = query.subarray(12, end);
    if (data === undefined) return concat(header, question);
    // The name is that of the question, for a minute.
    const record = Uint8Array.of(0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60);
    return concat(header, question, record, vector16(data));
  }
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("no port");
  return { port: address.port, asked };
}

function readQuestion(query: Uint8Array): {
  readonly end: number;
  readonly name: string;
  readonly type: number;
} {
  const labels: string[] = [];
  let at = 12;
  for (let length; (length = query[at] ?? 0) > 0; at += length + 1)
    labels.push(
      Buffer.from(query.subarray(at + 1, at + 1 + length)).toString(),
    );
  const type = ((query[at + 1] ?? 0) << 8) | (query[at + 2] ?? 0);
  return { end: at + 5, name: labels.join("."), type };
}

/** RFC 9460 2.2: priority 1, the name itself; alpn, port and ech. */
function serviceBinding(port: number, ech: Uint8Array): Uint8Array {
  const parameter = (key: number, value: Uint8Array): Uint8Array =>
    concat(Uint8Array.of(0, key), vector16(value));
  const alpn = utf8Bytes("http/1.1");
  return concat(
    Uint8Array.of(0, 1, 0),
    parameter(1, concat(Uint8Array.of(alpn.length), alpn)),
    parameter(3, Uint8Array.of(port >> 8, port)),
    parameter(5, ech),
  );
}

function vector16(bytes: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(bytes.length >> 8, bytes.length), bytes);
}
