/** Finds the TCP segment in a packet, below whatever carries it. */
import type { Packet } from "./packets.ts";

/** A TCP segment: its data is a view of the packet. */
export interface Segment {
  readonly time: number;
  /** ADDRESS:PORT. */
  readonly from: string;
  readonly to: string;
  readonly sequence: number;
  readonly syn: boolean;
  readonly ack: boolean;
  /** A FIN or a RST: no byte follows. */
  readonly ends: boolean;
  readonly data: Uint8Array;
}

/** @returns undefined for a packet without a TCP segment, or a broken one */
export function segmentOf({
  linkType,
  time,
  bytes,
}: Packet): Segment | undefined {
  const link = LINKS[linkType]?.(bytes);
  if (link === undefined) return undefined;
  const ip = link.length > 0 ? ipOf(link) : undefined;
  if (ip === undefined || ip.protocol !== TCP) return undefined;
  return tcpOf(ip, time);
}

const TCP = 6;
const IPV4 = 0x0800;
const IPV6 = 0x86dd;

/** LINKTYPE_…: what each of them puts before the IP header. */
const LINKS: Partial<
  Record<number, (bytes: Uint8Array) => Uint8Array | undefined>
> = {
  // NULL and LOOP: a family of the system that captured, in its byte order.
  0: (bytes) => bytes.subarray(4),
  108: (bytes) => bytes.subarray(4),
  // EN10MB.
  1: (bytes) => ethernet(bytes, 12),
  // RAW, as three systems number it, IPV4 and IPV6.
  12: (bytes) => bytes,
  14: (bytes) => bytes,
  101: (bytes) => bytes,
  228: (bytes) => bytes,
  229: (bytes) => bytes,
  // LINUX_SLL and LINUX_SLL2: "cooked".
  113: (bytes) => ethernet(bytes, 14),
  276: (bytes) => (isIp(u16(bytes, 0)) ? bytes.subarray(20) : undefined),
};

function isIp(type: number): boolean {
  return type === IPV4 || type === IPV6;
}

/** Tags of VLANs that may stand one in another. */
const MOST_TAGS = 4;

function ethernet(bytes: Uint8Array, typeAt: number): Uint8Array | undefined {
  let at = typeAt;
  for (let tags = 0; tags <= MOST_TAGS; tags++, at += 4) {
    const type = u16(bytes, at);
    if (isIp(type)) return bytes.subarray(at + 2);
    if (![0x8100, 0x88a8, 0x9100].includes(type)) return undefined;
  }
  return undefined;
}

interface Ip {
  readonly from: string;
  readonly to: string;
  readonly protocol: number;
  readonly payload: Uint8Array;
}

function ipOf(bytes: Uint8Array): Ip | undefined {
  const version = (bytes[0] ?? 0) >> 4;
  return version === 4 ? ipv4(bytes) : version === 6 ? ipv6(bytes) : undefined;
}

/** RFC 791 3.1. */
function ipv4(bytes: Uint8Array): Ip | undefined {
  const header = 4 * ((bytes[0] ?? 0) & 15);
  if (header < 20 || bytes.length < header) return undefined;
  // A fragment: more of them follow, or it is not the first.
  if ((u16(bytes, 6) & 0x3fff) !== 0) return undefined;
  // Zero where the network card was to cut the segment.
  const total = u16(bytes, 2) || bytes.length;
  return {
    from: bytes.subarray(12, 16).join("."),
    to: bytes.subarray(16, 20).join("."),
    protocol: bytes[9] ?? 0,
    payload: bytes.subarray(header, Math.max(header, total)),
  };
}

/** Hop-by-hop options, routing, destination options. */
const EXTENSIONS = [0, 43, 60];
const MOST_EXTENSIONS = 8;

/** RFC 8200 3 and 4. */
function ipv6(bytes: Uint8Array): Ip | undefined {
  if (bytes.length < 40) return undefined;
  const length = u16(bytes, 4) || bytes.length - 40;
  let protocol = bytes[6] ?? 0;
  let payload = bytes.subarray(40, 40 + length);
  for (let left = MOST_EXTENSIONS; EXTENSIONS.includes(protocol); left--) {
    if (left === 0 || payload.length < 8) return undefined;
    const size = 8 * ((payload[1] ?? 0) + 1);
    protocol = payload[0] ?? 0;
    payload = payload.subarray(size);
  }
  return {
    from: address6(bytes.subarray(8, 24)),
    to: address6(bytes.subarray(24, 40)),
    ...{ protocol, payload },
  };
}

/** RFC 5952, by the URL parser. */
function address6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, at) =>
    u16(bytes, 2 * at).toString(16),
  );
  return new URL(`http://[${groups.join(":")}]`).hostname;
}

/** RFC 9293 3.1. */
function tcpOf({ from, to, payload }: Ip, time: number): Segment | undefined {
  const header = 4 * ((payload[12] ?? 0) >> 4);
  if (header < 20 || payload.length < header) return undefined;
  const flags = payload[13] ?? 0;
  return {
    time,
    from: `${from}:${u16(payload, 0)}`,
    to: `${to}:${u16(payload, 2)}`,
    sequence: u16(payload, 4) * 2 ** 16 + u16(payload, 6),
    syn: (flags & 2) !== 0,
    ack: (flags & 16) !== 0,
    ends: (flags & 5) !== 0,
    data: payload.subarray(header),
  };
}

/** Zero beyond the end. */
function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
