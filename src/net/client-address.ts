/** The part of a client's address that a limit per address counts by. */
import { toHex } from "../bytes.ts";
import { parseIpAddress } from "../x509/names/ip-address.ts";

/** RFC 4291 2.5.4: a network has 64 bits, and a host takes any address in it. */
const NETWORK = 8;
const IPV4_AT = 12;
/** IPv4 in IPv6: RFC 4291 2.5.5.2, and RFC 6052 2.1 (a translator's). */
const HOLD_IPV4: readonly string[] = [
  "00000000000000000000ffff",
  "0064ff9b0000000000000000",
];

/**
 * Returns what connections of one client have in common: an IPv4 address, also
 * one that stands in an IPv6 address; the first 64 bits of an IPv6 address, of
 * which a client has all the others to choose from. A link-local address
 * (RFC 4291 2.5.6) counts whole, since the hosts of a link share its 64 bits, and
 * so does what is no IP address.
 */
export function clientOf(address: string): string {
  const [text = "", zone] = address.split("%", 2);
  const bytes = parseIpAddress(text);
  if (bytes === undefined || bytes.length !== 16) return address;
  const front = toHex(bytes.subarray(0, IPV4_AT));
  if (HOLD_IPV4.includes(front)) return bytes.subarray(IPV4_AT).join(".");
  const [first = 0, second = 0] = bytes;
  const isLinkLocal = first === 0xfe && (second & 0xc0) === 0x80;
  const counted = isLinkLocal ? bytes : bytes.subarray(0, NETWORK);
  return `${toHex(counted)}%${zone ?? ""}`;
}
