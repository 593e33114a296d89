/** `puretls serve`: an echo, pages or files, or a mail server for tests. */
import { once } from "node:events";
import {
  type AddressInfo,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import { fromNodeSocket } from "../../net/node.ts";
import type { SSLSocket } from "../../ssl/socket/ssl-socket.ts";
import type { Transport } from "../../ssl/socket/transport.ts";
import type { SSLContext } from "../../ssl/ssl-context.ts";
import {
  type Command,
  CommandError,
  readArguments,
  readOperands,
  readPort,
  type Terminal,
} from "../command.ts";
import { traceTo, withTraceDetail } from "../trace/option.ts";
import { ServerCertificates } from "./certificates.ts";
import { contextMaker, readPassword } from "./context.ts";
import { filesOf } from "./files.ts";
import { type Endpoint, ServerLog } from "./log.ts";
import { type MailName, untilStarttls } from "./mail.ts";
import { HELP, OPTIONS, type Values, withPages } from "./options.ts";
import { echo, mail, pages, type Talk } from "./talks.ts";

/** All that the command line asks for, checked. */
interface Plan {
  readonly port: number;
  readonly host: string;
  readonly talk: Talk;
  readonly starttls: MailName | undefined;
  /** HTTP says itself how long a message is; an echo does not. */
  readonly isRaggedFine: boolean;
  /** Connections until the end. */
  readonly most: number;
  readonly certificates: ServerCertificates;
  /** The context that connections begin under; the client's name may change it. */
  readonly context: SSLContext;
}

export const serve: Command = {
  name: "serve",
  summary: "serve: echo, pages, files, or STARTTLS for tests",
  help: HELP,
  options: OPTIONS,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(
      withPages(withTraceDetail(args)),
      OPTIONS,
    );
    const log = new ServerLog(terminal, values.json === true);
    const names = new WeakMap<object, string | null>();
    const plan = readPlan(values, positionals, terminal, log, names);
    try {
      await listen(plan, values, terminal, log, names);
    } finally {
      plan.certificates.close();
    }
    return 0;
  },
};

type Names = WeakMap<object, string | null>;

/** Files are read, and found fault with, before anybody is listened to. */
function readPlan(
  values: Values,
  operands: readonly string[],
  terminal: Terminal,
  log: ServerLog,
  names: Names,
): Plan {
  const [operand] = readOperands(operands, 1);
  const { www, starttls } = values;
  if (www !== undefined && values.echo === true)
    throw new CommandError("--echo and --www contradict each other");
  if (starttls !== undefined && (www !== undefined || values.echo === true))
    throw new CommandError(
      `--starttls and ${www === undefined ? "--echo" : "--www"} contradict each other: behind STARTTLS there is mail`,
    );
  // Node takes an empty text for every address, of every network.
  if (values.host === "")
    throw new CommandError("--host is empty: name an address, or :: for all");
  const port = readPort(operand);
  const most = readMost(values.naccept);
  const talk =
    starttls !== undefined
      ? mail(starttls)
      : www === undefined
        ? echo
        : pages(www === "" ? undefined : filesOf(www));
  const certificates = new ServerCertificates(
    values,
    readPassword(values["password-file"]),
    contextMaker(values, terminal),
    (outcome, file, detail) => {
      log.certificate(outcome, file, detail);
    },
  );
  const context = certificates.first;
  context.sniCallback = (connection, name) => {
    names.set(connection, name);
    const chosen = certificates.for(name);
    return chosen === context ? undefined : { context: chosen };
  };
  return {
    ...{ port, talk, starttls, most, certificates, context },
    host: values.host ?? "127.0.0.1",
    isRaggedFine: www !== undefined,
  };
}

function readMost(text: string | undefined): number {
  if (text === undefined) return Infinity;
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new CommandError(`--naccept takes a whole number, not "${text}"`);
  return Number(text);
}

async function listen(
  plan: Plan,
  values: Values,
  terminal: Terminal,
  log: ServerLog,
  names: Names,
): Promise<void> {
  const { context, certificates } = plan;
  const traces = traceTo(terminal, context, values.trace, {
    side: "server",
    numbered: true,
  });
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  const open = new Map<Transport, Promise<void>>();
  const ended = new AbortController();
  let accepted = 0;
  server.on("connection", (tcp) => {
    accepted++;
    if (accepted > plan.most) {
      tcp.destroy();
      return;
    }
    if (accepted === plan.most) server.close();
    const transport = fromNodeSocket(tcp);
    const visit = attend(tcp, transport, plan, terminal, log, names, (socket) =>
      traces.end(socket),
    );
    open.set(
      transport,
      visit.finally(() => {
        open.delete(transport);
        if (accepted >= plan.most && open.size === 0) ended.abort();
      }),
    );
  });
  server.listen(plan.port, plan.host);
  await once(server, "listening");
  certificates.watch();
  log.listening(addressOf(server.address()));
  try {
    await untilInterrupted(
      server,
      AbortSignal.any([terminal.signal, ended.signal]),
    );
  } finally {
    server.close();
    for (const transport of open.keys()) transport.abort();
    await Promise.all(open.values());
  }
}

/** @throws what the listening socket fails with */
function untilInterrupted(server: Server, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      resolve();
    };
    server.once("error", reject);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
  });
}

/** Milliseconds that a client has for its handshake, and for what is before it. */
const HANDSHAKE_TIMEOUT = 30_000;

/** Never rejects: what goes wrong is told. */
async function attend(
  tcp: Socket,
  transport: Transport,
  plan: Plan,
  { signal }: Terminal,
  log: ServerLog,
  names: Names,
  done: (socket: SSLSocket) => void,
): Promise<void> {
  const from: Endpoint = {
    address: tcp.remoteAddress ?? "?",
    port: tcp.remotePort ?? 0,
  };
  let socket: SSLSocket | undefined;
  try {
    if (
      plan.starttls !== undefined &&
      !(await turns(plan.starttls, transport))
    ) {
      log.left(from);
      return;
    }
    socket = plan.context.wrapSocket(transport, {
      serverSide: true,
      doHandshakeOnConnect: false,
      suppressRaggedEofs: plan.isRaggedFine,
    });
    await socket.doHandshake({ timeout: HANDSHAKE_TIMEOUT });
    log.connected(from, socket, names.get(socket) ?? null);
    await plan.talk(socket, earlyDataOf(socket));
  } catch (error) {
    if (signal.aborted) return;
    log.failed(from, error);
    await socket?.close().catch(() => undefined);
  } finally {
    socket?.destroy();
    transport.abort();
    if (socket !== undefined) done(socket);
  }
}

/** Early data, which may be a recording that is sent again (RFC 9846 8). */
function earlyDataOf(socket: SSLSocket): readonly Uint8Array[] {
  const all: Uint8Array[] = [];
  for (;;) {
    const bytes = socket.readEarlyData();
    if (bytes === null) return all;
    all.push(bytes);
  }
}

async function turns(name: MailName, transport: Transport): Promise<boolean> {
  const timer = setTimeout(() => {
    transport.abort(new Error("no STARTTLS came in time"));
  }, HANDSHAKE_TIMEOUT);
  try {
    return await untilStarttls(name, transport);
  } finally {
    clearTimeout(timer);
  }
}

function addressOf(address: string | AddressInfo | null): Endpoint {
  return typeof address === "object" && address !== null
    ? { address: address.address, port: address.port }
    : { address: String(address), port: 0 };
}
