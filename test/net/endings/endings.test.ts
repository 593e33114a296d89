/**
 * The ends of connections: what the peer does, and what the call that is under
 * way then returns or throws in each adapter. Each test has a connection of its
 * own and waits for most of its time, so several run at once.
 */
import {
  setImmediate as immediately,
  setTimeout as sleep,
} from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SSLError, SSLSyscallError } from "../../../src/index.ts";
import { act, actEarly } from "./acts.ts";
import { Peer, type Version } from "./peer.ts";
import { type Adapter, ADAPTERS, type User } from "./users.ts";
import { COLUMNS, type Column, expectedOf, type Row, ROWS } from "./table.ts";

const VERSIONS: readonly Version[] = ["TLSv1.2", "TLSv1.3"];
/** More than sockets and buffers hold. */
const MUCH = new Uint8Array(16 * 1024 * 1024);

const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => {
  unhandled.push(error);
};
beforeAll(() => process.on("unhandledRejection", onUnhandled));
afterAll(() => {
  process.off("unhandledRejection", onUnhandled);
  expect(unhandled).toEqual([]);
});

/** An outcome in a word or two. */
function nameOf(error: unknown): string {
  if (error instanceof SSLSyscallError) return "SSLSyscallError";
  if (error instanceof SSLError)
    return error.name === "SSLZeroReturnError"
      ? error.name
      : `${error.name} ${error.reason ?? error.code}`;
  const { code = String(error) } = error as { readonly code?: string };
  return code;
}

const outcomeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    (value) => (typeof value === "string" ? value : "done"),
    (error: unknown) => nameOf(error),
  );

/** That time, and then whatever has arrived by its end. */
async function pause(milliseconds: number): Promise<void> {
  await sleep(milliseconds);
  // A timer of a busy process comes before what the system has to read.
  for (let i = 0; i < 3; i++) await immediately();
}

/** The outcome; "pending" is what is so after a while. */
async function outcome(call: Promise<unknown>, expected: string) {
  const settled = outcomeOf(call);
  if (expected !== "pending") return settled;
  return Promise.race([settled, pause(150).then(() => "pending")]);
}

interface Scene {
  readonly user: User;
  readonly peer: Peer;
}

async function play(
  column: Column,
  row: Row,
  { user, peer }: Scene,
  expected: string,
): Promise<string> {
  if (column === "handshake") {
    const shaking = user.handshake();
    shaking.catch(() => undefined);
    await actEarly(row, peer);
    return outcome(shaking, expected);
  }
  await Promise.all([user.handshake(), peer.handshake()]);
  if (column === "recv") {
    const receiving = user.recv();
    receiving.catch(() => undefined);
    await act(row, peer);
    return outcome(receiving, expected);
  }
  if (column === "send") {
    // The peer does not read until it has done what it does.
    const sending = user.send(MUCH);
    sending.catch(() => undefined);
    await pause(20);
    await act(row, peer);
    if (row !== "silence" && row !== "RST") peer.readOn();
    return outcome(sending, expected);
  }
  if (column === "unwrap") {
    const unwrapping = user.unwrap?.() ?? Promise.resolve();
    unwrapping.catch(() => undefined);
    await act(row, peer);
    return outcome(unwrapping, expected);
  }
  await act(row, peer);
  // It has arrived by the time that anything later does.
  await pause(20);
  if (column === "close") return outcome(user.close(), expected);
  if (column === "then recv") return outcome(user.recv(), expected);
  if (row !== "RST") peer.readOn();
  return outcome(user.send(Uint8Array.of(1)), expected);
}

async function sceneOf(
  adapter: Adapter,
  version: Version,
  suppressRaggedEofs: boolean,
  run: (scene: Scene) => Promise<void>,
): Promise<void> {
  const opened = await adapter.open(version, suppressRaggedEofs);
  const { user, wire, release } = opened;
  const peer = new Peer(
    user.role === "client" ? "server" : "client",
    version,
    wire,
  );
  try {
    await run({ user, peer });
  } finally {
    user.destroy();
    await peer.end();
    await release();
  }
}

/** The result of a call while the user closes the connection. */
const CLOSED = "SSLError ERR_SOCKET_CLOSED";

describe.concurrent.each(
  ADAPTERS.filter(({ is }) => is === "socket").map(
    (adapter) => [adapter.title, adapter] as const,
  ),
)("%s: the user closes", (_title, adapter) => {
  describe.each(VERSIONS)("%s", (version) => {
    it.each(["handshake", "recv", "send", "unwrap"] as const)(
      "in %s",
      async (column) => {
        await sceneOf(adapter, version, true, async ({ user, peer }) => {
          if (column !== "handshake")
            await Promise.all([user.handshake(), peer.handshake()]);
          const call = {
            handshake: () => user.handshake(),
            recv: () => user.recv(),
            send: () => user.send(MUCH),
            unwrap: () => user.unwrap?.() ?? Promise.resolve(),
          }[column]();
          call.catch(() => undefined);
          await pause(20);
          const closing = outcomeOf(user.close());
          expect(await outcomeOf(call)).toBe(CLOSED);
          // Later calls are told the same, and not left to wait.
          expect(await outcomeOf(user.recv())).toBe(CLOSED);
          expect(await outcomeOf(user.send(MUCH))).toBe(CLOSED);
          // What was sent waits for a peer that reads.
          peer.readOn();
          expect(await closing).toBe("done");
          expect(await outcomeOf(user.close())).toBe("done");
        });
      },
    );
  });
});

describe.concurrent.each(
  ADAPTERS.map((adapter) => [adapter.title, adapter] as const),
)("%s", (_title, adapter) => {
  describe.each(VERSIONS)("%s", (version) => {
    for (const column of COLUMNS)
      it.each(ROWS)(`in ${column}: %s`, async (row) => {
        const both = [true, false].map((suppress) => ({
          suppress,
          expected: expectedOf(adapter, column, row, suppress),
        }));
        const differ = both[0]?.expected !== both[1]?.expected;
        for (const { suppress, expected } of differ ? both : both.slice(1)) {
          if (expected === undefined) continue;
          await sceneOf(adapter, version, suppress, async (scene) => {
            const seen = await play(column, row, scene, expected);
            expect(seen).toBe(expected);
          });
        }
      });
  });
});
