/** The runtimes' own published types fit the interfaces of the adapters. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";
import { PROJECT_ROOT } from "../../architecture/imports.ts";
import { compilerOptions } from "../../docs/run.ts";
import { describeProgram } from "../support/scenarios/peers.ts";
import { temporaryFolder } from "../support/temporary.ts";

const PEERS = join(PROJECT_ROOT, "test/interop/peers/node_modules");
const OWN = join(PROJECT_ROOT, "node_modules");

interface Program {
  readonly lib: readonly string[];
  /** Packages whose types are the program's globals. */
  readonly types: readonly string[];
  readonly text: string;
}

const PROGRAMS: Readonly<Record<string, Program>> = {
  "lib.dom": {
    lib: ["ES2023", "DOM"],
    types: [],
    text: `
import { fromWebStreams } from "puretls";
import { connectOver, fromMessagePort, fromWebSocket } from "puretls/web";
declare const bidi: WebTransportBidirectionalStream;
const context = { serverHostname: "a.test" };
fromWebSocket(new WebSocket("wss://a.test"));
fromMessagePort(new MessageChannel().port1);
fromWebStreams(bidi);
void connectOver(new WebSocket("wss://a.test"), context);
void connectOver(new MessageChannel().port1, context);
void connectOver(bidi, context);
// @ts-expect-error: text is no source
void connectOver("wss://a.test", context);
`,
  },
  "@types/node": {
    lib: ["ES2023", "DOM"],
    types: [join(OWN, "@types/node")],
    text: `
import { connect } from "node:net";
import { MessageChannel } from "node:worker_threads";
import { connectOver, fromDuplex } from "puretls/duplex";
import { fromMessagePort } from "puretls/web";
fromDuplex(connect(443, "a.test"));
fromMessagePort(new MessageChannel().port1);
void connectOver(connect(443, "a.test"), { serverHostname: "a.test" });
`,
  },
  "@types/ws": {
    lib: ["ES2023", "DOM"],
    types: [join(OWN, "@types/node"), join(PEERS, "@types/ws")],
    text: `
import { WebSocket } from "${join(PEERS, "@types/ws/index.js")}";
import { connectWebSocket, fromWebSocket } from "puretls/web";
fromWebSocket(new WebSocket("wss://a.test"));
void connectWebSocket("wss://a.test", { WebSocket });
`,
  },
  "@types/deno": {
    lib: ["ESNext"],
    types: [join(PEERS, "@types/deno")],
    text: `
import { fromWebStreams } from "puretls";
import { fromDenoConn } from "puretls/deno";
const conn = await Deno.connect({ hostname: "a.test", port: 443 });
fromDenoConn(conn);
fromDenoConn(await Deno.connect({ transport: "unix", path: "/run/a" }));
fromWebStreams(conn);
`,
  },
  "bun-types": {
    lib: ["ES2023", "DOM"],
    types: [join(PEERS, "bun-types")],
    text: `
import type { BunHandlers, BunSocket } from "${join(PROJECT_ROOT, "src/adapters/bun/transport.ts")}";
declare const handlers: BunHandlers;
declare const socket: Bun.Socket;
const ours: BunSocket = socket;
void Bun.connect({ hostname: "a.test", port: 443, allowHalfOpen: true, socket: handlers });
export { ours };
`,
  },
  "@cloudflare/workers-types": {
    lib: ["ES2023"],
    types: [join(PEERS, "@cloudflare/workers-types")],
    text: `
import { connect as tcp } from "cloudflare:sockets";
import { connect, fromWorkerSocket, serve } from "puretls/workers";
fromWorkerSocket(tcp({ hostname: "a.test", port: 443 }));
void connect(tcp, { hostname: "a.test", port: 443 });
const handler: (socket: Socket) => Promise<void> = serve({}, () => undefined);
export { handler };
`,
  },
  "react-native-tcp-socket": {
    lib: ["ES2023", "DOM"],
    types: [join(OWN, "@types/node")],
    text: `
import TcpSocket from "${join(PEERS, "react-native-tcp-socket/lib/types/index.js")}";
import { connectOver } from "puretls/duplex";
const socket = TcpSocket.createConnection({ host: "a.test", port: 443 }, () => undefined);
void connectOver(socket, { serverHostname: "a.test" });
`,
  },
};

for (const [name, program] of Object.entries(PROGRAMS)) {
  const isOwn = name === "lib.dom" || name === "@types/node";
  const found =
    isOwn || existsSync(join(PEERS, name))
      ? { output: "" }
      : { missing: `the npm package ${name}: npm run peers` };
  describeProgram(name, `the types of ${name}`, found, () => {
    it("are taken by the adapters", () => {
      expect(faults(program)).toEqual([]);
    });
  });
}

function faults({ lib, types, text }: Program): string[] {
  const file = join(temporaryFolder(), "program.ts");
  writeFileSync(file, text);
  const options: ts.CompilerOptions = {
    ...compilerOptions(),
    lib: lib.map((one) => `lib.${one.toLowerCase()}.d.ts`),
    types: [...types],
    skipLibCheck: true,
  };
  const compiled = ts.createProgram([file], options);
  const source = compiled.getSourceFile(file);
  return [
    ...compiled.getSyntacticDiagnostics(source),
    ...compiled.getSemanticDiagnostics(source),
    ...compiled.getOptionsDiagnostics(),
  ].map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
}
