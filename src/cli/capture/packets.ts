/** Reads the packets of a capture: pcap and pcapng files. */
import { utf8Text } from "../../bytes.ts";
import { CommandError } from "../command.ts";

/** A packet as it was captured: a view of the file. */
export interface Packet {
  /** LINKTYPE_… of tcpdump.org: what its first bytes are. */
  readonly linkType: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly bytes: Uint8Array;
}

export interface Capture {
  readonly packets: readonly Packet[];
  /** The key logs that a pcapng file carries. */
  readonly keyLogs: readonly string[];
  /** The reason why it was not read to its end. */
  readonly fault: string | undefined;
}

const PCAP = 0xa1b2c3d4;
/** The same with nanoseconds. */
const PCAP_NANO = 0xa1b23c4d;
const SECTION = 0x0a0d0d0a;
const BYTE_ORDER = 0x1a2b3c4d;

/** More than tcpdump and dumpcap ever write: 256 KiB. */
const MOST_OF_PACKET = 262_144;

/** Tells whether bytes begin as a capture does. */
export function isCapture(file: Uint8Array): boolean {
  if (file.length < 8) return false;
  const magic = viewOf(file).getUint32(0);
  return (
    [PCAP, PCAP_NANO].includes(magic) || isSwapped(magic) || magic === SECTION
  );
}

function isSwapped(magic: number): boolean {
  return magic === 0xd4c3b2a1 || magic === 0x4d3cb2a1;
}

/** @throws CommandError for a file that is no capture */
export function readCapture(name: string, file: Uint8Array): Capture {
  if (!isCapture(file))
    throw new CommandError(`${name}: no pcap or pcapng file`);
  return viewOf(file).getUint32(0) === SECTION
    ? readBlocks(file)
    : readPcap(file);
}

function readPcap(file: Uint8Array): Capture {
  const view = viewOf(file);
  const little = isSwapped(view.getUint32(0));
  const isNano = view.getUint32(0, little) === PCAP_NANO;
  const packets: Packet[] = [];
  const keyLogs: string[] = [];
  if (file.length < 24) return { packets, keyLogs, fault: CUT };
  // The upper bits tell of frame check sequences.
  const linkType = view.getUint32(20, little) & 0xffff;
  for (let at = 24; at < file.length;) {
    if (file.length - at < 16) return { packets, keyLogs, fault: CUT };
    const seconds = view.getUint32(at, little);
    const fraction = view.getUint32(at + 4, little);
    const length = view.getUint32(at + 8, little);
    at += 16;
    if (length > MOST_OF_PACKET)
      return { packets, keyLogs, fault: tooLong(length) };
    if (length > file.length - at) return { packets, keyLogs, fault: CUT };
    const time = seconds * 1000 + fraction / (isNano ? 1e6 : 1e3);
    packets.push({ linkType, time, bytes: file.subarray(at, at + length) });
    at += length;
  }
  return { packets, keyLogs, fault: undefined };
}

const CUT = "the file ends in the middle of a packet";

function tooLong(length: number): string {
  return `a packet of ${length} bytes is longer than any capture has: what follows is not read`;
}

interface Interface {
  readonly linkType: number;
  /** Milliseconds of a unit of its times. */
  readonly unit: number;
}

/** Blocks of draft-ietf-opsawg-pcapng 4. */
const INTERFACE = 1;
const OLD_PACKET = 2;
const SIMPLE_PACKET = 3;
const PACKET = 6;
const SECRETS = 10;
/** "TLSK": a key log of RFC 9850. */
const TLS_KEY_LOG = 0x544c534b;

function readBlocks(file: Uint8Array): Capture {
  const view = viewOf(file);
  const packets: Packet[] = [];
  const keyLogs: string[] = [];
  let interfaces: Interface[] = [];
  let little = false;
  const done = (fault?: string): Capture => ({ packets, keyLogs, fault });
  for (let at = 0; at < file.length;) {
    if (file.length - at < 12) return done(CUT);
    if (view.getUint32(at) === SECTION) {
      little = view.getUint32(at + 8, true) === BYTE_ORDER;
      if (!little && view.getUint32(at + 8) !== BYTE_ORDER)
        return done("a section whose byte order is not known");
      interfaces = [];
    }
    const type = view.getUint32(at, little);
    const length = view.getUint32(at + 4, little);
    if (length < 12 || length % 4 !== 0)
      return done(`a block claims ${length} bytes`);
    if (length > file.length - at) return done(CUT);
    const body = file.subarray(at + 8, at + length - 4);
    at += length;
    if (type === INTERFACE) interfaces.push(readInterface(body, little));
    else if (type === SECRETS) keyLogs.push(...readSecrets(body, little));
    else {
      const packet = readPacket(type, body, little, interfaces);
      if (packet !== undefined) packets.push(packet);
    }
  }
  return done();
}

function readInterface(body: Uint8Array, little: boolean): Interface {
  if (body.length < 8) return { linkType: -1, unit: 1 };
  const view = viewOf(body);
  const linkType = view.getUint16(0, little);
  const resolution = option(body, 8, IF_TSRESOL, little)?.[0] ?? 6;
  const unit =
    resolution < 0x80
      ? 10 ** (3 - resolution)
      : 1000 * 2 ** -(resolution & 0x7f);
  return { linkType, unit };
}

const IF_TSRESOL = 9;

/** The last time of a Date, ECMA-262 21.4.1.1: a packet may claim any. */
const LATEST = 8.64e15;

/** The value of the first option of that code. */
function option(
  body: Uint8Array,
  from: number,
  wanted: number,
  little: boolean,
): Uint8Array | undefined {
  const view = viewOf(body);
  for (let at = from; at + 4 <= body.length;) {
    const code = view.getUint16(at, little);
    const length = view.getUint16(at + 2, little);
    if (code === 0) return undefined;
    if (code === wanted) return body.subarray(at + 4, at + 4 + length);
    at += 4 + 4 * Math.ceil(length / 4);
  }
  return undefined;
}

function readSecrets(body: Uint8Array, little: boolean): string[] {
  if (body.length < 8) return [];
  const view = viewOf(body);
  if (view.getUint32(0, little) !== TLS_KEY_LOG) return [];
  const text = utf8Text(body.subarray(8, 8 + view.getUint32(4, little)));
  return text === undefined ? [] : [text];
}

/** The places of a packet block's parts; -1 for those that it lacks. */
const SHAPES: Partial<
  Record<
    number,
    { index: number; time: number; captured: number; data: number }
  >
> = {
  [PACKET]: { index: 0, time: 4, captured: 12, data: 20 },
  [OLD_PACKET]: { index: 0, time: 4, captured: 12, data: 20 },
  [SIMPLE_PACKET]: { index: -1, time: -1, captured: 0, data: 4 },
};

function readPacket(
  type: number,
  body: Uint8Array,
  little: boolean,
  interfaces: readonly Interface[],
): Packet | undefined {
  const shape = SHAPES[type];
  if (shape === undefined || body.length < shape.data) return undefined;
  const view = viewOf(body);
  const index =
    type === PACKET
      ? view.getUint32(0, little)
      : type === OLD_PACKET
        ? view.getUint16(0, little)
        : 0;
  const source = interfaces[index];
  if (source === undefined) return undefined;
  const length = view.getUint32(shape.captured, little);
  const ticks =
    shape.time < 0
      ? 0
      : view.getUint32(shape.time, little) * 2 ** 32 +
        view.getUint32(shape.time + 4, little);
  return {
    linkType: source.linkType,
    time: Math.min(ticks * source.unit, LATEST),
    bytes: body.subarray(shape.data, shape.data + length),
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
