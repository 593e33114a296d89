/** `puretls connect`: a client for people and for pipes. */
import { request } from "node:http";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import {
  createDefaultContext,
  fromNodeSocket,
  openTcp,
  toNodeDuplex,
} from "../net/node.ts";
import type { SSLContext } from "../ssl/context.ts";
import type { SSLSocket } from "../ssl/ssl-socket.ts";
import {
  type Command,
  CommandError,
  readAddress,
  readArguments,
  readList,
  type Terminal,
} from "./command.ts";
import { keyLogTo } from "./key-log.ts";
import { summary } from "./summary.ts";

const HELP = `Usage: puretls connect HOST[:PORT] [OPTIONS]

Connects (port 443 by default), prints what was agreed, and then carries stdin to
the server and what the server says to stdout. An end of stdin ends this side
only; the command ends when the server does.

  --servername NAME  expect this name in place of HOST, and send it as SNI
  --ca FILE          trust these certificates (PEM) and no others
  --insecure         verify nothing: for tests
  --alpn LIST        offer these protocols, as in h2,http/1.1
  --cert FILE        certificate chain of this client (PEM)
  --key FILE         its private key (PEM); default: in the file of --cert
  --keylog FILE      append the secrets, for Wireshark and the like
  --get PATH         fetch PATH by HTTP/1.1 and print the body
  --quiet            print nothing but the data

Ends with 0, or with 1 and one line on stderr: the reason and the alert.
`;

const OPTIONS = {
  servername: { type: "string" },
  ca: { type: "string" },
  insecure: { type: "boolean" },
  alpn: { type: "string" },
  cert: { type: "string" },
  key: { type: "string" },
  keylog: { type: "string" },
  get: { type: "string" },
  quiet: { type: "boolean" },
} as const;

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>["values"];

export const connect: Command = {
  name: "connect",
  summary: "connect to a server; carry stdin and stdout, or fetch a page",
  help: HELP,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(args, OPTIONS);
    const [address, ...more] = positionals;
    if (more.length > 0) throw new CommandError(`what is "${more.join(" ")}"?`);
    const { host, port } = readAddress(address, 443);
    const context = contextOf(values, terminal);
    const tcp = await openTcp({ host, port, signal: terminal.signal });
    const socket = context.wrapSocket(fromNodeSocket(tcp), {
      serverHostname: values.servername ?? host,
      signal: terminal.signal,
    });
    const stop = (): void => {
      socket.destroy();
    };
    terminal.signal.addEventListener("abort", stop);
    try {
      await socket.ready;
      if (values.quiet !== true)
        for (const line of summary(
          socket,
          values.insecure === true ? "not verified" : "verified",
        ))
          terminal.stdout.write(`${line}\n`);
      if (values.get === undefined) await carry(socket, terminal);
      else await fetchPath(socket, values.get, host, port, terminal);
    } finally {
      terminal.signal.removeEventListener("abort", stop);
      socket.destroy();
    }
    return 0;
  },
};

function contextOf(values: Values, terminal: Terminal): SSLContext {
  const { ca, cert, key, insecure, keylog } = values;
  if (key !== undefined && cert === undefined)
    throw new CommandError("--key goes with --cert");
  if (ca !== undefined && insecure === true)
    throw new CommandError("--ca and --insecure contradict each other");
  const context = createDefaultContext({
    env: terminal.env,
    // With --insecure nobody's certificates are wanted, not even the system's.
    ...(insecure === true && { ca: [] }),
    ...(ca !== undefined && { caFile: ca }),
  });
  // The profile that the web needs: home-made authorities rarely are strict.
  context.verifyFlags = { strict: false, partialChain: true };
  if (insecure === true) {
    context.checkHostname = false;
    context.verifyMode = "none";
  }
  if (values.alpn !== undefined)
    context.setAlpnProtocols(readList(values.alpn));
  if (cert !== undefined)
    context.loadCertChain({
      certFile: cert,
      ...(key !== undefined && { keyFile: key }),
    });
  if (keylog !== undefined) context.keylog = keyLogTo(keylog);
  return context;
}

/** Both directions at once; the server's end is the end. */
async function carry(socket: SSLSocket, terminal: Terminal): Promise<void> {
  const duplex = toNodeDuplex(socket);
  const sending = pipeline(terminal.stdin, duplex, { end: true });
  const receiving = (async () => {
    for await (const bytes of socket)
      if (!terminal.stdout.write(bytes)) await once(terminal.stdout, "drain");
  })();
  sending.catch(() => undefined);
  await receiving;
}

async function fetchPath(
  socket: SSLSocket,
  path: string,
  host: string,
  port: number,
  terminal: Terminal,
): Promise<void> {
  const asked = request({
    path,
    headers: { host: port === 443 ? host : `${host}:${port.toString()}` },
    createConnection: () => toNodeDuplex(socket),
  });
  asked.end();
  const [response]: unknown[] = await once(asked, "response");
  if (!isReadable(response)) throw new CommandError("no HTTP response");
  for await (const chunk of response)
    if (!terminal.stdout.write(chunk)) await once(terminal.stdout, "drain");
}

function isReadable(value: unknown): value is AsyncIterable<Uint8Array> {
  return (
    typeof value === "object" && value !== null && Symbol.asyncIterator in value
  );
}
