import { describe, expect, it } from "vitest";
import { connect, serve } from "../../../src/net/node.ts";
import { useCertificates } from "../support/certificates.ts";
import { opensslClient } from "../support/programs/openssl.ts";
import { KIB, MIB } from "../support/scenarios/payload.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { puretlsServer } from "../support/puretls/puretls.ts";
import { interopSuite } from "../support/scenarios/scenarios.ts";

interopSuite("openssl");
interopSuite("openssl", { version: "TLSv1.2" });

describePeers(["openssl"], (peer) => {
  const certificates = useCertificates();

  it("puretls answers the KeyUpdate that the client asks for", async () => {
    const { server, ca } = certificates();
    const listener = await puretlsServer({ identity: server["ECDSA P-256"] });
    const sent = peer.payload(MIB);
    const run = await opensslClient(
      { port: listener.port, ca, updateKeys: true },
      sent,
    );
    const connection = await listener.stop();
    expect(connection.error).toBeUndefined();
    expect(connection.readKeyUpdates).toBe(1);
    expect(Buffer.compare(run.received, sent)).toBe(0);
    expect(run.exitCode).toBe(0);
  });

  describe("in one call", () => {
    it("connect() reaches a server that requires a certificate", async () => {
      const { server, client, ca } = certificates();
      const listener = await peer.server?.({
        ...{ identity: server.RSA, clientAuth: "required", ca },
        alpn: ["h2"],
      });
      const { cert: certFile, key: keyFile } = client["ECDSA P-256"];
      const socket = await connect({
        ...{ host: "127.0.0.1", port: listener?.port ?? 0, caFile: ca },
        ...{ certFile, keyFile, alpnProtocols: ["h2"], timeout: 10_000 },
      });
      const sent = peer.payload(KIB);
      await socket.sendAll(sent);
      const received = new Uint8Array(sent.length);
      for (let at = 0; at < sent.length;)
        at += await socket.recvInto(received.subarray(at));
      expect(Buffer.compare(received, sent)).toBe(0);
      expect(socket.selectedAlpnProtocol()).toBe("h2");
      await socket.close();
      expect(await listener?.stop()).not.toMatch(/unexpected eof|ERROR/);
    });

    it("serve() accepts clients side by side", async () => {
      const { server, ca } = certificates();
      const { cert: certFile, key: keyFile } = server["ECDSA P-384"];
      const listener = await serve({ certFile, keyFile });
      const serving = (async () => {
        for await (const socket of listener)
          void (async () => {
            for await (const bytes of socket) await socket.sendAll(bytes);
            await socket.close();
          })();
      })();
      const { port } = listener;
      const sent = peer.payload(64 * KIB);
      const runs = await Promise.all(
        [1, 2, 3].map(() => peer.client({ port, ca }, sent)),
      );
      await listener.close();
      await serving;
      for (const { exitCode, received } of runs) {
        expect(exitCode).toBe(0);
        expect(Buffer.compare(received, sent)).toBe(0);
      }
    });
  });
});
