/** A client's cache against servers that say whether they resumed. */
import { once } from "node:events";
import { createServer } from "node:tls";
import { afterAll, expect, it } from "vitest";
import { asciiBytes } from "../../../src/bytes.ts";
import {
  ClientSessionCache,
  SSLContext,
  type SSLSession,
} from "../../../src/index.ts";
import { connect } from "../../../src/net/node.ts";
import { testAuthority, testServer } from "../../support/pki.ts";
import { useFiles } from "../support/puretls/engines.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { PeerProcess, startServer } from "../support/process.ts";

const file = useFiles();
const { certificatePem, keyPem } = testServer();
const cert = file("cert.pem", certificatePem);
const key = file("key.pem", keyPem);

const clientContext = (): SSLContext =>
  new SSLContext({ verifyLocations: { ca: testAuthority().pem } });

/**
 * Sends hello and reads until it comes back; returns whether it was resumed.
 */
async function talk(
  context: SSLContext,
  session: SSLSession | null,
  port: number,
): Promise<boolean> {
  const socket = await connect({
    context,
    host: "127.0.0.1",
    port,
    serverHostname: "localhost",
    session,
  });
  await socket.sendAll(asciiBytes("hello\n"));
  for (let length = 0; length < 6;) length += (await socket.recv()).length;
  await socket.close();
  return socket.sessionReused;
}

describePeers(["openssl"], () => {
  async function serverOf(...more: readonly string[]): Promise<number> {
    const { port } = await startServer((free) => {
      const peer = new PeerProcess("openssl", [
        ...["s_server", "-accept", `127.0.0.1:${String(free)}`, "-quiet"],
        ...["-cert", cert, "-key", key, ...more],
      ]);
      peer.echo();
      return peer;
    });
    return port;
  }

  it.each([
    ["TLS 1.3", ["-tls1_3"]],
    ["TLS 1.3, one ticket a connection", ["-tls1_3", "-num_tickets", "1"]],
    ["TLS 1.2, tickets", ["-tls1_2"]],
    ["TLS 1.2, session ids", ["-tls1_2", "-no_ticket"]],
  ])("is resumed by s_server from the second on: %s", async (_what, more) => {
    const port = await serverOf(...more);
    const context = clientContext();
    const cache = new ClientSessionCache(context);
    const resumed: boolean[] = [];
    for (let i = 0; i < 5; i++)
      resumed.push(await talk(context, cache.take("localhost"), port));
    expect(resumed).toEqual([false, true, true, true, true]);
  });

  it("never offers a ticket twice to s_server, which would refuse it", async () => {
    // With early data allowed it removes a session that it resumed.
    const port = await serverOf("-tls1_3", "-early_data", "-num_tickets", "3");
    const context = clientContext();
    const cache = new ClientSessionCache(context);
    await talk(context, null, port);
    const [one, two, three] = [1, 2, 3].map(() => cache.take("localhost"));
    const offers = [one, two, three, one];
    const resumed: boolean[] = [];
    for (const session of offers)
      resumed.push(await talk(context, session ?? null, port));
    expect(resumed).toEqual([true, true, true, false]);
  });
});

describePeers(["node"], () => {
  const accepted: boolean[] = [];
  let asked: (() => void) | undefined;
  const server = createServer(
    { cert: certificatePem, key: keyPem },
    (socket) => {
      accepted.push(socket.isSessionReused());
      socket.on("error", () => undefined);
      socket.once("data", (data: Uint8Array) => {
        const answer = (): void => {
          socket.end(data);
        };
        if (asked === undefined) answer();
        else void once(server, "all here").then(answer);
        asked?.();
      });
    },
  );
  afterAll(() => {
    server.close();
  });

  it("several tickets of a name serve connections that are open together", async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string")
      throw new Error("no port");
    const context = clientContext();
    const cache = new ClientSessionCache(context);
    expect(await talk(context, cache.take("localhost"), address.port)).toBe(
      false,
    );
    expect(cache.size).toBe(2);
    let here = 0;
    asked = () => {
      if (++here === 3) server.emit("all here");
    };
    const together = [1, 2, 3].map(() =>
      talk(context, cache.take("localhost"), address.port),
    );
    // Two tickets came, so the third connection begins anew.
    expect(await Promise.all(together)).toEqual([true, true, false]);
    expect(accepted.filter(Boolean)).toHaveLength(2);
  });
});
