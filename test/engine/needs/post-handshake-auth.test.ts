/** A client certificate after the handshake, RFC 9846 4.7.2. */
import { RAISE_NEED } from "../../../src/promises.ts";
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  type ServerOptions,
  SIGNATURE_SCHEMES,
  TlsUsageError,
} from "../../../src/engine/index.ts";
import {
  DELIVERIES,
  events,
  newPair,
  type Pair,
  received,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../../support/engines.ts";
import { testClient } from "../../support/pki.ts";

const credentials = [testCredential("ec-p256", "client")];
const DATA = Uint8Array.of(1, 2, 3);

function connected(
  client: Partial<ClientOptions> = {},
  server: Partial<ServerOptions> = {},
): Pair {
  return shuttle(
    newPair(
      testClientConfig({
        postHandshakeAuth: true,
        credentials,
        ...client,
      }),
      testServerConfig({
        clientAuthentication: "optional",
        postHandshakeAuth: true,
        ...server,
      }),
    ),
  );
}

function peerOf({ server }: Pair): unknown {
  return server.info?.peer?.leaf.der;
}

describe("a client presents its certificate after the handshake", () => {
  for (const delivery of DELIVERIES)
    // [9846-4.7.2-02] [9846-4.7.2-03]
    it(`when it is asked, twice, in cuts "${delivery}"`, () => {
      const pair = connected();
      expect(peerOf(pair)).toBeUndefined();
      events(pair.server);
      for (let i = 0; i < 2; i++) {
        pair.server.requestCertificate();
        pair.client.write(DATA);
        pair.server.write(DATA);
        shuttle(pair, delivery);
        expect(pair.client.error ?? pair.server.error).toBeUndefined();
        expect(peerOf(pair)).toEqual(credentials[0]?.chain[0]);
        const told = events(pair.server);
        expect(told.map(({ type }) => type)).toEqual([
          "data",
          "peer_authenticated",
        ]);
        expect(received(pair.client)).toEqual(DATA);
      }
    });

  it("under the keys of that time", () => {
    const pair = connected();
    pair.client.updateKeys(true);
    shuttle(pair);
    pair.server.requestCertificate();
    pair.server.updateKeys(true);
    shuttle(pair);
    expect(pair.client.error ?? pair.server.error).toBeUndefined();
    expect(peerOf(pair)).toBeDefined();
  });

  // [9846-4.7.2-04]
  it("or sends an empty Certificate", () => {
    const pair = connected({ credentials: [] });
    pair.server.requestCertificate();
    shuttle(pair);
    expect(pair.server.error).toBeUndefined();
    const told = events(pair.server).find(
      ({ type }) => type === "peer_authenticated",
    );
    expect(told).toMatchObject({ info: { peer: undefined } });
  });

  it("in the handshake of TLS 1.2, which has no later request", () => {
    const versions = ["TLSv1.2"] as const;
    expect(peerOf(connected({ versions }))).toEqual(credentials[0]?.chain[0]);
    const nobody = { versions, credentials: [] };
    expect(connected(nobody).server.error).toBeUndefined();
    const refused = connected(nobody, { clientAuthentication: "required" });
    expect(refused.server.error?.reason).toBe("client_sent_no_certificate");
  });

  it("or is refused where the server requires one", () => {
    const pair = connected(
      { credentials: [] },
      { clientAuthentication: "required" },
    );
    expect(pair.server.info).toBeDefined();
    pair.server.requestCertificate();
    shuttle(pair);
    expect(pair.server.error).toMatchObject({
      reason: "peer_did_not_return_a_certificate",
      alert: "certificate_required",
    });
    expect(pair.client.error?.alert).toBe("certificate_required");
  });

  // [9846-4.4.2-09b] [9846-F.1-01b]
  it("but not on a connection by an external PSK", () => {
    const psk = () => ({ identity: Uint8Array.of(1), key: new Uint8Array(32) });
    const pair = connected({ psk }, { psk });
    expect(pair.server.info?.pskIdentity).toBeDefined();
    expect(() => {
      pair.server.requestCertificate();
    }).toThrow(/external PSK/);
  });

  // [9846-4.7.2-05] [9846-4.7.2-07]
  it("by needs that are answered late, while data goes on", () => {
    const elsewhere = { ...credentials[0], key: RAISE_NEED } as const;
    const pair = connected(
      { credentials: RAISE_NEED },
      { verifier: RAISE_NEED },
    );
    pair.server.requestCertificate();
    shuttle(pair);
    expect(pair.client.state).toBe("WAIT_POST_HANDSHAKE_CHOICE");
    pair.client.write(DATA);
    pair.client.updateKeys(false);
    shuttle(pair);
    expect(received(pair.server)).toEqual(DATA);
    const [chosen] = credentials;
    if (!chosen) throw new Error("no credential");
    pair.client.resume({
      type: "certificate_chosen",
      credentials: [{ ...chosen, key: elsewhere.key }],
    });
    const { need } = pair.client;
    if (need?.type !== "sign") throw new Error("no need to sign");
    pair.client.write(DATA);
    pair.client.updateKeys(false);
    const sign = noble.signers[SIGNATURE_SCHEMES[need.scheme].signature];
    const signature = sign?.(testClient().key, need.content, noble.random);
    if (!signature) throw new Error("no signature");
    pair.client.resume({ type: "signed", signature });
    shuttle(pair);
    expect(pair.server.state).toBe("WAIT_POST_HANDSHAKE_VERIFIER");
    pair.server.write(DATA);
    pair.server.resume({ type: "refused", error: new Error("no") });
    shuttle(pair);
    expect(pair.client.error?.alert).toBe("internal_error");
  });
});

describe("a server sends a CertificateRequest only where it may", () => {
  // [9846-4.3.6-01]
  it("throws before a byte goes out", () => {
    const pair = connected({ postHandshakeAuth: false });
    expect(() => {
      pair.server.requestCertificate();
    }).toThrow(TlsUsageError);
    expect(() => {
      pair.client.requestCertificate();
    }).toThrow(TlsUsageError);
    const early = newPair();
    expect(() => {
      early.server.requestCertificate();
    }).toThrow(TlsUsageError);
    const twice = connected();
    twice.server.requestCertificate();
    expect(() => {
      twice.server.requestCertificate();
    }).toThrow(TlsUsageError);
    const old = connected({ versions: ["TLSv1.2"] });
    expect(() => {
      old.server.requestCertificate();
    }).toThrow(TlsUsageError);
  });

  it("ends a connection whose client's answer is rejected", () => {
    let calls = 0;
    const verifier = {
      verify: () => {
        calls++;
        throw new Error("not you");
      },
    };
    const pair = connected({}, { verifier });
    pair.server.requestCertificate();
    shuttle(pair);
    expect(calls).toBe(1);
    expect(pair.server.error?.reason).toBe("callback_failed");
  });
});
