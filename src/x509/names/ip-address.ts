import type { Bytes } from "../../bytes.ts";

/** IP address literals, as bytes: text forms are never compared. */

/**
 * 4 bytes of a dotted IPv4 literal or 16 of an IPv6 one (RFC 4291 2.2, without
 * zone and brackets); undefined for anything else, shorthand such as `127.1`
 * and leading zeros included.
 *
 * @example
 * ```ts
 * import { parseIpAddress } from "puretls/x509";
 *
 * if (parseIpAddress("::1")?.length !== 16) throw new Error();
 * if (parseIpAddress("127.1") !== undefined) throw new Error();
 * ```
 */
export function parseIpAddress(text: string): Bytes | undefined {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

/** Writes an address in OpenSSL's way: IPv6 as eight groups, none left out. */
export function ipAddressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return [...bytes].join(".");
  if (bytes.length !== 16) return "<invalid>";
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2)
    groups.push(
      (((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)).toString(16).toUpperCase(),
    );
  return groups.join(":");
}

function parseIpv4(text: string): Bytes | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined;
  const bytes = new Uint8Array(4);
  for (const [i, part] of text.split(".").entries()) {
    const value = Number(part);
    if (value > 255 || value.toString() !== part) return undefined;
    bytes[i] = value;
  }
  return bytes;
}

function parseIpv6(text: string): Bytes | undefined {
  if (text.length > 45) return undefined;
  const [head = "", tail, more] = text.split("::");
  if (more !== undefined) return undefined;
  const left = parseGroups(head, tail === undefined);
  const right = parseGroups(tail ?? "", true);
  if (left === undefined || right === undefined) return undefined;
  const missing = 16 - left.length - right.length;
  // "::" stands for at least one group.
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(left);
  bytes.set(right, 16 - right.length);
  return bytes;
}

function parseGroups(text: string, last: boolean): number[] | undefined {
  const bytes: number[] = [];
  if (text === "") return bytes;
  const groups = text.split(":");
  for (const [i, group] of groups.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
      continue;
    }
    // RFC 4291 2.2 (3): the last 32 bits may be a dotted IPv4 address.
    const tail = last && i === groups.length - 1 ? parseIpv4(group) : undefined;
    if (tail === undefined) return undefined;
    bytes.push(...tail);
  }
  return bytes;
}
