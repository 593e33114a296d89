/** `puretls connect`: a client for people and for pipes. */
import { readFileSync, writeFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import type { EchClient } from "../../ech/index.ts";
import type { Transport } from "../../ssl/socket/transport.ts";
import type { SSLContext } from "../../ssl/ssl-context.ts";
import type { SSLSocket } from "../../ssl/socket/ssl-socket.ts";
import { SSLSession } from "../../ssl/context/session.ts";
import { fetchPath } from "../cert/fetch-path.ts";
import {
  type Command,
  CommandError,
  readArguments,
  readOperands,
  type Terminal,
  writeOut,
} from "../command.ts";
import { traceTo, withTraceDetail } from "../trace/option.ts";
import { carry } from "./carry.ts";
import { contextOf, readEch } from "./context.ts";
import {
  chainPem,
  factLines,
  factObject,
  faultObject,
  type Times,
} from "./facts.ts";
import { HELP, OPTIONS, type Values } from "./options.ts";
import { checkPins, readPins } from "./pins.ts";
import { readRoad, type Road } from "./road.ts";
import {
  type StarttlsName,
  startTls,
  starttlsPort,
} from "./starttls/starttls.ts";
import {
  readServerName,
  readTarget,
  refuseOtherSpellings,
  type Target,
} from "./target.ts";
import { jsonText } from "../text/json.ts";

/** All that the command line asks for, checked. */
interface Plan {
  readonly values: Values;
  readonly target: Target;
  readonly serverName: string;
  readonly starttls: StarttlsName | null;
  readonly road: Road;
  readonly pins: readonly string[];
  readonly context: SSLContext;
  readonly ech: EchClient | null;
  readonly timeout: number | undefined;
  readonly early: Uint8Array | undefined;
  /** Connections that follow the first one. */
  readonly again: number;
}

/** A connection whose handshake is done. */
interface Connected {
  readonly socket: SSLSocket;
  readonly times: Times;
}

export const connect: Command = {
  name: "connect",
  summary: "connect to a server; carry stdin and stdout, or fetch a page",
  help: HELP,
  options: OPTIONS,
  run: async (args, terminal) => {
    refuseOtherSpellings(args);
    const { values, positionals } = readArguments(
      withTraceDetail(args),
      OPTIONS,
    );
    const plan = readPlan(values, positionals, terminal);
    const { signal } = terminal;
    try {
      await visit(plan, terminal);
      signal.throwIfAborted();
      return 0;
    } catch (error) {
      if (values.json !== true || signal.aborted) throw error;
      await writeOut(terminal, jsonText(faultObject(error, plan.target)));
      return 1;
    }
  },
};

/** Files are read, and found fault with, before anybody is called. */
function readPlan(
  values: Values,
  operands: readonly string[],
  terminal: Terminal,
): Plan {
  const [operand] = readOperands(operands, 1);
  const starttls = values.starttls ?? null;
  const usual = starttls === null ? 443 : starttlsPort(starttls);
  const target = readTarget(operand, usual);
  if (values.json === true)
    for (const other of ["get", "show-certs", "early-data"] as const)
      if (values[other] !== undefined)
        throw new CommandError(`--json and --${other} contradict each other`);
  const early = values["early-data"];
  const again = readCount("--reconnect", values.reconnect) ?? 0;
  if (early !== undefined && values["session-in"] === undefined && again === 0)
    throw new CommandError("--early-data needs --session-in or --reconnect");
  if (early !== undefined && values.pin !== undefined)
    throw new CommandError(
      "--early-data and --pin contradict each other: it goes out before the key is seen",
    );
  const serverName = readServerName(values.servername, target.host);
  const { port } = target;
  return {
    values,
    target,
    serverName,
    starttls,
    road: readRoad(values, target),
    pins: readPins(values.pin),
    context: contextOf(values, { serverName, port }, terminal),
    ech: values.ech === undefined ? null : readEch(values.ech),
    timeout: readCount("--timeout", values.timeout),
    early: early === undefined ? undefined : readFileSync(early),
    again,
  };
}

async function visit(plan: Plan, terminal: Terminal): Promise<void> {
  const { values, context, again } = plan;
  let session = readSession(values["session-in"], context);
  let newest: SSLSession | undefined;
  let wake = (): void => undefined;
  context.onSession = (one) => {
    newest = one;
    const out = values["session-out"];
    if (out !== undefined) writeFileSync(out, one.serialize(), { mode: 0o600 });
    wake();
  };
  const traces = traceTo(terminal, context, values.trace, {
    side: "client",
    numbered: again > 0,
    hidesHello: plan.ech !== null,
  });
  try {
    await visits();
  } finally {
    traces.end();
  }

  async function visits(): Promise<void> {
    for (let left = again; ; left--) {
      const waits = new Promise<void>((resolve) => (wake = resolve));
      const { socket, times } = await open(plan, session, terminal);
      const stop = (): void => {
        // Pending calls reject; the server hears close_notify.
        socket.close({ timeout: 1000 }).catch(() => undefined);
      };
      terminal.signal.addEventListener("abort", stop);
      try {
        checkPins(socket, plan.pins);
        await tell(plan, { socket, times }, terminal);
        if (left > 0) {
          await ticketOf(socket, waits);
          session = newest ?? session;
        } else await talk(plan, socket, terminal);
      } finally {
        // Not at once: an alert may be on its way.
        await socket.close({ timeout: 1000 }).catch(() => undefined);
        terminal.signal.removeEventListener("abort", stop);
      }
      if (left === 0) return;
    }
  }
}

/** Connects, by way of the proxy and the other protocol, and shakes hands. */
async function open(
  plan: Plan,
  session: SSLSession | undefined,
  terminal: Terminal,
): Promise<Connected> {
  const { context, road, serverName, starttls, timeout } = plan;
  const late =
    timeout === undefined ? undefined : AbortSignal.timeout(timeout * 1000);
  const signals = [terminal.signal, ...(late ? [late] : [])];
  const signal = AbortSignal.any(signals);
  const began = performance.now();
  let transport: Transport | undefined;
  let socket: SSLSocket | undefined;
  const stop = (): void => {
    socket?.destroy(signal.reason);
    transport?.abort(signal.reason);
  };
  signal.addEventListener("abort", stop);
  try {
    transport = await road.open(signal);
    signal.throwIfAborted();
    const started =
      starttls === null
        ? undefined
        : await startTls(starttls, transport, serverName);
    const connected = performance.now();
    socket = context.wrapSocket(started?.transport ?? transport, {
      serverHostname: serverName,
      suppressRaggedEofs: false,
      doHandshakeOnConnect: false,
      encryptedClientHello: plan.ech,
      ...(session !== undefined && { session }),
    });
    await shakeHands(socket, session === undefined ? undefined : plan.early);
    started?.handshakeDone();
    const times = {
      connect: Math.round(connected - began),
      handshake: Math.round(performance.now() - connected),
    };
    return { socket, times };
  } catch (error) {
    if (socket !== undefined)
      // Not at once: an alert may be on its way.
      await socket.close({ timeout: 1000 }).catch(() => undefined);
    else transport?.abort();
    if (late?.aborted === true && !terminal.signal.aborted)
      throw new Error(`no connection after ${String(timeout)} s (--timeout)`, {
        cause: error,
      });
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** With early data first; what the server did not take goes after. */
async function shakeHands(
  socket: SSLSocket,
  early: Uint8Array | undefined,
): Promise<void> {
  const sent = early === undefined ? 0 : await socket.sendEarlyData(early);
  await socket.doHandshake();
  if (early === undefined) return;
  const taken = socket.earlyDataOutcome === "accepted" ? sent : 0;
  if (taken < early.length) await socket.sendAll(early.subarray(taken));
}

async function tell(
  plan: Plan,
  { socket, times }: Connected,
  terminal: Terminal,
): Promise<void> {
  const { values, target } = plan;
  const isVerified = values.insecure !== true;
  const file = values["save-chain"];
  if (file === "-") await writeOut(terminal, chainPem(socket));
  else if (file !== undefined) writeFileSync(file, chainPem(socket));
  if (values.json === true) {
    const facts = factObject(socket, isVerified, times, target);
    await writeOut(terminal, jsonText(facts));
    return;
  }
  if (values["show-certs"] === true) terminal.stderr.write(chainPem(socket));
  if (values.quiet === true) return;
  const lines = factLines(socket, isVerified, times);
  const space = pathOf(plan) === undefined ? "\n" : "";
  terminal.stderr.write(`${lines.join("\n")}\n${space}`);
}

async function talk(
  plan: Plan,
  socket: SSLSocket,
  terminal: Terminal,
): Promise<void> {
  const { values, target } = plan;
  const path = pathOf(plan);
  const { host, port } = target;
  if (values.json === true) {
    if (values["session-out"] !== undefined) await ticketOf(socket);
  } else if (path === undefined) await carry(socket, terminal);
  else
    await fetchPath(
      socket,
      { path, host, port },
      values.quiet === true,
      terminal,
    );
}

/** The path to fetch: that of an https URL unless --get names another. */
function pathOf({ values, target }: Plan): string | undefined {
  return values.get ?? target.path;
}

/** Milliseconds that a ticket of TLS 1.3 has to come after the handshake. */
const TICKET_TIMEOUT = 1000;

/** Waits for a ticket, which comes while data is read, or for that long. */
async function ticketOf(
  socket: SSLSocket,
  came?: Promise<void>,
): Promise<void> {
  const read = socket.recv(1, { timeout: TICKET_TIMEOUT }).then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([read, ...(came ? [came] : [])]);
}

function readSession(
  file: string | undefined,
  context: SSLContext,
): SSLSession | undefined {
  if (file === undefined) return undefined;
  const bytes = readFileSync(file);
  try {
    return SSLSession.deserialize(bytes, context);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new CommandError(`--session-in ${file}: ${message}`);
  }
}

function readCount(
  option: string,
  text: string | undefined,
): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new CommandError(`${option} takes a whole number, not "${text}"`);
  return Number(text);
}
