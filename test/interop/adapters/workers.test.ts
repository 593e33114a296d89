/** `puretls/workers` in workerd, in both roles, with OpenSSL as the other side. */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { connect as connectTls } from "node:tls";
import { connect as connectTcp } from "node:net";
import { once } from "node:events";
import { beforeAll, expect, it } from "vitest";
import { freePort } from "../support/ports.ts";
import { PeerProcess, startServer } from "../support/process.ts";
import { describeProgram } from "../support/scenarios/peers.ts";
import { buildProgram } from "./build.ts";
import { expectActs } from "./expected.ts";
import { pattern } from "./programs/acts.ts";
import { RUNTIMES } from "./runtimes.ts";
import { opensslEcho, useStage } from "./stage.ts";

const stage = useStage();
const { command, found } = RUNTIMES.workerd();

describeProgram("workerd", "puretls/workers", found, () => {
  let program = "";
  beforeAll(async () => {
    program = await buildProgram("worker.ts", ["cloudflare:sockets"]);
  });

  async function worker() {
    const { cert, key } = stage().certificates.server["ECDSA P-256"];
    const [CERT, KEY] = [cert, key].map((file) =>
      JSON.stringify(readFileSync(file, "utf8")),
    );
    const tcp = await freePort();
    const { port: http, server } = await startServer((free) => {
      const config = join(dirname(program), "workerd.capnp");
      writeFileSync(
        config,
        `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "program.mjs", esModule = embed "program.mjs")],
      compatibilityDate = "2026-11-01",
      compatibilityFlags = ["experimental"],
      bindings = [(name = "CERT", text = ${CERT ?? ""}), (name = "KEY", text = ${KEY ?? ""})],
    )),
    (name = "internet", network = (allow = ["local"])),
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:${String(free)}", http = (), service = "main"),
    (name = "tcp", address = "127.0.0.1:${String(tcp)}", tcp = (), service = "main"),
  ],
);
`,
      );
      return new PeerProcess(
        command[0],
        ["serve", "--experimental", config],
        "log",
      );
    });
    return { http, tcp, server };
  }

  it("carries, refuses, ends and waits as Node's adapter does", async () => {
    const { settings: some, certificates } = stage();
    const settings = { ...some, openssl: await opensslEcho(certificates) };
    const { http, server } = await worker();
    const response = await fetch(`http://127.0.0.1:${String(http)}/`, {
      method: "POST",
      body: JSON.stringify(settings),
    });
    const told: unknown = await response.json();
    expect(told, server.describe()).toBeTypeOf("object");
    expectActs(told as Record<string, unknown>, stage(), {
      refused: /connect|refused/i,
    });
  });

  it("serves what comes by TCP, and a client that goes hurts nobody", async () => {
    const { tcp, server } = await worker();
    const call = () => {
      const raw = connectTcp({
        ...{ port: tcp, host: "127.0.0.1" },
        allowHalfOpen: true,
      });
      const socket = connectTls({
        socket: raw,
        servername: "localhost",
        ca: stage().settings.ca,
      });
      socket.allowHalfOpen = true;
      return { raw, socket };
    };
    const { raw, socket: gone } = call();
    gone.on("error", () => undefined);
    await once(gone, "secureConnect");
    raw.resetAndDestroy();
    await server.logged(/failed/);

    const sent = pattern(1 << 20);
    const { socket } = call();
    const parts: Buffer[] = [];
    socket.on("data", (part: Buffer) => parts.push(part));
    socket.end(sent);
    await once(socket, "end");
    expect(Buffer.compare(Buffer.concat(parts), sent)).toBe(0);
    await server.logged(/echoed 1048576/);
  });
});
