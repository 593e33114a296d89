/**
 * NSS as a client that resumes: its `strsclnt` connects again and again,
 * whereas `tstclnt` loses its sessions when it ends. Then its server, with
 * early data, and an external key in its client.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { asciiBytes, latin1, toHex } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import { TicketKeys } from "../../../src/engine/index.ts";
import { SSLContext } from "../../../src/index.ts";
import { nodePlatform, serve } from "../../../src/net/node.ts";
import { testClientConfig, testServerConfig } from "../../support/engines.ts";
import { testAuthority, testServer } from "../../support/pki.ts";
import {
  clientTalk,
  serverTalk,
  useFiles,
} from "../support/puretls/engines.ts";
import { databaseOf, NICKNAME } from "../support/programs/nss.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { PeerProcess, startServer } from "../support/process.ts";

const file = useFiles();
const ca = file("ca.pem", testAuthority().pem);
const { certificatePem: cert, keyPem: key } = testServer();
const identity = { cert: file("cert.pem", cert), key: file("key.pem", key) };
const GET = "GET / HTTP/1.0\r\n\r\n";
const KEY = new Uint8Array(32).fill(0x42);

const WAYS = {
  "by ticket": { noTicket: false },
  "out of our store": { noTicket: true },
} as const;

describePeers(["nss"], () => {
  for (const [way, options] of Object.entries(WAYS))
    for (const version of ["TLSv1.3", "TLSv1.2"] as const)
      it(`its client resumes ${way} in ${version}`, async () => {
        const context = new SSLContext({
          protocol: "tlsServer",
          platform: nodePlatform,
          certChain: { cert, key },
          options,
        });
        context.ticketKeys = new TicketKeys({ provider: noble });
        const server = await serve({ host: "127.0.0.1", port: 0, context });
        const only = version === "TLSv1.3" ? "tls1.3" : "tls1.2";
        const { database } = await databaseOf(ca, undefined);
        const peer = new PeerProcess(
          "strsclnt",
          [
            ...["-4", "-p", String(server.port), "-d", database, "-u"],
            ...["-V", `${only}:${only}`, "-a", "localhost"],
            // Four connections, one after the other.
            ...["-c", "4", "-t", "1", "localhost"],
          ],
          "log",
        );
        const seen: unknown[] = [];
        for (let i = 0; i < 4; i++) {
          const { socket } = await server.accept();
          await socket.recv();
          await socket.sendAll(asciiBytes("HTTP/1.0 200 OK\r\n\r\nfine"));
          await socket.close();
          seen.push([socket.version(), socket.sessionReused]);
        }
        await peer.exit();
        expect(seen.map(String)).toEqual(
          [false, true, true, true].map((resumed) =>
            String([version, resumed]),
          ),
        );
        await peer.logged(/3 cache hits/);
        await server.close();
      });

  const selfserv = async (...more: string[]) => {
    const { database } = await databaseOf(ca, identity);
    return startServer(
      (port) =>
        new PeerProcess(
          "selfserv",
          [
            ...["-p", String(port), "-d", database, "-n", NICKNAME, "-v"],
            ...["-V", "tls1.3:tls1.3", ...more],
          ],
          "log",
        ),
    );
  };

  it("its server resumes in TLSv1.3, and accepts our early data", async () => {
    const { port } = await selfserv("-u", "-Z");
    // RFC 9846 8.2: what came before it started it cannot know. It takes no early
    // data for the ten seconds in which such could be sent again.
    await sleep(11_000);
    const first = await clientTalk(port, testClientConfig(), "localhost", {
      say: GET,
    });
    const [session] = first.sessions;
    if (session === undefined) throw new Error("no session came");
    const { engine, received } = await clientTalk(
      port,
      testClientConfig({ session, earlyData: true }),
      "localhost",
      { early: asciiBytes(GET), say: "" },
    );
    expect(engine.info).toMatchObject({ resumed: true, earlyData: "accepted" });
    expect(latin1(received)).toContain("200 OK");
  });

  const psk = { identity: asciiBytes("device"), key: KEY };

  /** selfserv presents a certificate nevertheless, to its own tstclnt too. */
  it("its client knows our PSK", async () => {
    const { database } = await databaseOf(ca, undefined);
    const { port, done } = await serverTalk(
      testServerConfig({ credentials: [], psk: () => psk }),
    );
    const peer = new PeerProcess("tstclnt", [
      ...["-4", "-h", "127.0.0.1", "-p", String(port), "-a", "localhost"],
      ...["-d", database, "-V", "tls1.3:tls1.3"],
      ...["-z", `0x${toHex(KEY)}:device`],
    ]);
    peer.write("hello\n");
    await peer.prints("hello");
    peer.terminate();
    const { engine } = await done;
    expect(engine.info?.pskIdentity).toEqual(psk.identity);
  });
});
