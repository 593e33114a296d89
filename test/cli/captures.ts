/** Captures written by hand: TCP segments in IP packets in pcap or pcapng. */
import { asciiBytes, concatAll } from "../../src/bytes.ts";

export interface WrittenSegment {
  readonly from: "client" | "server";
  readonly sequence: number;
  readonly data?: Uint8Array;
  readonly syn?: boolean;
  /** The client's port: 40000 unless several connections are there. */
  readonly port?: number;
}

export type Link =
  "ethernet" | "vlan" | "null" | "loop" | "raw" | "ipv6" | "cooked" | "cooked2";

const LINK_TYPES: Readonly<Record<Link, number>> = {
  ethernet: 1,
  vlan: 1,
  null: 0,
  loop: 108,
  raw: 101,
  ipv6: 229,
  cooked: 113,
  cooked2: 276,
};

export const LINKS = [
  "ethernet",
  "vlan",
  "null",
  "loop",
  "raw",
  "ipv6",
  "cooked",
  "cooked2",
] as const satisfies readonly Link[];

function tcp({
  from,
  sequence,
  data,
  syn,
  port = 40_000,
}: WrittenSegment): Uint8Array {
  const header = new Uint8Array(20);
  const view = new DataView(header.buffer);
  const [source, target] = from === "client" ? [port, 443] : [443, port];
  view.setUint16(0, source);
  view.setUint16(2, target);
  view.setUint32(4, sequence >>> 0);
  const flags = syn !== true ? 16 : from === "client" ? 2 : 18;
  view.setUint16(12, (5 << 12) | flags);
  return concatAll([header, data ?? new Uint8Array()]);
}

function ip(segment: WrittenSegment, is6: boolean): Uint8Array {
  const payload = tcp(segment);
  const isClient = segment.from === "client";
  const ends = isClient ? [1, 2] : [2, 1];
  if (is6) {
    const header = new Uint8Array(40);
    const view = new DataView(header.buffer);
    view.setUint16(0, 0x6000);
    // A header of options stands between.
    view.setUint16(4, payload.length + 8);
    header.set([0, 64], 6);
    header[23] = ends[0] ?? 0;
    header[39] = ends[1] ?? 0;
    return concatAll([header, Uint8Array.of(6, 0, 1, 4, 0, 0, 0, 0), payload]);
  }
  const header = new Uint8Array(20);
  const view = new DataView(header.buffer);
  header[0] = 0x45;
  view.setUint16(2, 20 + payload.length);
  header.set([64, 6], 8);
  header.set([10, 0, 0, ends[0] ?? 0, 10, 0, 0, ends[1] ?? 0], 12);
  return concatAll([header, payload]);
}

export function packetOf(segment: WrittenSegment, link: Link): Uint8Array {
  const bytes = ip(segment, link === "ipv6");
  const before: Record<Link, Uint8Array> = {
    // Padding behind a short packet is no data.
    ethernet: concatAll([new Uint8Array(12), Uint8Array.of(8, 0)]),
    vlan: concatAll([new Uint8Array(12), Uint8Array.of(0x81, 0, 0, 7, 8, 0)]),
    null: Uint8Array.of(2, 0, 0, 0),
    loop: Uint8Array.of(0, 0, 0, 2),
    raw: new Uint8Array(),
    ipv6: new Uint8Array(),
    cooked: concatAll([new Uint8Array(14), Uint8Array.of(8, 0)]),
    cooked2: concatAll([Uint8Array.of(8, 0), new Uint8Array(18)]),
  };
  return concatAll([
    before[link],
    bytes,
    new Uint8Array(link === "ethernet" ? 6 : 0),
  ]);
}

export function pcapOf(
  segments: readonly WrittenSegment[],
  link: Link = "ethernet",
  { little = true, nano = false } = {},
): Uint8Array {
  const head = new DataView(new ArrayBuffer(24));
  head.setUint32(0, nano ? 0xa1b23c4d : 0xa1b2c3d4, little);
  head.setUint32(16, 262_144, little);
  head.setUint32(20, LINK_TYPES[link], little);
  const records = segments.flatMap((segment, at) => {
    const packet = packetOf(segment, link);
    const record = new DataView(new ArrayBuffer(16));
    record.setUint32(0, 1_700_000_000, little);
    record.setUint32(4, at * (nano ? 1_000_000 : 1000), little);
    record.setUint32(8, packet.length, little);
    record.setUint32(12, packet.length, little);
    return [new Uint8Array(record.buffer), packet];
  });
  return concatAll([new Uint8Array(head.buffer), ...records]);
}

function block(type: number, body: Uint8Array, little: boolean): Uint8Array {
  const padded = 4 * Math.ceil(body.length / 4);
  const view = new DataView(new ArrayBuffer(12 + padded));
  view.setUint32(0, type, little);
  view.setUint32(4, 12 + padded, little);
  view.setUint32(8 + padded, 12 + padded, little);
  const bytes = new Uint8Array(view.buffer);
  bytes.set(body, 8);
  return bytes;
}

/** With the key log behind the packets, where a program may put it. */
export function pcapngOf(
  segments: readonly WrittenSegment[],
  keyLog?: string,
  link: Link = "ethernet",
  little = true,
): Uint8Array {
  const section = new DataView(new ArrayBuffer(16));
  section.setUint32(0, 0x1a2b3c4d, little);
  section.setUint16(4, 1, little);
  const source = new DataView(new ArrayBuffer(8));
  source.setUint16(0, LINK_TYPES[link], little);
  const packets = segments.map((segment) => {
    const packet = packetOf(segment, link);
    const head = new DataView(new ArrayBuffer(20));
    head.setUint32(12, packet.length, little);
    head.setUint32(16, packet.length, little);
    return block(6, concatAll([new Uint8Array(head.buffer), packet]), little);
  });
  const secrets = new DataView(new ArrayBuffer(8));
  secrets.setUint32(0, 0x544c534b, little);
  secrets.setUint32(4, keyLog?.length ?? 0, little);
  return concatAll([
    block(0x0a0d0d0a, new Uint8Array(section.buffer), little),
    block(1, new Uint8Array(source.buffer), little),
    // A block of a kind that nobody knows.
    block(0x7fff, Uint8Array.of(1, 2, 3), little),
    ...packets,
    ...(keyLog === undefined
      ? []
      : [
          block(
            10,
            concatAll([new Uint8Array(secrets.buffer), asciiBytes(keyLog)]),
            little,
          ),
        ]),
  ]);
}
