/**
 * A client's certificate that is asked for after the handshake (RFC 9846 4.7.2),
 * through the face of Python's ssl: OpenSSL, GnuTLS, NSS and Python itself in both
 * roles, Apache as the server that it was made for. What other peers lack: see support/peers.ts.
 */
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { asciiBytes } from "../../../src/bytes.ts";
import { SSLContext, type SSLSocket } from "../../../src/index.ts";
import { connect, nodePlatform, serve } from "../../../src/net/node.ts";
import { testAuthority, testClient, testServer } from "../../support/pki.ts";
import { apacheServer, findApache } from "../support/programs/apache.ts";
import { useFiles } from "../support/puretls/engines.ts";
import type { KeyFiles } from "../support/certificates.ts";
import { databaseOf, NICKNAME } from "../support/programs/nss.ts";
import { describePeers, describeProgram } from "../support/scenarios/peers.ts";
import { PeerProcess, startServer } from "../support/process.ts";

const file = useFiles();
const ca = file("ca.pem", testAuthority().pem);
const pemOf = (
  name: string,
  { certificatePem, keyPem }: ReturnType<typeof testServer>,
): KeyFiles => ({
  cert: file(`${name}.pem`, certificatePem),
  key: file(`${name}-key.pem`, keyPem),
});
const server = pemOf("server", testServer());
const client = pemOf("client", testClient());
const { certificatePem: cert, keyPem: key } = testClient();

const PYTHON_PEER = fileURLToPath(
  new URL("../peers/python/peer.py", import.meta.url),
);

/** Ours: it offers to be asked, and has an answer, or none. */
function asked(port: number, hasCertificate = true): Promise<SSLSocket> {
  const context = new SSLContext({
    platform: nodePlatform,
    minimumVersion: "TLSv1.3",
    verifyLocations: { ca: testAuthority().pem },
    postHandshakeAuth: true,
    ...(hasCertificate && { certChain: { cert, key } }),
  });
  return connect({ host: "localhost", port, context });
}

/** Reads until a text has come. */
async function readUntil(socket: SSLSocket, text: string): Promise<string> {
  let all = "";
  while (!all.includes(text)) {
    const part = await socket.recv();
    if (part.length === 0) throw new Error(`it ended with ${all}`);
    all += new TextDecoder().decode(part);
  }
  return all;
}

/** Ours as a server that requires a certificate, later in TLS 1.3. */
function requiring(): SSLContext {
  return new SSLContext({
    protocol: "tlsServer",
    platform: nodePlatform,
    certChain: { cert: testServer().certificatePem, key: testServer().keyPem },
    verifyLocations: { ca: testAuthority().pem },
    verifyMode: "required",
    postHandshakeAuth: true,
  });
}

/**
 * A client without a certificate, or one of TLS 1.2: its process, and the error
 * and the certificate at our server.
 */
async function required(start: (port: number) => PeerProcess): Promise<{
  readonly peer: PeerProcess;
  readonly error: unknown;
  readonly certificate: Uint8Array | null;
}> {
  const context = requiring();
  let refuse: (error: unknown) => void = () => undefined;
  const refused = new Promise<never>((_resolve, reject) => {
    refuse = reject;
  });
  const listening = await serve({
    host: "127.0.0.1",
    port: 0,
    context,
    onHandshakeError: refuse,
  });
  const peer = start(listening.port);
  peer.write("hello\n");
  let error: unknown;
  let certificate: Uint8Array | null = null;
  try {
    const { socket } = await Promise.race([listening.accept(), refused]);
    await readUntil(socket, "hello");
    if (socket.version() === "TLSv1.3") {
      socket.verifyClientPostHandshake();
      await socket.sendAll(asciiBytes("hello\n"));
      await socket.recv();
    }
    certificate = socket.getPeerCert({ binary: true });
    await socket.close();
  } catch (cause) {
    error = cause;
  }
  await listening.close();
  return { peer, error, certificate };
}

/**
 * A server of ours: it requests a certificate once the client has sent `hello`.
 */
async function asking(
  start: (port: number) => PeerProcess,
  talk: (peer: PeerProcess) => void,
): Promise<{ readonly peer: PeerProcess; readonly socket: SSLSocket }> {
  const context = requiring();
  const listening = await serve({ host: "127.0.0.1", port: 0, context });
  const peer = start(listening.port);
  peer.write("hello\n");
  const { socket } = await listening.accept();
  await readUntil(socket, "hello");
  expect(socket.getPeerCert()).toBe(null);
  socket.verifyClientPostHandshake();
  // Who has read this has read the request too, and answered it.
  await socket.sendAll(asciiBytes("whose\n"));
  await peer.prints("whose");
  talk(peer);
  await readUntil(socket, "again");
  await socket.sendAll(asciiBytes("enter\n"));
  await listening.close();
  return { peer, socket };
}

describePeers(["openssl"], () => {
  it("its client is asked by us", async () => {
    const { socket, peer } = await asking(
      (port) =>
        new PeerProcess("openssl", [
          ...["s_client", "-connect", `127.0.0.1:${String(port)}`, "-quiet"],
          ...["-tls1_3", "-enable_pha", "-CAfile", ca],
          ...["-cert", client.cert, "-key", client.key],
        ]),
      (it) => {
        it.write("again\n");
      },
    );
    expect(socket.getPeerCert({ binary: true })).toEqual(testClient().chain[0]);
    await peer.prints("enter");
    await socket.close();
  });

  const own = ["-cert", client.cert, "-key", client.key];
  it.each([
    [
      "-tls1_3",
      "no certificate",
      /alert certificate required|alert number 116/,
    ],
    ["-tls1_2", "no certificate", /alert handshake failure|alert number 40/],
    ["-tls1_2", "its certificate", undefined],
  ])(
    "its client of %s with %s, where a certificate is required",
    async (version, _identity, alert) => {
      const identity = alert === undefined ? own : [];
      const { peer, error, certificate } = await required(
        (port) =>
          new PeerProcess("openssl", [
            ...["s_client", "-connect", `127.0.0.1:${String(port)}`],
            ...[version, "-enable_pha", "-CAfile", ca, ...identity],
          ]),
      );
      if (alert === undefined) {
        expect(error).toBeUndefined();
        expect(certificate).toEqual(testClient().chain[0]);
        return;
      }
      expect(error).toMatchObject({
        reason:
          version === "-tls1_3"
            ? "PEER_DID_NOT_RETURN_A_CERTIFICATE"
            : expect.any(String),
      });
      expect(certificate).toBe(null);
      await peer.logged(alert);
    },
  );

  for (const hasCertificate of [true, false])
    it(`its server asks us: ${hasCertificate ? "a certificate" : "none"}`, async () => {
      const { port, server: peer } = await startServer(
        (free) =>
          new PeerProcess(
            "openssl",
            [
              ...["s_server", "-accept", `127.0.0.1:${String(free)}`],
              ...["-tls1_3", "-cert", server.cert, "-key", server.key],
              ...["-CAfile", ca, "-msg"],
            ],
            "log",
          ),
      );
      const socket = await asked(port, hasCertificate);
      await socket.sendAll(asciiBytes("hello\n"));
      await peer.logged(/hello/);
      peer.write("c\n");
      // It takes a line of its input at a time.
      await peer.logged(/CertificateRequest/);
      peer.write("from openssl\n");
      await readUntil(socket, "from openssl");
      await socket.sendAll(asciiBytes("after that\n"));
      await peer.logged(/after that/);
      // It prints what it read in the order it read it, so that is there.
      const [, later = ""] = peer.log().split("CertificateRequest");
      expect(later.includes("<<< TLS 1.3, Handshake")).toBe(true);
      expect(/<<<.*CertificateVerify/.test(later)).toBe(hasCertificate);
      await socket.close();
    });
});

describePeers(["gnutls"], () => {
  it("its client is asked by us", async () => {
    const { socket } = await asking(
      (port) =>
        new PeerProcess("gnutls-cli", [
          ...["--post-handshake-auth", "-p", String(port), "--x509cafile", ca],
          ...["--x509certfile", client.cert, "--x509keyfile", client.key],
          ...["--verify-hostname", "localhost", "127.0.0.1"],
        ]),
      (it) => {
        it.write("again\n");
      },
    );
    expect(socket.getPeerCert({ binary: true })).toEqual(testClient().chain[0]);
    await socket.close();
  });

  it("its server asks us", async () => {
    const { port, server: peer } = await startServer(
      (free) =>
        new PeerProcess(
          "gnutls-serv",
          [
            ...["--echo", "-p", String(free), "--x509cafile", ca],
            ...["--x509certfile", server.cert, "--x509keyfile", server.key],
            ...["--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.3"],
            ...["--verify-client-cert", "-d", "4"],
          ],
          "log",
        ),
    );
    const socket = await asked(port);
    await socket.sendAll(asciiBytes("**REAUTH**\n"));
    await readUntil(socket, "executed");
    await socket.sendAll(asciiBytes("hello\n"));
    await readUntil(socket, "hello");
    await socket.close();
    // In the handshake, and when it asked again.
    await peer.logged(/(CERTIFICATE VERIFY.* was received[^]*){2}/);
  });
});

describePeers(["nss"], () => {
  it("its client is asked by us", async () => {
    const { database } = await databaseOf(ca, client);
    const { socket } = await asking(
      (port) =>
        new PeerProcess("tstclnt", [
          ...["-4", "-h", "127.0.0.1", "-p", String(port), "-a", "localhost"],
          ...["-d", database, "-n", NICKNAME, "-E", "-V", "tls1.3:tls1.3"],
        ]),
      (it) => {
        it.write("again\n");
      },
    );
    expect(socket.getPeerCert({ binary: true })).toEqual(testClient().chain[0]);
    await socket.close();
  });

  for (const hasCertificate of [true, false])
    it(`its server asks us: ${hasCertificate ? "a certificate" : "none"}`, async () => {
      const { database } = await databaseOf(ca, server);
      const { port, server: peer } = await startServer(
        (free) =>
          new PeerProcess(
            "selfserv",
            [
              ...["-p", String(free), "-d", database, "-n", NICKNAME, "-v"],
              ...["-V", "tls1.3:tls1.3", "-E", "-r", "-r", "-r"],
            ],
            "log",
          ),
      );
      const socket = await asked(port, hasCertificate);
      await socket.sendAll(asciiBytes("GET /what HTTP/1.0\r\n\r\n"));
      expect(await readUntil(socket, "\r\n\r\n")).toContain("200 OK");
      await socket.close();
      if (hasCertificate) {
        await peer.logged(/Subject: CN=test client[^]*Certificate Validated/);
        return;
      }
      peer.terminate();
      await peer.exit();
      expect(peer.log()).not.toContain("Certificate Validated");
    });
});

describePeers(["python"], (peer) => {
  const further = { late: "yes" };

  it.each([
    ["TLSv1.3", "no certificate", /CERTIFICATE_REQUIRED/i],
    ["TLSv1.2", "no certificate", /HANDSHAKE_FAILURE/i],
    ["TLSv1.2", "its certificate", undefined],
  ])(
    "its client of %s with %s, where a certificate is required",
    async (version, _identity, alert) => {
      const identity = alert === undefined ? client : {};
      const options = { ca, name: "localhost", version, ...further };
      const {
        peer: program,
        error,
        certificate,
      } = await required(
        (port) =>
          new PeerProcess("python3", [
            ...[PYTHON_PEER, "client", `port=${String(port)}`],
            ...Object.entries({ ...options, ...identity }).map(
              ([name, value]) => `${name}=${value}`,
            ),
          ]),
      );
      if (alert === undefined) {
        expect(error).toBeUndefined();
        expect(certificate).toEqual(testClient().chain[0]);
        return;
      }
      expect(error).toBeDefined();
      expect(certificate).toBe(null);
      program.write("again\n");
      await program.logged(alert);
    },
  );

  it("its client is asked by us", async () => {
    const options = { ca, name: "localhost", version: "TLSv1.3", ...further };
    const { socket, peer: program } = await asking(
      (port) =>
        new PeerProcess("python3", [
          ...[PYTHON_PEER, "client", `port=${String(port)}`],
          ...Object.entries({ ...options, ...client }).map(
            ([name, value]) => `${name}=${value}`,
          ),
        ]),
      (it) => {
        it.write("again\n");
      },
    );
    expect(socket.getPeerCert({ binary: true })).toEqual(testClient().chain[0]);
    await program.prints("enter");
    await socket.close();
  });

  for (const hasCertificate of [true, false])
    it(`its server asks us: ${hasCertificate ? "a certificate" : "none"}`, async () => {
      const listener = await peer.server?.({
        ...{ identity: server, ca, further },
        clientAuth: "optional",
      });
      const socket = await asked(listener?.port ?? 0, hasCertificate);
      for (const text of ["hello", "again"]) {
        await socket.sendAll(asciiBytes(text));
        await readUntil(socket, text);
      }
      await socket.unwrap();
      const told = (await listener?.stop())?.match(/peer=.*/g);
      const shown = hasCertificate ? "peer=test client" : "peer=";
      expect(told).toEqual(["peer=", shown]);
    });
});

describeProgram("apache", "Apache", findApache(), () => {
  it("asks us for what is inside", async () => {
    const { port, stop } = await apacheServer({ identity: server, ca });
    const socket = await asked(port);
    for (const path of ["/index.html", "/inside/index.html"]) {
      await socket.sendAll(
        asciiBytes(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`),
      );
      await readUntil(
        socket,
        path.startsWith("/inside") ? "inside" : "outside",
      );
    }
    await socket.close();
    expect(await stop()).toMatch(/inside\/index.html asked by [^-]/);
  });

  it("does not let us in without a certificate", async () => {
    const { port, stop } = await apacheServer({ identity: server, ca });
    const socket = await asked(port, false);
    await socket.sendAll(
      asciiBytes("GET /inside/index.html HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    );
    const said = await readUntil(socket, "\r\n\r\n").catch(String);
    expect(said).not.toContain("200 OK");
    await socket.close();
    await stop();
  });
});
