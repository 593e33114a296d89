/** Sessions of TLS 1.2 with peers, in both roles: tickets and session ids. */
import { expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  MemorySessionStore,
  type ServerConfig,
  TicketKeys,
} from "../../../src/engine/index.ts";
import { testClientConfig, testServerConfig } from "../../support/engines.ts";
import { testAuthority, testServer } from "../../support/pki.ts";
import {
  clientTalk,
  serverTalks,
  useFiles,
} from "../support/puretls/engines.ts";
import { databaseOf, NICKNAME } from "../support/programs/nss.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { PeerProcess, startServer } from "../support/process.ts";

const versions = ["TLSv1.2"] as const;
const file = useFiles();
const identity = testServer();
const ca = file("ca.pem", testAuthority().pem);
const cert = file("cert.pem", identity.certificatePem);
const key = file("key.pem", identity.keyPem);

/** Both ways in which a server of puretls can store sessions. */
const MEMORIES = {
  tickets: (): ServerConfig =>
    testServerConfig({
      versions,
      provider: noble,
      ticketKeys: new TicketKeys({ provider: noble }),
    }),
  "session ids": (): ServerConfig =>
    testServerConfig({
      versions,
      provider: noble,
      sessionStore: new MemorySessionStore(),
    }),
} as const;

/**
 * A connection to the peer's server, and another one that resumes its session.
 */
async function twice(
  program: string,
  parameters: (port: string) => readonly string[],
  say = "hello\n",
): Promise<{ readonly isTicket: boolean }> {
  const { port } = await startServer((free) => {
    const started = new PeerProcess(program, parameters(String(free)));
    started.echo();
    return started;
  });
  const first = await clientTalk(
    port,
    testClientConfig({ versions }),
    "localhost",
    { say },
  );
  expect(first.engine.info?.version).toBe("TLSv1.2");
  expect(first.engine.info?.resumed).toBe(false);
  const [session] = first.sessions;
  if (session?.version !== "TLSv1.2") throw new Error("no session came");
  const second = await clientTalk(
    port,
    testClientConfig({ versions, session }),
    "localhost",
    { say },
  );
  expect(second.engine.error).toBeUndefined();
  expect(second.engine.info?.resumed).toBe(true);
  // The peer's certificate is still known, though it sent none.
  expect(second.engine.info?.peer).toBeDefined();
  return { isTicket: session.ticket.length > 0 };
}

describePeers(["openssl"], () => {
  it.each([
    ["tickets", []],
    ["session ids", ["-no_ticket"]],
  ] as const)("its server resumes: %s", async (what, more) => {
    const { isTicket } = await twice("openssl", (port) => [
      ...["s_server", "-accept", `127.0.0.1:${port}`, "-cert", cert],
      ...["-key", key, "-tls1_2", "-quiet", ...more],
    ]);
    expect(isTicket).toBe(what !== "session ids");
  });

  async function run(port: number, ...more: string[]): Promise<string> {
    const peer = new PeerProcess(
      "openssl",
      [
        ...["s_client", "-connect", `127.0.0.1:${String(port)}`, "-tls1_2"],
        ...["-CAfile", ca, "-servername", "localhost", ...more],
      ],
      "log",
    );
    peer.write("hello\n");
    await peer.logged(/\nhello\n/);
    peer.endInput();
    await peer.exit();
    return peer.log();
  }

  it.each(["tickets", "session ids"] as const)(
    "its client resumes with our %s",
    async (what) => {
      const { port, next } = await serverTalks(MEMORIES[what]());
      const path = file("session.pem", "");
      const first = next();
      await run(port, "-sess_out", path);
      expect((await first).engine.info?.resumed).toBe(false);
      const second = next();
      const log = await run(port, "-sess_in", path);
      expect(log).toMatch(/Reused, TLSv1.2/);
      expect((await second).engine.info?.resumed).toBe(true);
    },
  );

  it("its client takes renewed tickets, and resumes with them", async () => {
    let ahead = 3.1 * 3_600_000;
    let started = 0;
    const provider = {
      ...noble,
      now: () => noble.now() + (started > 0 ? ahead : 0),
    };
    const keys = new TicketKeys({ provider });
    const open = keys.open.bind(keys);
    // Each connection comes later than half of a ticket's lifetime.
    keys.open = (ticket) => {
      if (started++ > 0) ahead += 0.4 * 3_600_000;
      return open(ticket);
    };
    const { port, next } = await serverTalks(
      testServerConfig({
        versions,
        provider,
        ticketKeys: keys,
        sessionLifetimeSeconds: 6 * 3600,
      }),
    );
    const talks = Array.from({ length: 6 }, () => next());
    await run(port, "-reconnect");
    const resumed = await Promise.all(
      talks.map(async (talked) => (await talked).engine.info?.resumed),
    );
    expect(resumed).toEqual([false, true, true, true, true, true]);
  });
});

describePeers(["gnutls"], () => {
  const priority = ["--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.2"] as const;

  it.each([
    ["tickets", []],
    ["session ids", ["--noticket"]],
  ] as const)("its server resumes: %s", async (what, more) => {
    const { isTicket } = await twice("gnutls-serv", (port) => [
      ...["-p", port, "--x509certfile", cert, "--x509keyfile", key, "--echo"],
      ...priority,
      ...more,
    ]);
    expect(isTicket).toBe(what === "tickets");
  });

  it.each(["tickets", "session ids"] as const)(
    "its client resumes with our %s",
    async (what) => {
      const { port, next } = await serverTalks(MEMORIES[what]());
      const first = next();
      const second = first.then(() => next());
      const peer = new PeerProcess("gnutls-cli", [
        ...["-r", "-p", String(port), "--x509cafile", ca, ...priority],
        ...["--verify-hostname", "localhost", "--sni-hostname", "localhost"],
        "127.0.0.1",
      ]);
      peer.endInput();
      expect((await first).engine.info?.resumed).toBe(false);
      expect((await second).engine.info?.resumed).toBe(true);
    },
  );
});

describePeers(["nss"], () => {
  it.each([
    ["tickets", ["-u"]],
    ["session ids", []],
  ] as const)("its server resumes: %s", async (what, more) => {
    const { database } = await databaseOf(ca, { cert, key });
    const { isTicket } = await twice(
      "selfserv",
      (port) => [
        ...["-p", port, "-d", database, "-n", NICKNAME],
        ...["-V", "tls1.2:tls1.2", ...more],
      ],
      "GET / HTTP/1.0\r\n\r\n",
    );
    expect(isTicket).toBe(what === "tickets");
  });
});
