/** IP addresses of certificates' names, from text and back. */
import { toHex } from "../../bytes.ts";
import { parseIpAddress } from "../../x509/names/ip-address.ts";

/** 4 or 16 bytes; undefined when it is no address. `[::1]` is one too. */
export function ipAddressBytes(text: string): Uint8Array | undefined {
  const inside = /^\[(.*:.*)\]$/.exec(text)?.[1];
  return parseIpAddress(inside ?? text);
}

/** Text of 4 or 16 bytes, all groups written; undefined for other lengths. */
export function ipAddressText(bytes: Uint8Array): string | undefined {
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.length !== 16) return undefined;
  const hex = toHex(bytes);
  return Array.from({ length: 8 }, (_, i) =>
    hex.slice(4 * i, 4 * i + 4).replace(/^0{1,3}/, ""),
  ).join(":");
}
