/** `puretls serve`: an echo server, or one that shows the connection as a page. */
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import {
  type AddressInfo,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import {
  createDefaultContext,
  fromNodeSocket,
  toNodeDuplex,
} from "../net/node.ts";
import type { SSLContext } from "../ssl/ssl-context.ts";
import type { SSLSocket } from "../ssl/socket/ssl-socket.ts";
import {
  type Command,
  CommandError,
  readArguments,
  readChoice,
  readList,
  readOperands,
  readPort,
  type Terminal,
} from "./command.ts";
import { explain } from "./text/explain.ts";
import { keyLogTo } from "./key-log.ts";
import { readProvider } from "./provider.ts";
import { summary } from "./text/summary.ts";
import { TRACE_HELP, traceTo, withTraceDetail } from "./trace/option.ts";

const HELP = `Usage: puretls serve PORT --cert FILE [OPTIONS]

Serves until it is interrupted. Port 0 takes any free one.

  --host ADDRESS     listen there; default 127.0.0.1
  --cert FILE        certificate chain (PEM)
  --key FILE         its private key (PEM); default: in the file of --cert
  --verify MODE      client certificates: none, optional or required
  --ca FILE          trust these for client certificates (PEM)
  --alpn LIST        speak these protocols, as in http/1.1
  --keylog FILE      append the secrets, for Wireshark and the like
  --provider NAME    cryptography by noble (default) or by node (node:crypto)
${TRACE_HELP}
  --echo             send back what comes (default)
  --www              answer HTTP/1.1 with a page about the connection

A connection that fails is one line on stderr; the server goes on.
`;

const OPTIONS = {
  host: { type: "string" },
  cert: { type: "string" },
  key: { type: "string" },
  verify: { type: "string" },
  ca: { type: "string" },
  alpn: { type: "string" },
  keylog: { type: "string" },
  provider: { type: "string" },
  trace: { type: "string" },
  echo: { type: "boolean" },
  www: { type: "boolean" },
} as const;

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>["values"];

export const serve: Command = {
  name: "serve",
  summary: "serve: echo, or a page about the connection",
  help: HELP,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(
      withTraceDetail(args),
      OPTIONS,
    );
    const [operand] = readOperands(positionals, 1);
    if (values.www === true && values.echo === true)
      throw new CommandError("--echo and --www contradict each other");
    const port = readPort(operand);
    const context = contextOf(values, terminal);
    const traces = traceTo(terminal, context, values.trace, {
      side: "server",
      numbered: true,
    });
    const talk = values.www === true ? pages() : echo;
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const open = new Map<SSLSocket, Promise<void>>();
    server.on("connection", (tcp) => {
      // HTTP says itself how long a message is; an echo does not.
      const socket = context.wrapSocket(fromNodeSocket(tcp), {
        serverSide: true,
        doHandshakeOnConnect: false,
        suppressRaggedEofs: values.www === true,
      });
      const visit = attend(tcp, socket, talk, terminal);
      open.set(
        socket,
        visit.finally(() => {
          open.delete(socket);
          traces.end(socket);
        }),
      );
    });
    server.listen(port, values.host ?? "127.0.0.1");
    await once(server, "listening");
    terminal.stdout.write(`listening on ${place(server.address())}\n`);
    try {
      await untilInterrupted(server, terminal.signal);
    } finally {
      server.close();
      for (const socket of open.keys()) socket.destroy();
      await Promise.all(open.values());
    }
    return 0;
  },
};

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

/** Serves one connection. */
type Talk = (socket: SSLSocket) => Promise<void>;

/** Milliseconds that a client has for its handshake. */
const HANDSHAKE_TIMEOUT = 30_000;

/** Never rejects: what goes wrong is a line on stderr. */
async function attend(
  tcp: Socket,
  socket: SSLSocket,
  talk: Talk,
  { stdout, stderr, signal }: Terminal,
): Promise<void> {
  const from = endpoint(tcp.remoteAddress ?? "?", tcp.remotePort ?? 0);
  try {
    await socket.doHandshake({ timeout: HANDSHAKE_TIMEOUT });
    const suite = socket.cipher()?.name ?? "";
    stdout.write(`${from} ${socket.version() ?? ""} ${suite}\n`);
    await talk(socket);
  } catch (error) {
    if (signal.aborted) return;
    stderr.write(`puretls serve: ${from}: ${explain(error)}\n`);
    await socket.close().catch(() => undefined);
  } finally {
    socket.destroy();
  }
}

const echo: Talk = async (socket) => {
  for await (const bytes of socket) await socket.sendAll(bytes);
  await socket.close();
};

/** Lets Node's own HTTP server speak over the connection. */
function pages(): Talk {
  const about = new WeakMap<object, string[]>();
  const server = createHttpServer((request, response) => {
    const lines = about.get(request.socket) ?? [];
    response.setHeader("content-type", "text/plain; charset=utf-8");
    response.end(["puretls", "", ...lines, ""].join("\n"));
  });
  return async (socket) => {
    const duplex = toNodeDuplex(socket);
    const verification =
      socket.getVerifiedChain().length > 0 ? "verified" : "not verified";
    about.set(duplex, summary(socket, verification));
    server.emit("connection", duplex);
    await once(duplex, "close");
  };
}

function contextOf(values: Values, terminal: Terminal): SSLContext {
  const { cert, key, ca, keylog } = values;
  if (cert === undefined)
    throw new CommandError("--cert FILE is missing (puretls cert makes one)");
  const verify = readChoice("--verify", values.verify, [
    "none",
    "optional",
    "required",
  ]);
  if (verify !== "none" && ca === undefined)
    throw new CommandError(`--verify ${verify} needs --ca FILE`);
  const context = createDefaultContext({
    purpose: "clientAuth",
    env: terminal.env,
    provider: readProvider(values.provider),
    ...(ca !== undefined && { caFile: ca }),
  });
  context.loadCertChain({
    certFile: cert,
    ...(key !== undefined && { keyFile: key }),
  });
  // The profile that the web needs: home-made authorities rarely are strict.
  context.verifyFlags = { strict: false, partialChain: true };
  context.verifyMode = verify;
  if (values.alpn !== undefined)
    context.setAlpnProtocols(readList(values.alpn));
  if (keylog !== undefined) context.keyLog = keyLogTo(keylog);
  return context;
}

function place(address: string | AddressInfo | null): string {
  if (typeof address !== "object" || address === null) return String(address);
  return endpoint(address.address, address.port);
}

function endpoint(address: string, port: number): string {
  const host = address.includes(":") ? `[${address}]` : address;
  return `${host}:${port.toString()}`;
}
