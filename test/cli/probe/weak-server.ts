/**
 * A server of all that is weak, as far as its first flight: it answers hellos of
 * SSL 2.0 to TLS 1.2 and never goes on. OpenSSL of today has none of this.
 */
import { createServer, type Server, type Socket } from "node:net";
import { Reader } from "../../../src/wire/reader.ts";
import { Writer } from "../../../src/wire/writer.ts";

export interface WeakServer {
  readonly server: Server;
  /** Connections so far, and the most of them at one time. */
  readonly counts: { made: number; open: number; most: number };
}

interface Hello {
  readonly version: number;
  readonly suites: readonly number[];
  readonly compressions: Uint8Array;
  readonly extensions: ReadonlyMap<number, Uint8Array>;
}

/** RC4, RC4-MD5, export RSA and DHE, NULL, anonymous DH, DES, 3DES. */
export const WEAK_SUITES = [
  0x0005, 0x0004, 0x0003, 0x0014, 0x0002, 0x001b, 0x0009, 0x000a, 0x0016,
];

const HEARTBEAT = 15;

/** The same key for everybody: 64 bytes of a share. */
const SHARE = new Uint8Array(64).fill(7);
/** 512 bits. */
const PRIME = new Uint8Array(64).fill(0xff);

export function weakServer(certificate: Uint8Array): WeakServer {
  const counts = { made: 0, open: 0, most: 0 };
  const server = createServer((socket) => {
    counts.made++;
    counts.open++;
    counts.most = Math.max(counts.most, counts.open);
    socket.on("close", () => counts.open--);
    socket.on("error", () => undefined);
    let came = Buffer.alloc(0);
    socket.on("data", (bytes) => {
      came = Buffer.concat([came, bytes]);
      answer(socket, came, certificate);
    });
  });
  return { server, counts };
}

function answer(socket: Socket, came: Buffer, certificate: Uint8Array): void {
  const [first = 0] = came;
  if (first >= 0x80) {
    // SERVER-HELLO of SSL 2.0 with no certificate and no ciphers.
    socket.write(Uint8Array.of(0x80, 11, 4, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0));
    return;
  }
  const message = joined(came);
  if (message === undefined) return;
  const hello = readHello(message);
  const suite = WEAK_SUITES.find((code) => hello.suites.includes(code));
  if (suite === undefined || hello.version < 0x0300) {
    socket.end(Uint8Array.of(21, 3, 0, 0, 2, 2, 40));
    return;
  }
  socket.write(flight(hello, suite, certificate));
}

/** The message in the records, once all of it is there. */
function joined(came: Buffer): Buffer | undefined {
  let at = 0;
  let message = Buffer.alloc(0);
  while (came.length >= at + 5) {
    const end = at + 5 + came.readUInt16BE(at + 3);
    if (came.length < end) return undefined;
    message = Buffer.concat([message, came.subarray(at + 5, end)]);
    at = end;
  }
  const isWhole =
    message.length >= 4 && message.length >= 4 + message.readUIntBE(1, 3);
  return isWhole ? message : undefined;
}

function readHello(message: Uint8Array): Hello {
  const reader = new Reader(message, "hello");
  reader.u8();
  reader.u24();
  const version = reader.u16();
  reader.bytes(32);
  reader.opaque8();
  const suites = reader.list16((r) => r.u16());
  const compressions = reader.opaque8();
  const extensions = new Map(
    reader.left === 0
      ? []
      : reader.list16((r) => [r.u16(), r.opaque16()] as const),
  );
  return { version, suites, compressions, extensions };
}

function message(type: number, body: (w: Writer) => void): Uint8Array {
  return new Writer().u8(type).vector24(body).finish();
}

function flight(
  hello: Hello,
  suite: number,
  certificate: Uint8Array,
): Uint8Array {
  const version = Math.min(hello.version, 0x0303);
  const messages = new Writer().bytes(
    message(2, (w) => {
      w.u16(version).bytes(new Uint8Array(32).fill(1)).u8(0).u16(suite);
      w.u8(hello.compressions.includes(1) ? 1 : 0);
      if (hello.extensions.has(HEARTBEAT))
        w.vector16((list) => list.u16(HEARTBEAT).opaque16(Uint8Array.of(1)));
    }),
  );
  const isAnonymous = suite === 0x001b;
  if (!isAnonymous)
    messages.bytes(
      message(11, (w) => w.vector24((list) => list.opaque24(certificate))),
    );
  if (isAnonymous || suite === 0x0014 || suite === 0x0016)
    messages.bytes(
      message(12, (w) => {
        w.opaque16(PRIME).opaque16(Uint8Array.of(2)).opaque16(SHARE);
        if (isAnonymous) return;
        if (version === 0x0303) w.u16(0x0201);
        w.opaque16(new Uint8Array(128));
      }),
    );
  const whole = messages.bytes(message(14, () => undefined)).finish();
  return new Writer().u8(22).u16(version).opaque16(whole).finish();
}
