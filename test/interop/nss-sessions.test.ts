/**
 * NSS as a client that goes on: its `strsclnt` connects again and again, where
 * `tstclnt` forgets with its run what it could go on from.
 */
import { expect, it } from "vitest";
import { asciiBytes } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { TicketKeys } from "../../src/engine/index.ts";
import { SSLContext } from "../../src/index.ts";
import { nodePlatform, serve } from "../../src/net/node.ts";
import { testAuthority, testServer } from "../support/pki.ts";
import { useFiles } from "./support/engines.ts";
import { databaseOf } from "./support/nss.ts";
import { describePeers } from "./support/peers.ts";
import { PeerProcess } from "./support/process.ts";

const file = useFiles();
const ca = file("ca.pem", testAuthority().pem);
const { certificatePem: cert, keyPem: key } = testServer();

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
        expect(peer.log()).toMatch(/3 cache hits/);
        await server.close();
      });
});
