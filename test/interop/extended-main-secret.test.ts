/** Peers of TLS 1.2 without extended_main_secret (RFC 7627), both roles. */
import { type AddressInfo } from "node:net";
import * as tls from "node:tls";
import { afterEach, expect, it } from "vitest";
import { SSLContext, type SSLSocket } from "../../src/index.ts";
import { connect, serve } from "../../src/net/node.ts";
import { testAuthority, testServer } from "../support/pki.ts";

/** OpenSSL's SSL_OP_NO_EXTENDED_MASTER_SECRET, which Node has no name for. */
const NO_EXTENDED_MAIN_SECRET = 1;
const { certificatePem: cert, keyPem: key } = testServer();
const ca = testAuthority().pem;
const peer = {
  secureOptions: NO_EXTENDED_MAIN_SECRET,
  maxVersion: "TLSv1.2",
} as const;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

function expectNoBinding(socket: SSLSocket, resumed: boolean): void {
  expect(socket.version()).toBe("TLSv1.2");
  expect(socket.sessionReused).toBe(resumed);
  expect(socket.extendedMainSecret).toBe(false);
  expect(socket.getChannelBinding("tls-unique")).toBe(null);
  expect(socket.getChannelBinding("tls-exporter")).toBe(null);
  expect(() => socket.exportKeyingMaterial("EXPORTER-x", 8)).toThrow(
    expect.objectContaining({ code: "ERR_SSL_NO_EXTENDED_MASTER_SECRET" }),
  );
}

async function listening(context: SSLContext) {
  const server = await serve({ context, host: "127.0.0.1", port: 0 });
  cleanups.push(() => server.close());
  return { server, port: server.address?.port ?? 0 };
}

function peerConnects(port: number, session?: Buffer): Promise<tls.TLSSocket> {
  return new Promise((resolve, reject) => {
    const options = { ...peer, host: "127.0.0.1", port, ca, session };
    const socket = tls.connect({ ...options, servername: "localhost" }, () => {
      resolve(socket);
    });
    socket.on("error", reject);
    cleanups.push(() => socket.destroy());
  });
}

it("OpenSSL's client, in full and resumed", async () => {
  const context = new SSLContext({
    protocol: "tlsServer",
    certChain: { cert, key },
  });
  const { server, port } = await listening(context);
  let session: Buffer | undefined;
  for (const resumed of [false, true]) {
    const [socket, accepted] = await Promise.all([
      peerConnects(port, session),
      server.accept(),
    ]);
    session = socket.getSession();
    expect(socket.isSessionReused()).toBe(resumed);
    expectNoBinding(accepted.socket, resumed);
    await accepted.socket.close();
  }
});

it("OpenSSL's client, where it is required", async () => {
  const { port } = await listening(
    new SSLContext({
      protocol: "tlsServer",
      certChain: { cert, key },
      requireExtendedMainSecret: true,
    }),
  );
  await expect(peerConnects(port)).rejects.toThrow("handshake failure");
});

async function peerServes(): Promise<number> {
  const server = tls.createServer({ ...peer, cert, key }, (socket) => {
    socket.on("error", () => undefined);
    socket.end("hello");
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  cleanups.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

it("OpenSSL's server, whose session is not offered again", async () => {
  const context = new SSLContext({ verifyLocations: { ca } });
  const target = { context, host: "127.0.0.1", port: await peerServes() };
  const options = { ...target, serverHostname: "localhost" };
  const first = await connect(options);
  expectNoBinding(first, false);
  const { session } = first;
  expect(session?.hasTicket).toBe(true);
  await first.close();
  const second = await connect({ ...options, ...(session && { session }) });
  expectNoBinding(second, false);
  await second.close();
});

it("OpenSSL's server, where it is required", async () => {
  const context = new SSLContext({
    verifyLocations: { ca },
    requireExtendedMainSecret: true,
  });
  const port = await peerServes();
  await expect(
    connect({ context, host: "127.0.0.1", port, serverHostname: "localhost" }),
  ).rejects.toMatchObject({ reason: "INCONSISTENT_EXTMS" });
});
