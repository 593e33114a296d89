/** Configs of `puretls/engine/tls13` against those of both versions. */
import { describe, expect, it } from "vitest";
import {
  type ClientConfig,
  type ServerConfig,
  TlsEngine,
} from "../../src/engine/index.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { clientConfig, serverConfig } from "../../src/engine/tls13.ts";
import {
  testClientConfig,
  testCredential,
  testServerConfig,
  testVerifier,
} from "../support/engines.ts";

/** What became of a client and a server: a version, or why each failed. */
function outcome(
  client: ClientConfig,
  server: ServerConfig,
): readonly (string | undefined)[] {
  const a = TlsEngine.client(client, "localhost");
  const b = TlsEngine.server(server);
  while (a.hasOutput || b.hasOutput) {
    b.receive(a.takeOutput());
    a.receive(b.takeOutput());
  }
  return [a, b].map((one) => one.error?.reason ?? one.info?.version);
}

const provider = noble;
const verifier = testVerifier();
const client = clientConfig({ provider, verifier });
const server = serverConfig({
  provider,
  credentials: [testCredential()],
});

describe("configs of TLS 1.3 alone", () => {
  it("speak with each other and with those of both versions", () => {
    const both = [testClientConfig(), testServerConfig()] as const;
    const pairs = [
      [client, server],
      [client, both[1]],
      [both[0], server],
    ] as const;
    for (const [a, b] of pairs)
      expect(outcome(a, b)).toEqual(["TLSv1.3", "TLSv1.3"]);
  });

  it("refuse a peer of TLS 1.2, as a config that could speak it does", () => {
    const old = { versions: ["TLSv1.2"] } as const;
    expect(outcome(client, testServerConfig(old))).toEqual([
      "peer_alert",
      "unsupported_protocol",
    ]);
    expect(outcome(testClientConfig(old), server)).toEqual([
      "peer_alert",
      "unsupported_protocol",
    ]);
  });

  it("know no other version and no suite of it", () => {
    const wanted = { provider, verifier };
    expect(() => clientConfig({ ...wanted, versions: ["TLSv1.2"] })).toThrow(
      "versions: what is TLSv1.2?",
    );
    expect(() =>
      clientConfig({
        ...wanted,
        cipherSuites: ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
      }),
    ).toThrow("cipherSuites: what is TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256?");
  });
});

describe("an answer to a need", () => {
  it("brings no config that speaks other versions", () => {
    const asking = testServerConfig({ credentials: "ask" });
    const engine = TlsEngine.server(asking);
    engine.receive(TlsEngine.client(client, "localhost").takeOutput());
    expect(() => {
      engine.resume({
        type: "certificate_chosen",
        credentials: server.credentials === "ask" ? [] : server.credentials,
        config: server,
      });
    }).toThrow("a config that speaks other versions");
    expect(engine.need?.type).toBe("certificate");
  });
});
