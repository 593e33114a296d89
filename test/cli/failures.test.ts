/** Exit code 1, and one line that names the reason and the alert. */
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import {
  connect as connectTcp,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import { Readable, Writable } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { main } from "../../src/cli/main.ts";
import { fromNodeSocket } from "../../src/net/node.ts";
import { SSLContext, type SSLSocket } from "../../src/index.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { testServer } from "../support/pki.ts";
import {
  faultOf,
  freePort,
  oneLine,
  openStdin,
  openTcpHandles,
  pkiFiles,
  run,
  scratch,
  serving,
  stopped,
} from "./support.ts";

const files = scratch();
let pki: ReturnType<typeof pkiFiles>;
let own: readonly string[];
beforeAll(() => {
  pki = pkiFiles(files);
  own = ["--cert", pki.cert, "--key", pki.key];
});
afterEach(async () => {
  expect(await openTcpHandles()).toEqual([]);
});
afterAll(() => {
  files.remove();
});

/** The one line of a client that failed. */
async function fault(args: readonly string[], stdin?: string): Promise<string> {
  const { code, err } = await run(["connect", ...args], stdin);
  expect(code).toBe(1);
  return oneLine(err);
}

async function listening(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return `localhost:${String(typeof address === "object" ? address?.port : 0)}`;
}

describe("connect and serve fail together, each with a line", () => {
  it("an authority that is not trusted", async () => {
    const other = createCertificateAuthority({ provider: noble, name: "x" });
    const ca = files.write("stranger.pem", other.pem);
    const server = await serving(own);
    expect(await fault([server.at, "--ca", ca])).toMatch(
      /^puretls connect: \[SSL: CERTIFICATE_VERIFY_FAILED\] .*issuer.* \(alert sent: unknown_ca\)$/,
    );
    expect(await faultOf(server)).toMatch(
      /^puretls serve: 127\.0\.0\.1:\d+: .*TLSV1_ALERT_UNKNOWN_CA.* \(alert received: unknown_ca\)$/,
    );
  });

  it("a name that is not the server's", async () => {
    const server = await serving(own);
    expect(
      await fault([server.at, "--ca", pki.ca, "--servername", "other.test"]),
    ).toMatch(
      /CERTIFICATE_VERIFY_FAILED.*other\.test.* \(alert sent: [a-z_]+\)$/,
    );
    expect(await faultOf(server)).toMatch(/alert received: /);
  });

  it.each(["", "some data that the server does not wait for".repeat(2000)])(
    "a client certificate that is required (%#)",
    async (stdin) => {
      const server = await serving([
        ...[...own, "--verify", "required", "--ca", pki.ca],
      ]);
      expect(
        await fault([server.at, "--ca", pki.ca, "--quiet"], stdin),
      ).toMatch(
        /CERTIFICATE_REQUIRED.* \(alert received: certificate_required\)$/,
      );
      expect(await faultOf(server)).toMatch(
        /PEER_DID_NOT_RETURN_A_CERTIFICATE.* \(alert sent: certificate_required\)$/,
      );
    },
  );
});

describe("connect: what is no TLS server, or not for long", () => {
  it("no listener", async () => {
    const port = String(await freePort());
    expect(await fault([`127.0.0.1:${port}`])).toBe(
      `puretls connect: connect ECONNREFUSED 127.0.0.1:${port}`,
    );
    // A name may have several addresses: each has its word in the line.
    expect(await fault([`localhost:${port}`])).toContain("ECONNREFUSED");
  });

  it("a server of plain HTTP", async () => {
    const server = createHttpServer((_request, response) => response.end());
    const at = await listening(server);
    expect(await fault([at, "--ca", pki.ca])).toMatch(
      /^puretls connect: \[SSL: WRONG_VERSION_NUMBER\] .*plain HTTP/,
    );
    server.close();
    server.closeAllConnections();
  });

  it("a server that goes away in the handshake", async () => {
    const server = createServer((socket) => {
      socket.once("data", () => socket.end());
    });
    const at = await listening(server);
    expect(await fault([at, "--ca", pki.ca])).toMatch(
      /UNEXPECTED_EOF_WHILE_READING/,
    );
    server.close();
  });

  /** A server that sends a text and then the end, without close_notify. */
  const cutting = (text: string): Server => {
    const context = new SSLContext({ protocol: "tlsServer" });
    const { certificatePem, keyPem } = testServer();
    context.loadCertChain({ cert: certificatePem, key: keyPem });
    const talk = async (tcp: Socket): Promise<void> => {
      const socket: SSLSocket = context.wrapSocket(fromNodeSocket(tcp), {
        serverSide: true,
      });
      await socket.recv();
      await socket.sendAll(Buffer.from(text));
      tcp.end();
      await once(tcp, "close");
    };
    return createServer({ allowHalfOpen: true }, (tcp) => void talk(tcp));
  };

  it("data that is cut off", async () => {
    const server = cutting("half of it");
    const at = await listening(server);
    const { code, out, err } = await run(
      ["connect", at, "--ca", pki.ca, "--quiet"],
      "x",
    );
    expect([code, out]).toEqual([1, "half of it"]);
    expect(oneLine(err)).toMatch(/UNEXPECTED_EOF_WHILE_READING/);
    server.close();
  });

  it.each([
    ["a body of a length", "content-length: 100\r\n\r\nhalf"],
    ["a body that the end ends", "\r\nhalf"],
    ["chunks", "transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n"],
  ])("a page that is cut off: %s", async (_what, rest) => {
    const server = cutting(`HTTP/1.1 200 OK\r\n${rest}`);
    const at = await listening(server);
    const { code, out, err } = await run([
      ...["connect", at, "--ca", pki.ca, "--quiet", "--get", "/"],
    ]);
    expect([code, out]).toEqual([1, "half"]);
    expect(oneLine(err)).toMatch(/UNEXPECTED_EOF_WHILE_READING/);
    server.close();
  });

  it("a whole page needs no close_notify after it", async () => {
    const server = cutting("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfull");
    const at = await listening(server);
    const { code, out, err } = await run([
      ...["connect", at, "--ca", pki.ca, "--quiet", "--get", "/"],
    ]);
    expect([code, out, err]).toEqual([0, "full", ""]);
    server.close();
  });

  it("nor does one whose reader is slow", async () => {
    const server = cutting("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfull");
    const at = await listening(server);
    const slow = new Writable({
      highWaterMark: 1,
      write: (_chunk, _encoding, done) => setTimeout(done, 50),
    });
    const args = ["connect", at, "--ca", pki.ca, "--quiet", "--get", "/"];
    const code = await main(args, {
      stdin: Readable.from([]),
      stdout: slow,
      stderr: slow,
      env: {},
      signal: new AbortController().signal,
    });
    expect(code).toBe(0);
    server.close();
  });

  it("sends close_notify to a server that has sent it", async () => {
    const context = new SSLContext({ protocol: "tlsServer" });
    const { certificatePem, keyPem } = testServer();
    context.loadCertChain({ cert: certificatePem, key: keyPem });
    let heard: (truncated: boolean) => void = () => undefined;
    const truncated = new Promise<boolean>((resolve) => (heard = resolve));
    const listen = async (tcp: Socket): Promise<void> => {
      const socket = context.wrapSocket(fromNodeSocket(tcp), {
        serverSide: true,
      });
      await socket.ready;
      await socket.shutdown("write");
      await socket.recv().catch(() => undefined);
      heard(socket.truncated);
      await socket.close();
    };
    const server = createServer({ allowHalfOpen: true }, (tcp) => {
      void listen(tcp);
    });
    const at = await listening(server);
    const args = ["connect", at, "--ca", pki.ca, "--quiet"];
    expect((await run(args, openStdin())).code).toBe(0);
    expect(await truncated).toBe(false);
    server.close();
  });

  it("a status line cannot speak to the terminal", async () => {
    const server = cutting(
      "HTTP/1.1 404 \u001b[2J\r\ncontent-length: 0\r\n\r\n",
    );
    const at = await listening(server);
    const { out, err } = await run([
      ...["connect", at, "--ca", pki.ca, "--get", "/"],
    ]);
    expect(out + err).not.toContain("\u001b");
    server.close();
  });

  it("a path that is none", async () => {
    const server = await serving([...own, "--www"]);
    expect(
      await fault([server.at, "--ca", pki.ca, "--get", "/a b", "--quiet"]),
    ).toMatch(/unescaped/);
    await stopped(server);
  });
});

describe("serve goes on", () => {
  it("its alert is not overtaken by a reset", async () => {
    const server = await serving(own);
    const client = connectTcp({
      port: server.port,
      host: "127.0.0.1",
      allowHalfOpen: true,
    });
    // A handshake message that does not exist, and more that nobody reads.
    client.write(
      Buffer.concat([
        Uint8Array.of(22, 3, 1, 0, 4, 99, 0, 0, 0),
        Buffer.alloc(4 << 20),
      ]),
    );
    const seen: Buffer[] = [];
    client.on("data", (bytes: Buffer) => seen.push(bytes));
    await once(client, "end");
    client.end();
    await once(client, "close");
    expect([...Buffer.concat(seen)]).toEqual([21, 3, 3, 0, 2, 2, 10]);
    expect(await faultOf(server)).toMatch(/alert sent: unexpected_message\)$/);
  });

  it("after a client that speaks something else, and one that is cut off", async () => {
    const server = await serving(own);
    const plain = connectTcp(server.port, "127.0.0.1");
    plain.end("GET / HTTP/1.0\r\n\r\n");
    await server.stderr.until(/\n/);
    const cut = connectTcp(server.port, "127.0.0.1");
    cut.end();
    await server.stderr.until(/\n.*\n/);
    const client = await run(
      ["connect", server.at, "--ca", pki.ca, "--quiet"],
      "still there?",
    );
    expect(client.out).toBe("still there?");
    plain.destroy();
    cut.destroy();
    const lines = (await stopped(server)).err.trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/HTTP_REQUEST/);
  });
});
