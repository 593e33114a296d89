/** Each program of docs/with-your-library.md, with the server that its fence names. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { connect } from "node:tls";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { PROJECT_ROOT } from "../../architecture/imports.ts";
import { useCertificates } from "../support/certificates.ts";
import { probe } from "../support/probe.ts";
import { PeerProcess, startServer } from "../support/process.ts";
import { NODE24, reportMissing } from "../support/scenarios/peers.ts";
import { temporaryFile } from "../support/temporary.ts";
import { filesOf, startLibrary } from "./run.ts";
import type { ForeignServer } from "./run.ts";
import { dovecot } from "./servers/dovecot.ts";
import { mariadb } from "./servers/mariadb.ts";
import { mosquitto } from "./servers/mosquitto.ts";
import { nats } from "./servers/nats.ts";
import { postgresql } from "./servers/postgresql.ts";
import { redisServer } from "./servers/redis.ts";
import { slapd } from "./servers/slapd.ts";
import { vsftpd } from "./servers/vsftpd.ts";

const PAGE = "docs/with-your-library.md";
const here = dirname(fileURLToPath(import.meta.url));

const FOREIGN: Readonly<Record<string, ForeignServer>> = {
  ...{ dovecot, mariadb, mosquitto, nats, postgresql, slapd, vsftpd },
  redis: redisServer,
};

interface Program {
  readonly title: string;
  /** The server that it meets; `server`: it is one. */
  readonly meets: string;
  readonly code: string;
}

function programsOf(page: string): Program[] {
  const programs: Program[] = [];
  let title = "";
  const fences = /^### (.+)$|^```js (\S+)\n([^]*?)^```$/gm;
  for (const [, heading, meets, code] of page.matchAll(fences))
    if (heading !== undefined) title = heading;
    else if (meets !== undefined && code !== undefined)
      programs.push({ title, meets, code });
  return programs;
}

function run(code: string, target: object): PeerProcess {
  const imports = ["resolve.mjs", "snippet.mjs"].flatMap((name) => [
    "--import",
    join(here, "child", name),
  ]);
  const file = temporaryFile("program.mjs", code);
  const environment = { TARGET: JSON.stringify(target) };
  return new PeerProcess(NODE24, [...imports, file], "log", environment);
}

const UPGRADE = [
  ...["Connection: Upgrade", "Upgrade: websocket"],
  ...[
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
  ],
];

/** Asks by Node's own TLS, and returns what comes back first. */
function ask(port: number, ca: string, heads: readonly string[]) {
  return new Promise<string>((resolve, reject) => {
    const client = connect({ port, host: "127.0.0.1", ca }, () => {
      const lines = [
        "GET /hello HTTP/1.1",
        "Host: localhost",
        ...heads,
        "",
        "",
      ];
      client.write(lines.join("\r\n"));
    });
    client.setTimeout(10_000, () => client.destroy(new Error("no answer")));
    let text = "";
    client.setEncoding("latin1").on("data", (piece: string) => {
      text += piece;
      if (!/hello|101 Switching/.test(text)) return;
      client.destroy();
      resolve(text);
    });
    client.on("error", reject);
    client.on("end", () => {
      reject(new Error(`the server ended after "${text}"`));
    });
  });
}

describe(`the programs of ${PAGE}`, () => {
  const certificates = useCertificates();
  const page = readFileSync(join(PROJECT_ROOT, PAGE), "utf8");

  for (const { title, meets, code } of programsOf(page)) {
    const foreign = FOREIGN[meets];
    const found = foreign && probe(foreign.needs);
    if (found && "missing" in found) {
      reportMissing(foreign.name, found.missing);
      continue;
    }
    if (meets === "server")
      it(`${title}: the server answers`, async () => {
        const {
          ca,
          serverCert: cert,
          serverKey: key,
        } = filesOf(certificates());
        const target = { host: "127.0.0.1", files: { cert, key } };
        const { port } = await startServer((free) =>
          run(code, { ...target, port: free }),
        );
        const heads = title.startsWith("ws") ? UPGRADE : ["Connection: close"];
        const answer = await ask(port, readFileSync(ca, "utf8"), heads);
        expect(answer).toMatch(
          title.startsWith("ws") ? /^HTTP\/1.1 101/ : /hello$/,
        );
      });
    else
      it(`${title}: the client says hello, and ends`, async () => {
        const files = filesOf(certificates());
        const { port } = await startLibrary(foreign ?? meets, files);
        const { ca, cert, key } = files;
        const client = run(code, {
          ...{ host: "127.0.0.1", port, database: "postgres" },
          ...{ files: { ca, cert, key }, ...foreign?.target },
          isGrpc: meets === "grpc",
        });
        expect(await client.exit(), client.log()).toMatchObject({ code: 0 });
        expect(client.log()).toContain("hello");
      });
  }
});
