/**
 * examples/sandbox-egress: a guest of CPython, whose only way out is its standard
 * input and output, asks for a page by OpenSSL; the egress is this process, or a page
 * in Chromium. The bytes between them are ciphertext.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeAll, expect, it } from "vitest";
import { latin1 } from "../../../src/bytes.ts";
import { broughtByPeer, PeerProcess } from "../support/process.ts";
import { describePeers, describeProgram } from "../support/scenarios/peers.ts";
import { temporaryFile } from "../support/temporary.ts";
import { BROWSERS } from "./browsers.ts";
import { buildProgram } from "./build.ts";
import type * as EgressProgram from "./programs/egress-node.ts";
import { findWebSocketServer, type ServedSocket, WS } from "./gateway.ts";

/** Prints the answer on standard error; its ciphertext is all that is on the pipes. */
const GUEST = `
import os, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1])
incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
tls = context.wrap_bio(incoming, outgoing, server_hostname=sys.argv[2])
def until(call):
    while True:
        try:
            return call()
        except ssl.SSLWantReadError:
            pass
        finally:
            data = outgoing.read()
            while data:
                data = data[os.write(1, data):]
        data = os.read(0, 65536)
        incoming.write(data) if data else incoming.write_eof()
until(tls.do_handshake)
request = "POST %s HTTP/1.1\\r\\nHost: %s\\r\\nContent-Length: 11\\r\\nX-Word: kept\\r\\n\\r\\nsecret-body"
until(lambda: tls.write((request % (sys.argv[3], sys.argv[2])).encode()))
answer = b""
while True:
    try:
        part = until(lambda: tls.read(65536))
    except ssl.SSLZeroReturnError:
        break
    if not part:
        break
    answer += part
sys.stderr.write(tls.version() + " " + answer.decode() + " end\\n")
`;

const ANSWER = /TLSv1\.3 HTTP\/1\.1 201 [\s\S]*the answer to secret-body end/;

const PATH = "/secret-path";

function guest(caPem: string, host: string, path = PATH): PeerProcess {
  const ca = temporaryFile("ca.pem", caPem);
  const script = join(ca, "..", "guest.py");
  writeFileSync(script, GUEST);
  return new PeerProcess("python3", [script, ca, host, path]);
}

type Egress = typeof EgressProgram;

describePeers(["python"], () => {
  let bundle: Egress;
  beforeAll(async () => {
    const program = await buildProgram("egress-node.ts");
    bundle = (await import(pathToFileURL(program).href)) as Egress;
  });

  /** Carries the guest's bytes to the egress, and notes both directions. */
  async function run(host: string, path = PATH) {
    const asked: (readonly [string, RequestInit])[] = [];
    const egress = bundle.createEgress({
      allows: (name) => name === "api.example",
      fetch: (url, init) => {
        asked.push([url, init]);
        const body = new TextDecoder().decode(init.body as Uint8Array);
        const answer = new Response(`the answer to ${body}`, { status: 201 });
        return Promise.resolve(answer);
      },
    });
    const process = guest(egress.caPem, host, path);
    const [near, far] = bundle.memoryPair();
    const wire: string[] = [];
    process.onOutput((bytes) => {
      wire.push(latin1(bytes));
      void near.write(bytes);
    });
    const back = async (): Promise<void> => {
      for (;;) {
        const bytes = await near.read();
        if (bytes === null) break;
        wire.push(latin1(bytes));
        process.write(bytes);
      }
      process.endInput();
    };
    const served = egress.serve(far).then(
      () => "served",
      (error: unknown) => String(error),
    );
    await back();
    const outcome = await served;
    await process.exit();
    return { process, asked, outcome, wire: wire.join("") };
  }

  it("a guest's request goes out, and its answer comes back", async () => {
    const { process, asked, outcome, wire } = await run("api.example");
    expect(process.log()).toMatch(ANSWER);
    expect(outcome).toBe("served");
    expect(asked).toHaveLength(1);
    for (const [url, init] of asked) {
      expect(url).toBe("https://api.example/secret-path");
      expect(init.method).toBe("POST");
      expect(new Headers(init.headers).get("x-word")).toBe("kept");
    }
    expect(wire.length).toBeGreaterThan(1000);
    expect(wire).not.toMatch(/secret|kept|answer/);
  });

  it.each([".other.example/", ":8443/", "@other.example/"])(
    "the path %s adds nothing to the host that was allowed",
    async (path) => {
      const { process, asked, outcome } = await run("api.example", path);
      expect(process.log()).toMatch(/502 Bad Gateway/);
      expect(outcome).toMatch(/slash/);
      expect(asked).toEqual([]);
    },
  );

  it("a host that is not allowed is refused in the handshake", async () => {
    const { process, asked, outcome } = await run("other.example");
    expect(process.log()).toMatch(/UNRECOGNIZED_NAME/);
    expect(outcome).not.toBe("served");
    expect(asked).toEqual([]);
  });
});

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

const { found: browser, open } = BROWSERS.chromium();
const found = "missing" in WS ? WS : browser;
describeProgram("chromium", "an egress in a page of Chromium", found, () => {
  let program = "";
  beforeAll(async () => {
    program = await buildProgram("egress-page.ts");
  });

  it("serves a guest of CPython", async () => {
    let caPem = "";
    const server = createServer((request, response) => {
      let body = "";
      request.setEncoding("latin1").on("data", (part: string) => {
        body += part;
      });
      request.on("end", () => {
        const { url = "" } = request;
        if (url === "/ca") caPem = body;
        if (url === "/page.mjs") {
          response.setHeader("content-type", "text/javascript");
          response.end(readFileSync(program));
          return;
        }
        if (url.startsWith("/fetched?https://api.example/secret-path")) {
          response.writeHead(201);
          response.end(`the answer to ${body}`);
          return;
        }
        response.setHeader("content-type", "text/html");
        response.end(
          '<!doctype html><title>egress</title><script type="module" src="/page.mjs"></script>',
        );
      });
    });
    servers.push(server);
    const WebSocketServer = await findWebSocketServer();
    const bridge = new WebSocketServer({ server });
    const answered = new Promise<string>((resolve) => {
      bridge.on("connection", (socket: ServedSocket) => {
        const process = guest(caPem, "api.example");
        process.onOutput((bytes) => socket.send(bytes));
        socket.on("message", (bytes: Uint8Array) => {
          if (bytes.length > 0) process.write(bytes);
          else process.endInput();
        });
        void process.exit().then(() => {
          socket.close();
          resolve(process.log());
        });
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    open(`http://127.0.0.1:${String(port)}/`);
    const text = await broughtByPeer("the guest's answer", answered, 60);
    expect(text).toMatch(ANSWER);
  });
});
