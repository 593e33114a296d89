/** `puretls connect`: a client for people and for pipes. */
import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { isByteArray, utf8Bytes } from "../bytes.ts";
import { type EchClient, createEchClient } from "../ech/index.ts";
import { createDefaultContext, fromNodeSocket, openTcp } from "../net/node.ts";
import type { SSLContext } from "../ssl/ssl-context.ts";
import { SSLError } from "../ssl/errors/errors.ts";
import type { SSLSocket } from "../ssl/socket/ssl-socket.ts";
import {
  type Command,
  CommandError,
  readAddress,
  readArguments,
  readList,
  readOperands,
  type Terminal,
  writeOut,
} from "./command.ts";
import { fetchPath } from "./cert/fetch-path.ts";
import { keyLogTo } from "./key-log.ts";
import { readProvider } from "./provider.ts";
import { summary } from "./text/summary.ts";
import { TRACE_HELP, traceTo, withTraceDetail } from "./trace/option.ts";

const HELP = `Usage: puretls connect HOST[:PORT] [OPTIONS]

Connects (port 443 by default), prints what was agreed, and then carries stdin
to the server and what the server says to stdout. An end of stdin ends this side
only; the command ends when the server does.

  --servername NAME  expect this name in place of HOST, and send it as SNI
  --ca FILE          trust these certificates (PEM) and no others
  --insecure         verify nothing: for tests
  --ech FILE         hide the name by Encrypted Client Hello: an ECHConfigList,
                     as it is or in base64 ("ech" in the host's HTTPS record)
  --staple           ask for a stapled OCSP response, and validate it
  --alpn LIST        offer these protocols, as in h2,http/1.1
  --cert FILE        certificate chain of this client (PEM)
  --key FILE         its private key (PEM); default: in the file of --cert
  --keylog FILE      append the secrets, for Wireshark and the like
  --provider NAME    cryptography by noble (default) or by node (node:crypto)
  --get PATH         fetch PATH by HTTP/1.1 and print the body
${TRACE_HELP}
  --quiet            print nothing but the data

Ends with 0; with 1 and one line on stderr: the reason and the alert; with 130
when it is interrupted.
`;

const OPTIONS = {
  servername: { type: "string" },
  ca: { type: "string" },
  insecure: { type: "boolean" },
  ech: { type: "string" },
  staple: { type: "boolean" },
  alpn: { type: "string" },
  cert: { type: "string" },
  key: { type: "string" },
  keylog: { type: "string" },
  provider: { type: "string" },
  get: { type: "string" },
  trace: { type: "string" },
  quiet: { type: "boolean" },
} as const;

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>["values"];

export const connect: Command = {
  name: "connect",
  summary: "connect to a server; carry stdin and stdout, or fetch a page",
  help: HELP,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(
      withTraceDetail(args),
      OPTIONS,
    );
    const [address] = readOperands(positionals, 1);
    const { host, port } = readAddress(address, 443);
    // Files are read, and found fault with, before anybody is called.
    const context = contextOf(values, terminal);
    const ech = values.ech === undefined ? null : readEch(values.ech);
    const traces = traceTo(terminal, context, values.trace, {
      side: "client",
      hidesHello: ech !== null,
    });
    const { signal } = terminal;
    const tcp = await openTcp({ host, port, signal });
    const socket = context.wrapSocket(fromNodeSocket(tcp), {
      serverHostname: values.servername ?? host,
      suppressRaggedEofs: false,
      encryptedClientHello: ech,
    });
    const stop = (): void => {
      socket.destroy(signal.reason);
    };
    signal.addEventListener("abort", stop);
    try {
      await socket.ready;
      await talk(socket, values, host, port, terminal);
    } finally {
      // Not at once: an alert may be on its way.
      await socket.close({ timeout: 1000 }).catch(() => undefined);
      signal.removeEventListener("abort", stop);
      traces.end(socket);
    }
    return 0;
  },
};

async function talk(
  socket: SSLSocket,
  values: Values,
  host: string,
  port: number,
  terminal: Terminal,
): Promise<void> {
  const verification = values.insecure === true ? "not verified" : "verified";
  const facts = values.quiet === true ? [] : summary(socket, verification);
  for (const line of facts) await writeOut(terminal, `${line}\n`);
  if (values.get !== undefined) {
    const page = { path: values.get, host, port };
    await fetchPath(socket, page, values.quiet === true, terminal);
    return;
  }
  if (facts.length > 0) await writeOut(terminal, "\n");
  await carry(socket, terminal);
}

function contextOf(values: Values, terminal: Terminal): SSLContext {
  const { ca, cert, key, insecure, keylog } = values;
  if (key !== undefined && cert === undefined)
    throw new CommandError("--key goes with --cert");
  if (ca !== undefined && insecure === true)
    throw new CommandError("--ca and --insecure contradict each other");
  const context = createDefaultContext({
    env: terminal.env,
    provider: readProvider(values.provider),
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
  if (values.staple === true) context.ocspStapling = "request";
  if (values.alpn !== undefined)
    context.setAlpnProtocols(readList(values.alpn));
  if (cert !== undefined)
    context.loadCertChain({
      certFile: cert,
      ...(key !== undefined && { keyFile: key }),
    });
  if (keylog !== undefined) context.keyLog = keyLogTo(keylog);
  return context;
}

/** @throws Error with the file's name for what is no list, or none for us */
function readEch(file: string): EchClient {
  const content = readFileSync(file);
  const text = content.toString("latin1").trim();
  const isBase64 = /^[\w+/]+={0,2}$/.test(text);
  try {
    return createEchClient(isBase64 ? Buffer.from(text, "base64") : content);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${file}: ${message}`, { cause: error });
  }
}

/** Both directions at once; the server's end is the end. */
async function carry(socket: SSLSocket, terminal: Terminal): Promise<void> {
  send(socket, terminal.stdin).catch((error: unknown) => {
    // What ended the connection is told by the receiving side, which knows
    // the alert; a stdin that fails is told here.
    if (!(error instanceof SSLError)) socket.destroy(error);
  });
  try {
    for await (const bytes of socket) await writeOut(terminal, bytes);
  } finally {
    // A stdin that is waited for keeps the process alive.
    terminal.stdin.destroy();
  }
}

async function send(socket: SSLSocket, stdin: Readable): Promise<void> {
  for await (const chunk of stdin)
    await socket.sendAll(isByteArray(chunk) ? chunk : utf8Bytes(String(chunk)));
  await socket.shutdown("write");
}
