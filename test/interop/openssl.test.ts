import { expect, it } from "vitest";
import { useCertificates } from "./support/certificates.ts";
import { opensslClient } from "./support/openssl.ts";
import { MIB } from "./support/payload.ts";
import { describePeers } from "./support/peers.ts";
import { puretlsServer } from "./support/puretls.ts";
import { interopSuite } from "./support/scenarios.ts";

interopSuite("openssl");

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
});
