/** `puretls demo`: a whole connection with nothing but this package. */
import { once } from "node:events";
import { createServer } from "node:net";
import { latin1, utf8Bytes } from "../bytes.ts";
import { noble } from "../crypto/noble/index.ts";
import { fromNodeSocket, openTcp } from "../net/node.ts";
import { createCertificateAuthority } from "../pki/index.ts";
import { SSLContext } from "../ssl/ssl-context.ts";
import type { SSLSocket } from "../ssl/socket/ssl-socket.ts";
import { KeyLog } from "../trace/index.ts";
import {
  type Command,
  readArguments,
  readOperands,
  type Terminal,
} from "./command.ts";
import { factLine, summary } from "./text/summary.ts";
import { tap } from "./tap.ts";
import { traceColours } from "./text/colour.ts";
import { terminalWidth } from "./text/width.ts";
import { traceDocument } from "./trace/document.ts";
import type { Detail } from "./trace/live-trace.ts";
import { WatchedTrace } from "./trace/watched-trace.ts";
import { jsonText } from "./text/json.ts";

const HELP = `Usage: puretls demo [--fields] [--json]

Makes a certificate authority and a server certificate in memory, connects a
client to a server over loopback, verifies, exchanges data, closes, and shows
the whole connection as a ladder: each message, its size, and its keys.

  --fields           each field of each message, and its RFC section
  --json             the same as JSON, as "puretls explain --json"
`;

const OPTIONS = {
  fields: { type: "boolean" },
  json: { type: "boolean" },
} as const;

const NEXT = `What to try next
  puretls demo --fields                 what each message says
  puretls connect example.org --get /   a real server, verified
  puretls cert make localhost           certificates of your own
  puretls serve --help                  a server of your own
  README.md                             the same in a few lines of TypeScript`;

export const demo: Command = {
  name: "demo",
  summary: "a certificate, a handshake and some data, shown step by step",
  help: HELP,
  options: OPTIONS,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(args, OPTIONS);
    readOperands(positionals, 0);
    const say = (text: string): void => {
      terminal.stdout.write(`${text}\n`);
    };
    const authority = createCertificateAuthority({
      provider: noble,
      name: "puretls demo CA",
    });
    const issued = authority.issueServer({ hosts: ["localhost", "127.0.0.1"] });
    const made = [authority.pem, issued.chainPem, issued.key.toPem()] as const;
    if (values.json === true) {
      const { entries } = await converse(made, "json", terminal);
      const document = traceDocument([{ side: "client", entries }]);
      terminal.stdout.write(jsonText(document));
      return 0;
    }
    const detail = values.fields === true ? "fields" : "ladder";
    say("Made in memory: a certificate authority, and a certificate for");
    say("localhost that it issued. The client trusts that authority alone.\n");
    const { ladder, lines } = await converse(made, detail, terminal);
    const colour = traceColours(terminal.stdout, terminal.env);
    for (const line of ladder) say(colour(line));
    say("");
    for (const line of lines) say(line);
    say(`\n${NEXT}`);
    return 0;
  },
};

interface Shown {
  readonly ladder: readonly string[];
  readonly entries: readonly object[];
  readonly lines: readonly string[];
}

async function converse(
  [caPem, chainPem, keyPem]: readonly [string, string, string],
  detail: Detail,
  terminal: Terminal,
): Promise<Shown> {
  const server = new SSLContext({ protocol: "tlsServer" });
  server.loadCertChain({ cert: chainPem, key: keyPem });
  const listener = createServer({ allowHalfOpen: true }, (tcp) => {
    void greet(server.wrapSocket(fromNodeSocket(tcp), { serverSide: true }));
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening", { signal: terminal.signal });
  try {
    const width = terminalWidth(terminal.stdout);
    return await visit(portOf(listener.address()), caPem, { detail, width });
  } finally {
    listener.close();
  }
}

/** The server: answers one line, and closes when the client has. */
async function greet(socket: SSLSocket): Promise<void> {
  for await (const bytes of socket)
    await socket.sendAll(utf8Bytes(`You said: ${latin1(bytes)}`));
  await socket.close();
}

async function visit(
  port: number,
  caPem: string,
  shown: { readonly detail: Detail; readonly width: number },
): Promise<Shown> {
  const keyLog = new KeyLog();
  const seen: { from: "client" | "server"; bytes: Uint8Array }[] = [];
  const client = new SSLContext({ keyLog: (line) => keyLog.add(line) });
  client.loadVerifyLocations({ ca: caPem });
  const tcp = await openTcp({ host: "127.0.0.1", port });
  const transport = tap(fromNodeSocket(tcp), (direction, bytes) => {
    seen.push({ from: direction === "write" ? "client" : "server", bytes });
  });
  const socket = client.wrapSocket(transport, { serverHostname: "localhost" });
  await socket.ready;
  const lines = summary(socket, "verified");
  await socket.sendAll(utf8Bytes("Hello, server."));
  const answer = latin1(await socket.recv());
  await socket.shutdown("write");
  for await (const _bytes of socket) void _bytes;
  await socket.close();
  const watched = new WatchedTrace({ ...shown, keyLog });
  for (const { from, bytes } of seen) watched.feed(from, bytes, 0);
  return {
    ladder: watched.lines,
    entries: watched.entries.list,
    lines: [...lines, factLine("answer", answer)],
  };
}

function portOf(address: unknown): number {
  if (typeof address === "object" && address !== null && "port" in address)
    return Number(address.port);
  throw new Error("the server has no port");
}
