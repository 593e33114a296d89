/** Runs one program and asserts what has to hold of it. */
import { SSLEOFError, SSLTimeoutError } from "../../src/index.ts";
import { Receiver, streamBytes } from "./bytes.ts";
import type { End } from "./ends.ts";
import { FAULTS, type Fault, type Program } from "./plan.ts";
import { FaultyProxy } from "./proxy.ts";
import { BRISK, type Kept, PATIENT, type World } from "./world.ts";

/** Milliseconds after which a call hangs, even on a busy machine. */
const SLACK = 60_000;
const HARMLESS: Fault = {
  kind: "none",
  direction: "toServer",
  record: 0,
  at: 0,
  size: 1,
};

/** The end of a connection as one side saw it. */
export interface Side {
  readonly role: "client" | "server";
  /** "end": with the peer's close_notify, as far as the side can tell. */
  readonly ended: "end" | "truncated" | "timeout" | "error";
  readonly error: unknown;
  readonly receiver: Receiver;
  /** Tells whether it can tell close_notify from another end. */
  readonly sees: boolean;
}

/** A rule was broken. */
export class Finding extends Error {}

/** Runs it; answers the outcome for the table. @throws Finding */
export async function run(program: Program, world: World): Promise<string> {
  const { kind } = program.fault;
  const timeout = FAULTS[kind] === "harmless" ? PATIENT : BRISK;
  const before =
    program.mode === "resumed" || program.mode === "early data"
      ? await firstSession(program, world)
      : undefined;
  const proxy = await FaultyProxy.open(
    world.server(program, timeout).port,
    program.fault,
  );
  try {
    const { sides, resumed } = await connected(program, world, {
      proxy,
      timeout,
      session: before,
    });
    check(program, proxy, sides, resumed);
    return outcomeOf(program, proxy, sides);
  } finally {
    proxy.close();
  }
}

/** The session of a connection over a wire that does no harm. */
async function firstSession(
  program: Program,
  world: World,
): Promise<Kept | undefined> {
  const first: Program = {
    ...program,
    mode: "server first",
    fault: HARMLESS,
    up: 1,
    down: 1,
  };
  const server = world.server(program, PATIENT);
  const proxy = await FaultyProxy.open(server.port, HARMLESS);
  try {
    const { session, sides } = await connected(first, world, {
      proxy,
      timeout: PATIENT,
      session: undefined,
    });
    check(first, proxy, sides, undefined);
    return session;
  } finally {
    proxy.close();
  }
}

interface Way {
  readonly proxy: FaultyProxy;
  readonly timeout: number;
  readonly session: Kept | undefined;
}

async function connected(program: Program, world: World, way: Way) {
  const { proxy, timeout } = way;
  const { seed, up, down, mode } = program;
  const early =
    mode === "early data" && way.session !== undefined
      ? streamBytes(seed, 0, Math.min(up, 5000))
      : undefined;
  let { session } = way;
  let resumed: boolean | undefined;
  const accepted = proxy.upstreamPort.then((port) =>
    world.server(program, timeout).arrivals.take(port),
  );
  const serving = accepted.then((arrival) => {
    if ("error" in arrival) throw arrival.error;
    return arrival.end;
  });
  const connecting = world.client({
    program,
    port: proxy.port,
    timeout,
    session: way.session,
    early,
    onSession: (kept) => (session = kept),
  });
  const client = side("client", connecting, program, timeout, {
    receives: new Receiver(seed + 1, down),
    already: (end) => earlySent(end, early),
  });
  const server = side("server", serving, program, timeout, {
    receives: new Receiver(seed, up),
    already: () => 0,
  });
  const sides = await watched("the program", 8 * timeout + SLACK, [
    client,
    server,
  ]);
  const [{ end }] = sides;
  if (end?.secure !== undefined) {
    session = end.secure.session ?? undefined;
    resumed = end.secure.sessionReused;
  }
  return { sides, session, resumed };
}

/** Bytes that the peer has as early data; what it refused is sent again. */
function earlySent(end: End, early: Uint8Array | undefined): number {
  return early !== undefined && end.secure?.earlyDataOutcome === "accepted"
    ? early.length
    : 0;
}

interface Script {
  readonly receives: Receiver;
  /** Bytes that have been sent before the handshake was done. */
  already(end: End): number;
}

async function side(
  role: Side["role"],
  connecting: Promise<End>,
  program: Program,
  timeout: number,
  { receives, already }: Script,
): Promise<Side & { readonly end: End | undefined }> {
  let end: End | undefined;
  const ended = (how: Side["ended"], error?: unknown) => ({
    role,
    ended: how,
    error,
    receiver: receives,
    sees: end?.secure !== undefined,
    end,
  });
  try {
    end = await watched(`${role}: handshake`, timeout + SLACK, connecting);
    for (;;) {
      const early = role === "server" ? end.secure?.readEarlyData() : null;
      if (early === null || early === undefined) break;
      receives.take(early);
    }
    const done = await Promise.all([
      receiving(role, end, receives, timeout),
      sending(role, end, program, receives, already(end), timeout),
    ]);
    await watched(`${role}: close`, timeout + SLACK, end.close());
    return ended(done[0] === true ? "truncated" : "end");
  } catch (error) {
    if (error instanceof Finding) throw error;
    end?.destroy();
    receives.end();
    if (error instanceof SSLTimeoutError) return ended("timeout", error);
    return ended(error instanceof SSLEOFError ? "truncated" : "error", error);
  }
}

async function receiving(
  role: Side["role"],
  end: End,
  receiver: Receiver,
  timeout: number,
): Promise<boolean | undefined> {
  for (;;) {
    const bytes = await watched(
      `${role}: receive`,
      timeout + SLACK,
      end.receive(),
    );
    if (bytes === null) break;
    receiver.take(bytes);
    if (receiver.wrong !== undefined) throw new Finding(receiver.wrong);
  }
  receiver.end();
  return end.truncated;
}

async function sending(
  role: Side["role"],
  end: End,
  program: Program,
  receives: Receiver,
  already: number,
  timeout: number,
): Promise<void> {
  const { mode, seed, up, down, chunk } = program;
  const [own, total, theirs] =
    role === "client" ? [seed, up, down] : [seed + 1, down, up];
  const waits =
    (mode === "client first" && role === "server") ||
    (mode === "server first" && role === "client");
  if (waits) await receives.until(theirs);
  for (let at = already, calls = 0; at < total; calls++) {
    const size = Math.min(chunk, total - at);
    if (mode === "echo" && role === "server") await receives.until(at + size);
    if (mode === "key updates" && calls % 3 === 1 && end.keyUpdate)
      await watched(`${role}: keyUpdate`, timeout + SLACK, end.keyUpdate());
    if (mode === "renegotiation" && calls === 1) end.renegotiate?.();
    const bytes = streamBytes(own, at, size);
    await watched(`${role}: send`, timeout + SLACK, end.send(bytes));
    at += size;
  }
  if (end.losesAfterFinish === true) await receives.until(theirs);
  await watched(`${role}: finish`, timeout + SLACK, end.finish());
}

/** Rejects with a Finding where a call does not settle: no matter of speed. */
async function watched<T>(
  what: string,
  time: number,
  call: Promise<T>,
): Promise<T>;
async function watched<T extends readonly unknown[]>(
  what: string,
  time: number,
  calls: readonly [...{ [I in keyof T]: Promise<T[I]> }],
): Promise<T>;
async function watched(
  what: string,
  time: number,
  call: Promise<unknown> | readonly Promise<unknown>[],
): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Finding(`${what} does not settle in ${String(time)} ms`));
    }, time);
  });
  try {
    const all = call instanceof Promise ? call : Promise.all(call);
    return await Promise.race([all, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The rules. @throws Finding */
function check(
  program: Program,
  proxy: FaultyProxy,
  sides: readonly Side[],
  resumed: boolean | undefined,
): void {
  const { kind, direction } = program.fault;
  const fail = (rule: string): never => {
    throw new Finding([rule, ...sides.map(told), proxy.progress].join("\n"));
  };
  for (const { receiver, role, ended, sees } of sides) {
    if (receiver.wrong !== undefined) fail(`${role}: ${receiver.wrong}`);
    if (sees && ended === "end" && !receiver.complete)
      fail(`${role}: an end before all had come`);
  }
  if (program.mode === "renegotiation" || FAULTS[kind] === "ends") return;
  const isHarmless = FAULTS[kind] === "harmless";
  if (isHarmless) {
    for (const side of sides)
      if (
        !side.receiver.complete ||
        (side.ended !== "end" && !isNodeSilent(program, side))
      )
        fail(`${side.role}: did not end well, without a fault`);
    if (program.mode === "resumed" && resumed === false)
      fail("the session was not resumed");
    return;
  }
  if (!proxy.applied) return;
  const victim = direction === "toServer" ? "server" : "client";
  const seen = sides.find(({ role }) => role === victim);
  // Behind close_notify there is no TLS any more.
  const isBehindEnd = kind === "duplicate" && proxy.recordsAfter === 0;
  // Node tells no error of what comes once it has said close_notify itself.
  const isNodeDone = seen?.sees === false && seen.receiver.complete;
  if (seen?.ended === "end" && !isBehindEnd && !isNodeDone)
    fail(`${victim}: has not noticed what the wire did`);
}

/**
 * Tells whether the end without close_notify is Node's own: a TLSSocket of Node
 * 20.20 (not of 24.21) that owes answers to KeyUpdates when it ends sends no
 * close_notify, nor does one of 20.20 and 24.21 that has written nothing, is
 * ended once all has come, and closes with the FIN behind it. A client of
 * node:tls is told as little by such a server: 24 bytes fewer arrive there.
 */
function isNodeSilent(
  { mode, client, server, up, down }: Program,
  { role, ended }: Side,
): boolean {
  const [peer, sends] = role === "client" ? [server, down] : [client, up];
  if (peer !== "node:tls" || ended !== "truncated") return false;
  return mode === "key updates" || sends === 0;
}

function told({ role, ended, error, receiver }: Side): string {
  const reason = error instanceof Error ? `: ${String(error.stack)}` : "";
  return `${role}: ${ended} after ${String(receiver.received)} bytes${reason}`;
}

function outcomeOf(
  { fault }: Program,
  proxy: FaultyProxy,
  sides: readonly Side[],
): string {
  if (FAULTS[fault.kind] !== "harmless" && !proxy.applied)
    return `${fault.kind}: not reached`;
  const ends = sides.map(({ ended }) => ended).join(", ");
  return `${fault.kind}: ${ends}`;
}
