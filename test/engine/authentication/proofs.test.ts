/** Proofs of another peer, name, purpose or config, whoever returns them. */
import { RAISE_NEED } from "../../../src/promises.ts";
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  createCredential,
  createServerConfig,
  type ServerOptions,
  TlsEngine,
} from "../../../src/engine/index.ts";
import { TlsUsageError } from "../../../src/errors.ts";
import {
  type CertificateVerifier,
  type VerifiedChain,
} from "../../../src/x509/index.ts";
import {
  newPair,
  type Pair,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
  testVerifier,
} from "../../support/engines.ts";
import { testAuthority } from "../../support/pki.ts";

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;

describe.each(VERSIONS)("in %s", (version) => {
  const connect = (
    client: Partial<ClientOptions>,
    server: Partial<ServerOptions> = {},
    name = "localhost",
  ): Pair =>
    shuttle(
      newPair(
        testClientConfig({ versions: [version], ...client }),
        testServerConfig({ versions: [version], ...server }),
        name,
      ),
    );

  it("a verifier that keeps the proof of another peer is not believed", () => {
    let kept: VerifiedChain | undefined;
    const verifier: CertificateVerifier = {
      verify: (peer, at) => (kept ??= testVerifier().verify(peer, at)),
    };
    expect(connect({ verifier }).client.info).toBeDefined();
    const other = connect(
      { verifier },
      { credentials: [testCredential("ed25519")] },
    );
    expect(other.client.error).toMatchObject({
      reason: "callback_failed",
      alert: "internal_error",
      message: expect.stringMatching(/other certificates/),
    });
  });

  it("nor one that keeps the proof for another name", () => {
    let kept: VerifiedChain | undefined;
    const verifier: CertificateVerifier = {
      verify: (peer, at) => (kept ??= testVerifier().verify(peer, at)),
    };
    expect(connect({ verifier }).client.info).toBeDefined();
    const other = connect({ verifier }, {}, "server.test");
    expect(other.client.error?.message).toMatch(/another name/);
  });

  it("nor one that keeps the proof of a server's other tenant", () => {
    const credentials = [testCredential("ec-p256", "client")];
    let kept: VerifiedChain | undefined;
    const keeping = (): CertificateVerifier => ({
      verify: (peer, at) => (kept ??= testVerifier().verify(peer, at)),
    });
    const required = { clientAuthentication: "required" } as const;
    const first = connect(
      { credentials },
      { ...required, verifier: keeping() },
    );
    expect(first.server.info?.peer).toBeDefined();
    const second = connect(
      { credentials },
      { ...required, verifier: keeping() },
    );
    expect(second.server.error?.message).toMatch(/another config's rules/);
  });

  it("an answer from outside is the proof of this need", () => {
    const pair = connect({ verifier: RAISE_NEED });
    const { need } = pair.client;
    if (need?.type !== "verify") throw new Error("no need");
    for (const at of [
      { ...need.context, serverName: "server.test" },
      { ...need.context, trust: {} },
    ]) {
      const chain = testVerifier().verify(need.peer, at);
      expect(() => {
        pair.client.resume({ type: "verified", chain });
      }).toThrow(TlsUsageError);
    }
    expect(pair.client.need).toBe(need);
  });

  it("a certificate with must-staple is rejected without the response requested", () => {
    const { chain, key } = testAuthority().issueServer({
      hosts: ["localhost"],
      mustStaple: true,
    });
    const promising = createCredential({
      provider: noble,
      chain,
      key: { algorithm: "ecPublicKey", key: key.privateKey },
    });
    const asks = connect({ ocspStapling: true }, { credentials: [promising] });
    expect(asks.client.error?.alert).toBe("bad_certificate_status_response");
    // A client that does not ask is not owed one.
    const silent = connect({}, { credentials: [promising] });
    expect(silent.client.info).toBeDefined();
  });
});

it("a copy of a config is no config", () => {
  const copy: never = { ...testServerConfig() } as never;
  expect(() => TlsEngine.server(copy)).toThrow(/a copy of one is none/);
  expect(() => TlsEngine.client(testServerConfig() as never)).toThrow(
    TlsUsageError,
  );
  const engine = TlsEngine.server(
    createServerConfig({ provider: noble, credentials: RAISE_NEED }),
  );
  engine.receive(
    TlsEngine.client(testClientConfig(), "localhost").takeOutput(),
  );
  expect(() => {
    engine.resume({
      type: "certificate_chosen",
      credentials: [testCredential()],
      config: copy,
    });
  }).toThrow(TlsUsageError);
});
