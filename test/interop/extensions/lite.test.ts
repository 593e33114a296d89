/** The small client of puretls/lite with servers of OpenSSL. */
import { connect as openSocket } from "node:net";
import { expect, it } from "vitest";
import { asciiBytes, latin1 } from "../../../src/bytes.ts";
import { connect } from "../../../src/lite/index.ts";
import { connect as connect13 } from "../../../src/lite/tls13.ts";
import { fromNodeSocket } from "../../../src/net/node.ts";
import {
  createCertificateAuthority,
  type KeyType,
} from "../../../src/pki/index.ts";
import { noble as provider } from "../../../src/crypto/noble/index.ts";
import { useFiles } from "../support/puretls/engines.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { PeerProcess, startServer } from "../support/process.ts";

const authority = createCertificateAuthority({ provider, name: "CA" });
const file = useFiles();

describePeers(["openssl"], () => {
  const server = (key: KeyType, ...options: readonly string[]) => {
    const made = authority.issueServer({ hosts: ["a.test"], key });
    const cert = file(`${key}.pem`, made.chainPem);
    const keyFile = file(`${key}-key.pem`, made.key.toPem());
    return startServer(
      (free) =>
        new PeerProcess("openssl", [
          ...["s_server", "-accept", `127.0.0.1:${String(free)}`, "-rev"],
          ...["-cert", cert, "-key", keyFile, ...options],
        ]),
    );
  };
  const open = (port: number) =>
    fromNodeSocket(openSocket({ host: "127.0.0.1", port }));

  it.each([
    ["TLSv1.3", "ec-p256", "-tls1_3"],
    ["TLSv1.3", "ec-p384", "-tls1_3"],
    ["TLSv1.3", "rsa-2048", "-tls1_3"],
    ["TLSv1.2", "ec-p256", "-tls1_2"],
    ["TLSv1.2", "rsa-2048", "-tls1_2"],
  ] as const)("%s with %s", async (version, key, option) => {
    const { port } = await server(key, option);
    const trust = { serverHostname: "a.test", ca: authority.pem };
    for (const make of version === "TLSv1.3"
      ? [connect, connect13]
      : [connect]) {
      const socket = await make(open(port), trust);
      expect(socket.info.version).toBe(version);
      await socket.sendAll(asciiBytes("hello\n"));
      expect(latin1(await socket.recv())).toBe("olleh\n");
      await socket.close();
    }
    await expect(
      connect(open(port), { ...trust, serverHostname: "b.test" }),
    ).rejects.toMatchObject({ cause: { code: "hostname_mismatch" } });
    const stranger = createCertificateAuthority({ provider, name: "Other" });
    await expect(
      connect(open(port), { ...trust, ca: stranger.pem }),
    ).rejects.toMatchObject({ cause: { code: "unknown_issuer" } });
  });

  it("by a HelloRetryRequest to P-256", async () => {
    const { port } = await server("ec-p256", "-groups", "P-256");
    const socket = await connect(open(port), {
      serverHostname: "a.test",
      ca: authority.pem,
    });
    expect(socket.info.group).toBe("secp256r1");
    await socket.close();
  });
});
