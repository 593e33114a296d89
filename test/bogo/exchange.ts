/** One connection from the first byte to the last, as the runner expects it. */
import { asciiBytes, concat, equal, fromHex } from "../../src/bytes.ts";
import type { ConnectionInfo } from "../../src/engine/index.ts";
import { HandshakeType } from "../../src/wire/code-points.ts";
import { checkRejection } from "./ech.ts";
import { Connection, sizeOfReads } from "./connection.ts";
import {
  checkHandshake,
  checkSessions,
  checkVerifiedName,
} from "./expectations.ts";
import type { Flags } from "./flags.ts";
import { expect, Failure } from "./outcome.ts";
import type { Setting } from "./settings.ts";
import type { Wire } from "./wire.ts";

/** Lengths around the edges of a record. */
const RECORD_SIZES = [
  0, 1, 255, 256, 257, 16383, 16384, 16385, 32767, 32768, 32769,
];

/**
 * @throws Failure when the connection fails
 * @throws Mismatch when it does not do what the flags say
 */
export async function exchange(
  setting: Setting,
  wire: Wire,
  secrets: ReadonlyMap<string, string>,
): Promise<void> {
  const { memory } = setting;
  const connection = new Connection(setting, wire);
  const inEarlyData = connection.earlyDataLeft > 0;
  // BoringSSL's handshake returns here, and its shim goes on.
  if (inEarlyData) writeExports(setting.flags, connection, secrets);
  const sent = writeEarlyData(setting.flags, connection);
  const info = await handshake(setting, connection, inEarlyData);
  const isRetry = !setting.flags.server && info.earlyData === "rejected";
  if (isRetry)
    expect(setting.flags["expect-reject-early-data"], "early data is refused");
  const flags = isRetry ? setting.retryFlags : setting.flags;
  expect(!flags["handshake-never-done"], "the handshake is done");
  checkHandshake({ ...setting, flags }, info);
  if (!inEarlyData) writeExports(flags, connection, secrets);
  if (flags["tls-unique"]) writeTlsUnique(info, connection);
  await talk(flags, connection, isRetry ? 0 : sent);
  checkSessions({ ...setting, flags }, connection, info);
  memory.session = connection.sessions.at(-1);
  await shutDown(flags, connection);
  const told = flags["expect-msg-callback"];
  if (told !== undefined)
    expect(connection.messages.join("") === told, "other messages are told");
}

/**
 * The states that follow a ServerHello and EncryptedExtensions in a resumption.
 */
const STATES: Readonly<Record<number, string>> = {
  [HandshakeType.server_hello]: "WAIT_EE",
  [HandshakeType.encrypted_extensions]: "WAIT_FINISHED",
};

/**
 * Writes as much of the greetings as early data allows; returns the number of
 * bytes.
 */
function writeEarlyData(flags: Flags, connection: Connection): number {
  if (flags["expect-no-offer-early-data"])
    expect(connection.earlyDataLeft === 0, "early data is offered");
  let sent = 0;
  for (const greeting of greetingsOf(flags)) {
    const early = greeting.subarray(0, connection.earlyDataLeft);
    if (early.length === 0) break;
    sent += early.length;
    const state = STATES[flags["early-write-after-message"] ?? 0];
    if (state !== undefined) {
      connection.writeEarlyDataIn(state, early);
      return sent;
    }
    if (flags["read-with-unfinished-write"])
      connection.writeEarlyDataHeld(early);
    else connection.writeEarlyData(early);
  }
  return sent;
}

/** Data that the shim sends before it reads anything. */
function greetingsOf(flags: Flags): readonly Uint8Array[] {
  const greeting = asciiBytes(flags["shim-initial-write"] ?? "hello");
  if (flags["read-with-unfinished-write"]) return [greeting];
  if (!flags["shim-writes-first"]) return [];
  const times = flags["repeat-shim-initial-write"] ?? 1;
  return Array.from({ length: times }, () => greeting);
}

async function handshake(
  { flags: first, retryFlags, seen }: Setting,
  connection: Connection,
  inEarlyData: boolean,
): Promise<ConnectionInfo> {
  // What is wrong with the server's answer is not early data's any more.
  const flags = inEarlyData ? retryFlags : first;
  try {
    const info = await connection.handshake((bytes) => {
      connection.write(turned(bytes));
    });
    checkRejection(first, undefined);
    checkVerifiedName(first, seen);
    return info;
  } catch (error) {
    if (error instanceof Failure) {
      checkVerifiedName(flags, seen);
      checkRejection(flags, error);
    }
    throw error;
  }
}

function turned(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => byte ^ 0xff);
}

/** Keying material and secrets, which the runner compares with its own. */
function writeExports(
  flags: Flags,
  connection: Connection,
  secrets: ReadonlyMap<string, string>,
): void {
  const length = flags["export-keying-material"] ?? 0;
  if (length > 0)
    connection.write(
      connection.exportKeyingMaterial(
        flags["export-label"] ?? "",
        length,
        flags["use-export-context"]
          ? asciiBytes(flags["export-context"] ?? "")
          : undefined,
      ),
    );
  if (!flags["export-traffic-secrets"]) return;
  const [reads, writes] = (
    flags.server ? ["CLIENT", "SERVER"] : ["SERVER", "CLIENT"]
  ).map((side) => fromHex(secrets.get(`${side}_TRAFFIC_SECRET_0`) ?? ""));
  if (reads === undefined || writes === undefined) return;
  const { length: size } = reads;
  connection.write(concat(Uint8Array.of(size & 0xff, size >> 8), reads));
  connection.write(writes);
}

/** RFC 5929 3, where RFC 7627 5.4 lets it stand. */
function writeTlsUnique(
  { tlsUnique }: ConnectionInfo,
  connection: Connection,
): void {
  if (tlsUnique === undefined) throw new Failure("no_tls_unique");
  connection.write(tlsUnique);
}

async function talk(
  flags: Flags,
  connection: Connection,
  sent: number,
): Promise<void> {
  if (flags["write-different-record-sizes"]) {
    for (const size of RECORD_SIZES)
      connection.write(new Uint8Array(size).fill(0x42));
    return;
  }
  connection.release();
  let early = sent;
  for (const greeting of greetingsOf(flags)) {
    const rest = greeting.subarray(early);
    early -= greeting.length - rest.length;
    if (rest.length === 0 && greeting.length > 0) continue;
    if (flags["read-with-unfinished-write"]) connection.writeHeld(rest);
    else connection.write(rest);
  }
  if (!flags["shim-shuts-down"]) await echo(flags, connection);
}

/** Sends back what comes, every bit turned over. */
async function echo(flags: Flags, connection: Connection): Promise<void> {
  for (;;) {
    if (flags["key-update-before-read"]) connection.updateKeys();
    const bytes = await take(flags, connection);
    if (flags["use-exporter-between-reads"])
      connection.exportKeyingMaterial("", 1);
    if (bytes === undefined) return;
    connection.release();
    if (flags["key-update"]) connection.updateKeys();
    connection.write(turned(bytes));
  }
}

async function take(
  flags: Flags,
  connection: Connection,
): Promise<Uint8Array | undefined> {
  const size = sizeOfReads(flags);
  if (!flags["peek-then-read"]) return connection.read(size);
  const peeked = await connection.peek(size);
  const bytes = await connection.read(size);
  expect(
    peeked === bytes ||
      (peeked !== undefined && bytes !== undefined && equal(peeked, bytes)),
    "peek and read differ",
  );
  return bytes;
}

/** Without -check-close-notify both sides end by ending the transport. */
async function shutDown(flags: Flags, connection: Connection): Promise<void> {
  if (!flags["check-close-notify"]) return;
  connection.shutdown();
  if (!flags["shim-shuts-down"]) return;
  const late = await connection.read(1);
  if (late === undefined && !connection.peerClosed)
    throw new Failure("truncated");
  // As SSLSocket.unwrap() does: who has said its last word reads no more.
  if (late !== undefined)
    throw new Failure("application_data_after_close_notify");
}
