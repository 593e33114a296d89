/** `puretls serve`: an echo server, or one that shows the connection as a page. */
import { once } from "node:events";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer, type AddressInfo, type Socket } from "node:net";
import {
  createDefaultContext,
  fromNodeSocket,
  toNodeDuplex,
} from "../net/node.ts";
import type { SSLContext } from "../ssl/context.ts";
import type { SSLSocket } from "../ssl/ssl-socket.ts";
import {
  type Command,
  CommandError,
  readArguments,
  readList,
  readPort,
  type Terminal,
} from "./command.ts";
import { explain } from "./explain.ts";
import { keyLogTo } from "./key-log.ts";
import { summary } from "./summary.ts";

const HELP = `Usage: puretls serve PORT --cert FILE [OPTIONS]

Serves until it is interrupted. Port 0 takes any free one.

  --host ADDRESS     listen there; default 127.0.0.1
  --cert FILE        certificate chain (PEM)
  --key FILE         its private key (PEM); default: in the file of --cert
  --verify MODE      client certificates: none, optional or required
  --ca FILE          trust these for client certificates (PEM)
  --alpn LIST        speak these protocols, as in http/1.1
  --keylog FILE      append the secrets, for Wireshark and the like
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
  echo: { type: "boolean" },
  www: { type: "boolean" },
} as const;

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>["values"];

export const serve: Command = {
  name: "serve",
  summary: "serve: echo, or a page about the connection",
  help: HELP,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(args, OPTIONS);
    const [port, ...more] = positionals;
    if (more.length > 0) throw new CommandError(`what is "${more.join(" ")}"?`);
    if (values.www === true && values.echo === true)
      throw new CommandError("--echo and --www contradict each other");
    const number = readPort(port);
    const context = contextOf(values, terminal);
    const talk = values.www === true ? pages() : echo;
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const open = new Set<SSLSocket>();
    server.on("connection", (tcp) => {
      void attend(tcp, context, talk, open, terminal);
    });
    server.listen(number, values.host ?? "127.0.0.1");
    await once(server, "listening");
    terminal.stdout.write(`listening on ${place(server.address())}\n`);
    if (!terminal.signal.aborted)
      await Promise.race([
        once(terminal.signal, "abort"),
        once(server, "error"),
      ]);
    server.close();
    for (const socket of open) socket.destroy();
    return 0;
  },
};

/** What a server does with a connection. */
type Talk = (socket: SSLSocket) => Promise<void>;

async function attend(
  tcp: Socket,
  context: SSLContext,
  talk: Talk,
  open: Set<SSLSocket>,
  terminal: Terminal,
): Promise<void> {
  const from = `${tcp.remoteAddress ?? "?"}:${String(tcp.remotePort ?? "?")}`;
  const socket = context.wrapSocket(fromNodeSocket(tcp), { serverSide: true });
  open.add(socket);
  try {
    await socket.ready;
    const suite = socket.cipher()?.name ?? "";
    terminal.stdout.write(`${from} ${socket.version() ?? ""} ${suite}\n`);
    await talk(socket);
  } catch (error) {
    terminal.stderr.write(`puretls serve: ${from}: ${explain(error)}\n`);
    socket.destroy();
  } finally {
    open.delete(socket);
  }
}

const echo: Talk = async (socket) => {
  for await (const bytes of socket) await socket.sendAll(bytes);
  await socket.close();
};

/** Lets Node's own HTTP server speak over the connection. */
function pages(): Talk {
  const about = new WeakMap<object, string[]>();
  const server: Server = createHttpServer((request, response) => {
    const lines = about.get(request.socket) ?? [];
    response.setHeader("content-type", "text/plain; charset=utf-8");
    response.end(["puretls", "", ...lines, ""].join("\n"));
  });
  return async (socket) => {
    const duplex = toNodeDuplex(socket);
    const judged =
      socket.getVerifiedChain().length > 0 ? "verified" : "not verified";
    about.set(duplex, summary(socket, judged));
    server.emit("connection", duplex);
    await once(duplex, "close");
  };
}

function contextOf(values: Values, terminal: Terminal): SSLContext {
  const { cert, key, ca, verify = "none", keylog } = values;
  if (cert === undefined) throw new CommandError("--cert FILE is missing");
  if (verify !== "none" && verify !== "optional" && verify !== "required")
    throw new CommandError(
      `--verify takes none, optional or required, not "${verify}"`,
    );
  if (verify !== "none" && ca === undefined)
    throw new CommandError(`--verify ${verify} needs --ca FILE`);
  const context = createDefaultContext({
    purpose: "clientAuth",
    env: terminal.env,
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
  if (keylog !== undefined) context.keylog = keyLogTo(keylog);
  return context;
}

function place(address: string | AddressInfo | null): string {
  if (typeof address !== "object" || address === null) return String(address);
  const host =
    address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `${host}:${address.port.toString()}`;
}
