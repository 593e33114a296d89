import {
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { request, createServer as createHttpServer } from "node:http";
import { connect as connectTcp, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import {
  connect as connectTls,
  createServer as createTlsServer,
} from "node:tls";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, it, vi } from "vitest";
import {
  memoryPair,
  SSLContext,
  SSLServer,
  SSLTimeoutError,
} from "../../src/index.ts";
import {
  connect,
  createDefaultContext,
  fromNodeSocket,
  getDefaultVerifyPaths,
  getServerCertificate,
  nodePlatform,
  openTcp,
  serve,
  toNodeDuplex,
} from "../../src/net/node.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  createEchKey,
  createEchClient,
  createEchServer,
  encodeEchConfigList,
} from "../../src/ech/index.ts";
import { Certificate } from "../../src/x509/index.ts";
import { opensslNameHash } from "../../src/x509/names/name-hash.ts";
import { testAuthority, testServer } from "../support/pki.ts";
import { ascii, bytes, rejection, sslError, text } from "../ssl/support.ts";

const folder = mkdtempSync(join(tmpdir(), "puretls-net-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const { certificatePem, keyPem } = testServer();
const ca = testAuthority().pem;
const certFile = file("cert.pem", certificatePem);
const keyFile = file("key.pem", keyPem);
const caFile = file("ca.pem", `trusted:\n${ca}`);
const host = "127.0.0.1";

async function listening(server: ReturnType<typeof createServer>) {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}

describe("connect and serve", () => {
  it("talk both ways, with certificates from files", async () => {
    const server = await serve({ certFile, keyFile, alpnProtocols: ["x"] });
    const [client, { socket, address }] = await Promise.all([
      connect({ host, port: server.port, caFile, alpnProtocols: ["x"] }),
      server.accept(),
    ]);
    expect(address?.address).toBe(host);
    expect(client.remoteAddress).toEqual({
      address: host,
      port: server.port,
      family: "IPv4",
    });
    expect(client.localAddress?.port).toBe(address?.port);
    expect(client.selectedAlpnProtocol()).toBe("x");
    await client.sendAll(bytes(1, 2, 3));
    expect([...(await socket.recv())]).toEqual([1, 2, 3]);
    await socket.sendAll(new Uint8Array(1 << 20).fill(7));
    await socket.shutdown("write");
    let got = 0;
    for await (const part of client) got += part.length;
    expect(got).toBe(1 << 20);
    expect(client.truncated).toBe(false);
    await Promise.all([client.close(), socket.close(), server.close()]);
  });

  it("hide a name by Encrypted Client Hello", async () => {
    const key = createEchKey({ provider: noble, publicName: "server.test" });
    const context = createDefaultContext({ purpose: "clientAuth" });
    context.loadCertChain({ certFile, keyFile });
    context.encryptedClientHello = createEchServer({
      provider: noble,
      keys: [key],
    });
    const server = await serve({ context });
    const [client, { socket }] = await Promise.all([
      connect({
        ...{ host, port: server.port, caFile },
        serverHostname: "hidden.wild.test",
        encryptedClientHello: createEchClient(
          encodeEchConfigList([key.config]),
        ),
      }),
      server.accept(),
    ]);
    expect(client.encryptedClientHello).toBe(true);
    expect(socket.encryptedClientHello).toBe(true);
    await Promise.all([client.close(), socket.close(), server.close()]);
  });

  it("a reader that does not read stops the writer", async () => {
    const server = await serve({ certFile, keyFile });
    const [client, { socket }] = await Promise.all([
      connect({ host, port: server.port, caFile }),
      server.accept(),
    ]);
    let sent = 0;
    const writing = (async () => {
      for (let i = 0; i < 1024; i++)
        sent += await client.send(new Uint8Array(65_536));
    })().catch(() => undefined);
    for (let before = -1; before !== sent;) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(sent).toBeLessThan(1024 * 65_536);
    expect(await socket.recv()).toHaveLength(16_384);
    client.destroy();
    await writing;
    await Promise.all([socket.close(), server.close()]);
  });

  it("refuse wrong files before any connection", async () => {
    const wrongKey = file("wrong.pem", testServer("ec-p384").keyPem);
    expect(
      await rejection(serve({ certFile, keyFile: wrongKey })),
    ).toMatchObject({ reason: "KEY_VALUES_MISMATCH" });
    const missing = join(folder, "missing.pem");
    const noFile = await rejection(serve({ certFile: missing, keyFile }));
    expect((noFile as Error).message).toContain(missing);
    const noCert = await rejection(serve({ certFile: keyFile, keyFile }));
    expect((noCert as Error).message).toContain(keyFile);
    expect(noCert).toMatchObject({ reason: "NO_START_LINE" });
    expect(
      await rejection(connect({ host, port: 1, caFile: keyFile })),
    ).toMatchObject({ reason: "NO_CERTIFICATE_OR_CRL_FOUND" });
    expect(await rejection(serve({}))).toBeInstanceOf(TypeError);
  });

  it("report a failed handshake, and continue", async () => {
    const errors: unknown[] = [];
    const server = await serve({
      certFile,
      keyFile,
      onHandshakeError: (error) => errors.push(error),
    });
    const plain = connectTcp(server.port, host);
    plain.write("GET / HTTP/1.1\r\n\r\n");
    await new Promise((resolve) => plain.once("close", resolve).resume());
    expect(
      await rejection(
        connect({ host, port: server.port, caFile, serverHostname: "x.test" }),
      ),
    ).toMatchObject({ verifyCode: 62 });
    const [client, { socket }] = await Promise.all([
      connect({ host, port: server.port, caFile }),
      server.accept(),
    ]);
    expect(errors).toMatchObject([
      { reason: "HTTP_REQUEST" },
      { reason: "SSLV3_ALERT_BAD_CERTIFICATE" },
    ]);
    await Promise.all([client.close(), socket.close(), server.close()]);
  });

  it("name a server that speaks plain HTTP", async () => {
    const http = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    const port = await listening(http);
    const error = await rejection(connect({ host, port, caFile }));
    expect(error).toMatchObject({ reason: "WRONG_VERSION_NUMBER" });
    expect((error as Error).message).toContain("plain HTTP");
    http.close();
  });

  it("give up in time, on a silent server", async () => {
    const silent = createServer(() => undefined);
    const port = await listening(silent);
    expect(
      await rejection(connect({ host, port, caFile, timeout: 20 })),
    ).toBeInstanceOf(SSLTimeoutError);
    const reason = new Error("changed my mind");
    const controller = new AbortController();
    const connecting = rejection(
      connect({ host, port, caFile, signal: controller.signal }),
    );
    controller.abort(reason);
    expect(await connecting).toBe(reason);
    expect(
      await rejection(openTcp({ host, port, signal: controller.signal })),
    ).toBe(reason);
    silent.close();
  });

  it("reject with the system's error without a listener", async () => {
    const server = createServer();
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await rejection(connect({ host, port, caFile }))).toMatchObject({
      code: "ECONNREFUSED",
    });
    const first = await serve({ certFile, keyFile });
    expect(
      await rejection(serve({ certFile, keyFile, port: first.port })),
    ).toMatchObject({ code: "EADDRINUSE" });
    await first.close();
  });
});

describe("SSLServer", () => {
  it("B: one slow client does not keep the others waiting", async () => {
    const server = await serve({ certFile, keyFile });
    const slow = connectTcp(server.port, host);
    const [client, { socket }] = await Promise.all([
      connect({ host, port: server.port, caFile }),
      server.accept(),
    ]);
    slow.destroy();
    await Promise.all([client.close(), socket.close(), server.close()]);
  });

  it("drops a client that takes too long for its handshake", async () => {
    const errors: unknown[] = [];
    const server = await serve({
      certFile,
      keyFile,
      handshakeTimeout: 20,
      onHandshakeError: (error) => errors.push(error),
    });
    const slow = connectTcp(server.port, host);
    await new Promise((resolve) => slow.once("close", resolve).resume());
    expect(errors[0]).toBeInstanceOf(SSLTimeoutError);
    await server.close();
  });

  it("has bounded waiting: the next waits for a free place", async () => {
    let taken = 0;
    const server = new SSLServer(
      {
        address: undefined,
        accept: () => {
          taken++;
          return Promise.resolve(memoryPair()[0]);
        },
        close: () => Promise.resolve(),
      },
      new SSLContext({ protocol: "tlsServer" }),
      { maxPending: 3, doHandshakeOnConnect: false },
    );
    const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
    await turn();
    expect(taken).toBe(3);
    await server.accept();
    await turn();
    expect(taken).toBe(4);
    expect(server.port).toBe(0);
    await server.close();
    expect(taken).toBeLessThan(6);
  });

  it("ends its iteration and its accept when it is closed", async () => {
    const server = await serve({ certFile, keyFile });
    const accepting = rejection(server.accept());
    const iterating = (async () => {
      for await (const socket of server) socket.destroy();
      return "ended";
    })();
    await server.close();
    expect(await accepting).toMatchObject({ code: "ERR_SOCKET_CLOSED" });
    expect(await iterating).toBe("ended");
    expect(await rejection(server.accept())).toMatchObject({
      code: "ERR_SOCKET_CLOSED",
    });
    await server.close();
  });
});

describe("Node's own tls", () => {
  it("as a server, and as a client", async () => {
    const theirs = createTlsServer(
      { cert: certificatePem, key: keyPem, minVersion: "TLSv1.3" },
      (socket) => socket.pipe(socket),
    );
    const port = await listening(theirs);
    const client = await connect({ host, port, caFile });
    await client.sendAll(ascii("to node"));
    expect(text(await client.recv())).toBe("to node");
    await client.close();
    theirs.close();

    const ours = await serve({ certFile, keyFile });
    const node = connectTls({ host, port: ours.port, ca });
    const { socket } = await ours.accept();
    node.write("from node");
    expect(text(await socket.recv())).toBe("from node");
    node.end();
    expect(await socket.recv()).toHaveLength(0);
    await Promise.all([socket.close(), ours.close()]);
  });

  it("C-16: getServerCertificate", async () => {
    const server = await serve({ certFile, keyFile });
    const call = { host, port: server.port };
    expect(await getServerCertificate(call)).toBe(certificatePem);
    expect(await getServerCertificate({ ...call, ca })).toBe(certificatePem);
    const other = testServer("rsa").certificatePem;
    expect(
      await rejection(getServerCertificate({ ...call, ca: other })),
    ).toMatchObject({ verifyCode: 20 });
    await server.close();
  });
});

describe("toNodeDuplex", () => {
  it("serves and asks node:http", async () => {
    const http = createHttpServer((incoming, response) => {
      let body = "";
      incoming.on("data", (part: Uint8Array) => (body += text(part)));
      incoming.on("end", () => response.end(`got ${body}`));
    });
    const server = await serve({ certFile, keyFile });
    const serving = (async () => {
      for await (const socket of server)
        http.emit("connection", toNodeDuplex(socket, { allowHalfOpen: true }));
    })();
    const socket = await connect({ host, port: server.port, caFile });
    const answer = await new Promise<string>((resolve, reject) => {
      const asking = request(
        { method: "POST", createConnection: () => toNodeDuplex(socket) },
        (response) => {
          let body = "";
          response.on("data", (part: Uint8Array) => (body += text(part)));
          response.on("end", () => {
            resolve(`${String(response.statusCode)} ${body}`);
          });
        },
      );
      asking.on("error", reject);
      asking.end("a body");
    });
    expect(answer).toBe("200 got a body");
    await server.close();
    await serving;
    http.closeAllConnections();
  });

  it("carries errors, ends and large data", async () => {
    const server = await serve({ certFile, keyFile });
    const [client, { socket }] = await Promise.all([
      connect({ host, port: server.port, caFile }),
      server.accept(),
    ]);
    const near = toNodeDuplex(client);
    const far = toNodeDuplex(socket, { allowHalfOpen: true });
    let got = 0;
    far.on("data", (part: Uint8Array) => (got += part.length));
    near.end(new Uint8Array(300_000));
    await new Promise((resolve) => far.once("end", resolve));
    expect(got).toBe(300_000);
    far.end("bye");
    near.resume();
    await new Promise((resolve) => near.once("close", resolve));
    await server.close();
    const broken = toNodeDuplex(client);
    const error = await new Promise((resolve) => {
      broken.once("error", resolve).resume();
    });
    expect(error).toMatchObject({ code: "ERR_SOCKET_CLOSED" });
  });
});

describe("fromNodeSocket", () => {
  it("reads, puts back, half-closes, and ends with the peer's error", async () => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.write("hello");
      socket.on("data", (part) => socket.write(part));
      socket.on("end", () => socket.end());
    });
    const port = await listening(server);
    const transport = fromNodeSocket(await openTcp({ host, port }));
    const hello = (await transport.read()) ?? bytes();
    expect(text(hello)).toBe("hello");
    expect(Object.getPrototypeOf(hello)).toBe(Uint8Array.prototype);
    expect(transport.bytesRead).toBe(5);
    transport.unread(hello.subarray(3));
    expect([transport.bytesRead, transport.buffered]).toEqual([3, 2]);
    expect(text((await transport.read()) ?? bytes())).toBe("lo");
    await transport.write(ascii("echo"));
    await transport.closeWrite();
    expect(text((await transport.read()) ?? bytes())).toBe("echo");
    expect(await transport.read()).toBe(null);
    await transport.close();
    await transport.close();
    const other = fromNodeSocket(await openTcp({ host, port }));
    await other.read();
    const reading = rejection(other.read());
    expect(await rejection(other.read())).toBeInstanceOf(Error);
    const reason = new Error("stop");
    other.abort(reason);
    expect(await reading).toBe(reason);
    expect(await rejection(other.write(bytes(1)))).toBe(reason);
    server.close();
  });
});

describe("the platform", () => {
  it("F-05 X-58: trusts what the system trusts", () => {
    const context = createDefaultContext();
    expect(context.certStoreStats().x509Ca).toBeGreaterThan(50);
    expect([context.verifyMode, context.checkHostname]).toEqual([2, true]);
  });

  it("C-20 to C-26: the environment decides", () => {
    vi.stubEnv("NODE_EXTRA_CA_CERTS", "");
    vi.stubEnv("SSL_CERT_FILE", caFile);
    vi.stubEnv("SSL_CERT_DIR", join(folder, "nowhere"));
    expect(getDefaultVerifyPaths()).toMatchObject({
      caFile,
      caPath: null,
      caFileEnv: "SSL_CERT_FILE",
      caPathEnv: "SSL_CERT_DIR",
    });
    expect(createDefaultContext().certStoreStats().x509).toBe(1);
    vi.stubEnv("SSL_CERT_FILE", join(folder, "nowhere.pem"));
    expect(createDefaultContext().certStoreStats().x509).toBe(0);
    vi.stubEnv("NODE_EXTRA_CA_CERTS", caFile);
    expect(createDefaultContext().certStoreStats().x509).toBe(1);
    vi.unstubAllEnvs();
  });

  it("C-25 F-05: SSL_CERT_DIR is a list of hashed directories, looked into when needed", async () => {
    const { subject } = Certificate.parse(testAuthority().der);
    const hashed = mkdtempSync(join(folder, "system-"));
    writeFileSync(join(hashed, `${opensslNameHash(noble, subject)}.0`), ca);
    writeFileSync(join(hashed, "other.pem"), ca);
    vi.stubEnv("NODE_EXTRA_CA_CERTS", "");
    vi.stubEnv("SSL_CERT_FILE", "");
    vi.stubEnv("SSL_CERT_DIR", [join(folder, "no"), hashed].join(delimiter));
    const context = createDefaultContext();
    vi.unstubAllEnvs();
    expect(context.certStoreStats().x509).toBe(0);
    const server = await serve({ certFile, keyFile });
    const client = await connect({ host, port: server.port, context });
    expect(context.certStoreStats().x509).toBe(1);
    await Promise.all([client.close(), server.close()]);
  });

  it("F-07: SSLKEYLOGFILE", async () => {
    const path = join(folder, "keys.log");
    const context = createDefaultContext({
      ca,
      env: { SSLKEYLOGFILE: path },
    });
    const server = await serve({ certFile, keyFile });
    const client = await connect({ host, port: server.port, context });
    await Promise.all([client.close(), server.close()]);
    expect(readFileSync(path, "utf8")).toMatch(
      /^# TLS secrets.*\n(?:[A-Z_0-9]+ [0-9a-f]{64} [0-9a-f]+\n){5}$/,
    );
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("X-52: a hashed directory, looked into when it is needed", async () => {
    const hash = opensslNameHash(
      noble,
      Certificate.parse(testAuthority().der).subject,
    );
    const path = mkdtempSync(join(folder, "hashed-"));
    writeFileSync(join(path, `${hash}.0`), "not a certificate");
    writeFileSync(join(path, `${hash}.1`), ca);
    const context = new SSLContext({ verifyLocations: { caPath: path } });
    expect(context.getCaCerts()).toEqual([]);
    const server = await serve({ certFile, keyFile });
    const client = await connect({ host, port: server.port, context });
    expect(context.getCaCerts()).toHaveLength(1);
    const missing = new SSLContext({
      verifyLocations: { caPath: "/no/where" },
    });
    expect(
      await rejection(connect({ host, port: server.port, context: missing })),
    ).toMatchObject({ verifyCode: 20 });
    await Promise.all([client.close(), server.close()]);
  });

  it("reads files without being asked to, where it runs on Node", () => {
    const context = new SSLContext({ protocol: "tlsServer" });
    context.loadCertChain({ certFile, keyFile });
    expect(
      sslError(() => {
        context.loadVerifyLocations({ caFile: folder });
      }).cause,
    ).toMatchObject({ code: "EISDIR" });
    expect(nodePlatform.readFile?.(caFile)).toHaveLength(ca.length + 9);
  });
});
