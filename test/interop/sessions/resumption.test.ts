/** Resumption, early data and external PSKs with peers, in both roles. */
import { expect, it } from "vitest";
import { asciiBytes, toHex } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  MemoryStrikeRegister,
  type ServerOptions,
  type Session,
  TicketKeys,
} from "../../../src/engine/index.ts";
import { SSLContext } from "../../../src/index.ts";
import { nodePlatform, serve } from "../../../src/net/node.ts";
import { testClientConfig, testServerConfig } from "../../support/engines.ts";
import { testAuthority, testServer } from "../../support/pki.ts";
import {
  clientTalk,
  serverTalk,
  serverTalks,
  type Talked,
  useFiles,
} from "../support/puretls/engines.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { PeerProcess, startServer } from "../support/process.ts";

const EARLY = asciiBytes("early words\n");
const IDENTITY = asciiBytes("device");
const KEY = new Uint8Array(32).fill(0x42);

const file = useFiles();
const identity = testServer();
const ca = file("ca.pem", testAuthority().pem);
const cert = file("cert.pem", identity.certificatePem);
const key = file("key.pem", identity.keyPem);
const early = file("early", EARLY);

async function serverOf(
  program: string,
  parameters: (port: string) => readonly string[],
): Promise<{ readonly port: number; readonly peer: PeerProcess }> {
  const { port, server } = await startServer((free) => {
    const started = new PeerProcess(program, parameters(String(free)));
    started.echo();
    return started;
  });
  return { port, peer: server };
}

/** A connection, and another one that resumes its session. */
async function twice(
  port: number,
  options: Partial<ClientOptions> = {},
  ...until: number[]
): Promise<Talked> {
  const [first = 6, second = 6] = until;
  const one = await clientTalk(port, testClientConfig(options), "localhost", {
    until: first,
  });
  expect(one.engine.info?.resumed).toBe(false);
  const [session] = one.sessions;
  if (session === undefined) throw new Error("no session came");
  return again(port, session, options, second);
}

function again(
  port: number,
  session: Session,
  options: Partial<ClientOptions> = {},
  until = 6,
): Promise<Talked> {
  const config = testClientConfig({ ...options, session });
  return clientTalk(port, config, "localhost", { early: EARLY, until });
}

/** A server with tickets, and early data where a test wants it. */
function resuming(options: Partial<ServerOptions> = {}) {
  return testServerConfig({
    provider: noble,
    ticketKeys: new TicketKeys({ provider: noble }),
    ...options,
  });
}

const withEarlyData = (): Partial<ServerOptions> => ({
  maxEarlyData: 16_384,
  strikeRegister: new MemoryStrikeRegister({ provider: noble }),
});

describePeers(["openssl"], () => {
  const sServer = (port: string, ...more: string[]) => [
    ...["s_server", "-accept", `127.0.0.1:${port}`, "-cert", cert],
    ...["-key", key, "-tls1_3", ...more],
  ];
  const sClient = (port: number, ...more: string[]) => [
    ...["s_client", "-connect", `127.0.0.1:${String(port)}`, "-tls1_3"],
    ...["-CAfile", ca, "-servername", "localhost", ...more],
  ];

  it.each([
    ["sealed tickets", []],
    ["tickets that are names", ["-no_ticket"]],
    ["another hash", ["-ciphersuites", "TLS_AES_256_GCM_SHA384"]],
    ["a HelloRetryRequest", ["-groups", "P-384"]],
  ] as const)("its server resumes: %s", async (_what, more) => {
    const { port } = await serverOf("openssl", (free) =>
      sServer(free, "-quiet", ...more),
    );
    const { engine, received } = await twice(port);
    expect(engine.error).toBeUndefined();
    expect(engine.info?.resumed).toBe(true);
    expect(received).toEqual(asciiBytes("hello\n"));
  });

  it("its server accepts our early data", async () => {
    const { port, peer } = await serverOf("openssl", (free) =>
      sServer(free, "-early_data", "-max_early_data", "16384", "-quiet"),
    );
    const { engine } = await twice(port, { earlyData: true });
    expect(engine.error).toBeUndefined();
    expect(engine.info?.earlyData).toBe("accepted");
    expect(toHex(peer.output())).toContain(toHex(EARLY));
  });

  it("its server rejects early data that it accepted before", async () => {
    const { port } = await serverOf("openssl", (free) =>
      sServer(free, "-early_data", "-max_early_data", "16384", "-quiet"),
    );
    const first = await clientTalk(port, testClientConfig());
    const [session] = first.sessions;
    if (!session) throw new Error("no session");
    await again(port, session, { earlyData: true });
    const second = await again(port, session, { earlyData: true });
    expect(second.engine.info?.earlyData).toBe("rejected");
    expect(second.engine.error).toBeUndefined();
  });

  it("its server knows our PSK", async () => {
    const { port } = await serverOf("openssl", (free) => [
      ...["s_server", "-accept", `127.0.0.1:${free}`, "-nocert", "-quiet"],
      ...["-tls1_3", "-psk_identity", "device", "-psk", toHex(KEY)],
    ]);
    const psk = () => ({ identity: IDENTITY, key: KEY });
    const config = testClientConfig({ psk });
    const { engine, received } = await clientTalk(port, config);
    expect(engine.error).toBeUndefined();
    expect(engine.info?.pskIdentity).toEqual(IDENTITY);
    expect(received).toEqual(asciiBytes("hello\n"));
  });

  async function clientRun(port: number, ...more: string[]): Promise<string> {
    const peer = new PeerProcess("openssl", sClient(port, ...more), "log");
    peer.write("hello\n");
    await peer.logged(/\nhello\n/);
    peer.endInput();
    await peer.exit();
    return peer.log();
  }

  it.each([
    ["sealed", resuming()],
    ["over a HelloRetryRequest", resuming({ groups: ["secp384r1"] })],
  ] as const)("its client resumes with our tickets: %s", async (_w, config) => {
    const { port, next } = await serverTalks(config);
    const path = file("session.pem", "");
    const first = next();
    await clientRun(port, "-sess_out", path);
    await first;
    const second = next();
    const log = await clientRun(port, "-sess_in", path);
    expect(log).toMatch(/Reused, TLSv1.3/);
    expect((await second).engine.info?.resumed).toBe(true);
  });

  it("its client's early data is accepted, once", async () => {
    const { port, next } = await serverTalks(resuming(withEarlyData()));
    const path = file("session.pem", "");
    const first = next();
    await clientRun(port, "-sess_out", path);
    await first;
    const outcomes = [];
    for (let i = 0; i < 2; i++) {
      const done = next();
      await clientRun(port, "-sess_in", path, "-early_data", early);
      const talked = await done;
      outcomes.push([talked.engine.info?.earlyData, toHex(talked.early)]);
    }
    expect(outcomes).toEqual([
      ["accepted", toHex(EARLY)],
      ["rejected", ""],
    ]);
  });

  it("its client knows our PSK", async () => {
    const { port, done } = await serverTalk(
      testServerConfig({
        credentials: [],
        psk: ({ identity: asked }) => asked && { identity: asked, key: KEY },
      }),
    );
    await clientRun(port, "-psk_identity", "device", "-psk", toHex(KEY));
    const { engine } = await done;
    expect(engine.info?.pskIdentity).toEqual(IDENTITY);
  });
});

describePeers(["gnutls"], () => {
  const gnutlsServ = (port: string, ...more: string[]) => [
    ...["-p", port, "--x509certfile", cert, "--x509keyfile", key, "--echo"],
    ...["--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.3", ...more],
  ];

  it("its server resumes", async () => {
    const { port } = await serverOf("gnutls-serv", (free) => gnutlsServ(free));
    const { engine } = await twice(port);
    expect(engine.error).toBeUndefined();
    expect(engine.info?.resumed).toBe(true);
  });

  it("its server accepts our early data", async () => {
    const { port } = await serverOf("gnutls-serv", (free) =>
      gnutlsServ(free, "--earlydata", "--maxearlydata=16384"),
    );
    const { engine } = await twice(port, { earlyData: true });
    expect(engine.error).toBeUndefined();
    expect(engine.info?.earlyData).toBe("accepted");
  });

  it("its client resumes, with early data", async () => {
    const { port, next } = await serverTalks(resuming(withEarlyData()));
    const first = next();
    const second = first.then(() => next());
    const peer = new PeerProcess(
      "gnutls-cli",
      [
        ...["-r", "--waitresumption", "--earlydata", early, "-p", String(port)],
        ...["--x509cafile", ca, "--verify-hostname", "localhost"],
        ...["--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.3", "127.0.0.1"],
        ...["--sni-hostname", "localhost"],
      ],
      "log",
    );
    peer.endInput();
    const talked = await second;
    expect(talked.engine.info?.resumed).toBe(true);
    expect(talked.engine.info?.earlyData).toBe("accepted");
    expect(toHex(talked.early)).toBe(toHex(EARLY));
  });

  const passwords = file("psk", `device:${toHex(KEY)}\n`);
  const PSK = "NORMAL:-VERS-ALL:+VERS-TLS1.3:-KX-ALL:+ECDHE-PSK:+DHE-PSK:+PSK";

  it("its server knows our PSK", async () => {
    const { port } = await serverOf("gnutls-serv", (free) => [
      ...["-p", free, "--echo", "--pskpasswd", passwords, "--priority", PSK],
    ]);
    const config = testClientConfig({
      psk: () => ({ identity: IDENTITY, key: KEY }),
    });
    const { engine } = await clientTalk(port, config);
    expect(engine.error).toBeUndefined();
    expect(engine.info?.pskIdentity).toEqual(IDENTITY);
  });

  it("its client knows our PSK", async () => {
    const { port, done } = await serverTalk(
      testServerConfig({
        credentials: [],
        psk: ({ identity: asked }) => asked && { identity: asked, key: KEY },
      }),
    );
    const peer = new PeerProcess("gnutls-cli", [
      ...["-p", String(port), "--pskusername", "device"],
      ...["--pskkey", toHex(KEY), "--priority", PSK, "127.0.0.1"],
    ]);
    peer.write("hello\n");
    peer.endInput();
    const { engine } = await done;
    expect(engine.info?.pskIdentity).toEqual(IDENTITY);
  });
});

describePeers(["boringssl"], () => {
  it("its server resumes and accepts our early data", async () => {
    const { port } = await serverOf("bssl-tool", (free) => [
      ...["server", "-accept", free, "-cert", cert, "-key", key],
      ...["-loop", "-early-data"],
    ]);
    const { engine } = await twice(port, { earlyData: true });
    expect(engine.info?.resumed).toBe(true);
    expect(engine.info?.earlyData).toBe("accepted");
  });

  it("its client resumes, and its early data is accepted", async () => {
    const context = new SSLContext({
      protocol: "tlsServer",
      platform: nodePlatform,
      certChain: { cert: identity.certificatePem, key: identity.keyPem },
      maxEarlyData: 16_384,
    });
    const server = await serve({ host: "127.0.0.1", port: 0, context });
    const peer = new PeerProcess("bssl-tool", [
      ...["client", "-connect", `127.0.0.1:${String(server.port)}`],
      ...["-server-name", "localhost", "-root-certs", ca],
      ...["-min-version", "tls1.3", "-test-resumption"],
      ...["-early-data", `@${early}`],
    ]);
    // It ends the first connection once it has a ticket, and comes again. What
    // it is given to say before the server has answered is early data too.
    await server.accept();
    const { socket } = await server.accept();
    expect(socket.sessionReused).toBe(true);
    expect(socket.readEarlyData()).toEqual(EARLY);
    await socket.sendAll(asciiBytes("fine\n"));
    await peer.prints("fine");
    await peer.logged(/Resumed session: yes[^]*Early data: yes/);
    await socket.close();
    await server.close();
  });
});
