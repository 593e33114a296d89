/** RFC 1928: a connection by way of a SOCKS5 proxy that asks for no name. */
import { isIPv4, isIPv6 } from "node:net";
import { utf8Bytes } from "../../bytes.ts";
import type { Transport } from "../../ssl/socket/transport.ts";

/** RFC 1928 6. */
const REPLIES: Readonly<Record<number, string>> = {
  1: "general failure",
  2: "not allowed by its rules",
  3: "network unreachable",
  4: "host unreachable",
  5: "connection refused",
  6: "time to live expired",
  7: "command not supported",
  8: "address type not supported",
};

/** @throws Error when the proxy does not connect, and the transport's errors */
export async function askSocks(
  transport: Transport,
  to: { readonly host: string; readonly port: number },
): Promise<void> {
  const bytes = readerOf(transport);
  await transport.write(Uint8Array.of(5, 1, 0));
  const [version, method] = await bytes(2);
  if (version !== 5)
    throw new Error("--proxy: the proxy does not speak SOCKS5");
  if (method !== 0)
    throw new Error(
      "--proxy: the proxy asks for a password; none can be given",
    );
  const { host, port } = to;
  await transport.write(
    Uint8Array.of(5, 1, 0, ...addressOf(host), port >> 8, port & 0xff),
  );
  const [, reply = 1, , type] = await bytes(4);
  if (reply !== 0)
    throw new Error(
      `--proxy: the proxy could not connect: ${REPLIES[reply] ?? `reply ${reply}`}`,
    );
  const [first = 0] = await bytes(1);
  const rest = type === 1 ? 3 : type === 4 ? 15 : first;
  await bytes(rest + 2);
}

/** RFC 1928 5: names are the proxy's to look up. */
function addressOf(host: string): readonly number[] {
  if (isIPv4(host)) return [1, ...host.split(".").map(Number)];
  if (isIPv6(host)) return [4, ...ipv6Bytes(host)];
  const name = utf8Bytes(host);
  return [3, name.length & 0xff, ...name.subarray(0, 255)];
}

function ipv6Bytes(host: string): number[] {
  // A URL writes it in full groups of hexadecimal, the longest gap as "::".
  const text = new URL(`http://[${host}]/`).hostname.slice(1, -1);
  const [head = "", tail] = text.split("::");
  const words = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((word) => Number.parseInt(word, 16));
  const [before, after] = [words(head), words(tail ?? "")];
  const gap = tail === undefined ? 0 : 8 - before.length - after.length;
  const all = [...before, ...Array.from({ length: gap }, () => 0), ...after];
  return all.flatMap((word) => [word >> 8, word & 0xff]);
}

/** Reads that many bytes, and leaves the rest in the transport. */
function readerOf(
  transport: Transport,
): (length: number) => Promise<Uint8Array> {
  return async (length) => {
    const taken = new Uint8Array(length);
    let at = 0;
    while (at < length) {
      const chunk = await transport.read();
      if (chunk === null)
        throw new Error("--proxy: the proxy ended the connection");
      const part = chunk.subarray(0, length - at);
      taken.set(part, at);
      at += part.length;
      if (part.length < chunk.length)
        transport.unread(chunk.subarray(part.length));
    }
    return taken;
  };
}
