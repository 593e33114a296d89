/** Values that no two connections have in common, and some that they may. */
import { describe, expect, it } from "vitest";
import { toHex } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  GROUPS,
  TlsEngine,
} from "../../../src/engine/index.ts";
import { EVERY_EXTENSION } from "../../../src/handshake/features/every-feature.ts";
import { readClientHello } from "../../../src/handshake/messages/client-hello.ts";
import { readServerHello } from "../../../src/handshake/messages/server-hello.ts";
import { readCertificateRequest13 } from "../../../src/handshake/messages/certificate-request13.ts";
import {
  newPair,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../../support/engines.ts";

/** The first message of a flight. */
function messageIn(flight: Uint8Array) {
  const length = ((flight[3] ?? 0) << 8) | (flight[4] ?? 0);
  const raw = flight.subarray(5, 5 + length);
  return { type: raw[0] ?? 0, body: raw.subarray(4), raw };
}

const clientConfig = testClientConfig({ provider: noble, grease: false });
const serverConfig = testServerConfig({ provider: noble });
const firstFlight = (config = clientConfig) =>
  TlsEngine.client(config, "localhost").takeOutput();

function helloOf(config = clientConfig) {
  return readClientHello(messageIn(firstFlight(config)), EVERY_EXTENSION);
}

function answerTo(flight: Uint8Array, config = serverConfig) {
  const server = TlsEngine.server(config);
  server.receive(flight);
  expect(server.error).toBeUndefined();
  const hello = readServerHello(
    messageIn(server.takeOutput()),
    EVERY_EXTENSION,
  );
  if (hello.kind !== "server_hello") throw new Error(hello.kind);
  return hello;
}

function expectDistinct(values: readonly (Uint8Array | undefined)[]): void {
  const texts = values.map((one) => toHex(one ?? new Uint8Array(0)));
  expect(texts).not.toContain("");
  expect(new Set(texts).size).toBe(texts.length);
}

describe("two connections of one config", () => {
  // [9846-4.2.2-10] [9846-4.2.2-09]
  it("have hellos with randoms and session ids of their own", () => {
    const hellos = [helloOf(), helloOf(), helloOf()];
    expectDistinct(
      hellos.flatMap(({ random, legacySessionId }) => [
        random,
        legacySessionId,
      ]),
    );
  });

  // [9846-4.3.8-10]
  it("share no key share of a client", () => {
    const shares = [helloOf(), helloOf()].flatMap(
      ({ extensions }) => extensions.key_share ?? [],
    );
    expect(shares).toHaveLength(4);
    expectDistinct(shares.map(({ share }) => share));
  });

  // [9846-4.3.8-10]
  it("share no key share of a server, to the same hello", () => {
    const config = testClientConfig({ provider: noble, groups: ["x25519"] });
    const flight = firstFlight(config);
    const answers = [answerTo(flight), answerTo(flight)];
    expectDistinct(answers.map((one) => one.extensions.key_share?.share));
  });

  // [9846-4.3.8-10]
  it("share no key share after a HelloRetryRequest", () => {
    const retried = () => {
      const { client, server } = newPair(
        clientConfig,
        testServerConfig({ provider: noble, groups: ["secp384r1"] }),
      );
      server.receive(client.takeOutput());
      client.receive(server.takeOutput());
      // Behind the dummy.
      const flight = client.takeOutput().subarray(6);
      const { extensions } = readClientHello(
        messageIn(flight),
        EVERY_EXTENSION,
      );
      return extensions.key_share?.[0]?.share;
    };
    expectDistinct([retried(), retried()]);
  });

  // [9846-4.2.3-03]
  it("have a server's random that is neither the client's nor another's", () => {
    const flight = firstFlight();
    const { random } = readClientHello(messageIn(flight), EVERY_EXTENSION);
    const answers = [answerTo(flight), answerTo(flight)];
    expectDistinct([random, ...answers.map((one) => one.random)]);
  });
});

describe("shares of one hello", () => {
  // [9846-4.3.8-06]
  it("are made independently, a hybrid's curve too", () => {
    const groups = [
      "X25519MLKEM768",
      "x25519",
      "SecP256r1MLKEM768",
      "secp256r1",
    ] as const;
    const options: Partial<ClientOptions> = { groups, keyShares: groups };
    const config = testClientConfig({ provider: noble, ...options });
    const shares = helloOf(config).extensions.key_share ?? [];
    const of = (group: number): Uint8Array =>
      shares.find((one) => one.group === group)?.share ?? new Uint8Array(0);
    const hybrid = of(GROUPS.X25519MLKEM768);
    const nist = of(GROUPS.SecP256r1MLKEM768);
    expect(hybrid).toHaveLength(1184 + 32);
    expect(nist).toHaveLength(65 + 1184);
    expectDistinct([hybrid.subarray(1184), of(GROUPS.x25519)]);
    expectDistinct([nist.subarray(0, 65), of(GROUPS.secp256r1)]);
    expectDistinct([hybrid.subarray(0, 1184), nist.subarray(65)]);
  });
});

describe("a peer that uses its share again", () => {
  // [9846-4.3.8-11]
  it("is taken by a server", () => {
    const flight = firstFlight();
    for (let i = 0; i < 3; i++)
      expect(answerTo(flight).extensions.key_share).toBeDefined();
  });

  // [9846-4.3.8-11]
  it("is taken by a client", () => {
    // The same random bytes each time, and so the same share.
    const random = (length: number) => new Uint8Array(length).fill(7);
    const shares: Uint8Array[] = [];
    for (let i = 0; i < 3; i++) {
      const server = testServerConfig({
        provider: { ...noble, random },
        groups: ["x25519"],
      });
      const pair = newPair(
        testClientConfig({ provider: noble, groups: ["x25519"] }),
        server,
      );
      shuttle(pair);
      expect(pair.client.error ?? pair.server.error).toBeUndefined();
      const hello = readServerHello(
        messageIn(pair.sent.server),
        EVERY_EXTENSION,
      );
      if (hello.kind !== "server_hello") throw new Error(hello.kind);
      shares.push(hello.extensions.key_share?.share ?? new Uint8Array(0));
    }
    expect(new Set(shares.map(toHex)).size).toBe(1);
  });
});

describe("requests for a certificate after the handshake", () => {
  // [9846-4.4.2-03] [9846-4.4.2-05]
  it("have a context each, of 16 random bytes", () => {
    const contexts: Uint8Array[] = [];
    for (let connection = 0; connection < 2; connection++) {
      const pair = shuttle(
        newPair(
          testClientConfig({
            postHandshakeAuth: true,
            credentials: [testCredential("ec-p256", "client")],
          }),
          testServerConfig({
            provider: noble,
            clientAuthentication: "optional",
            postHandshakeAuth: true,
          }),
        ),
      );
      pair.server.messageCallback = ({ direction, messageType, bytes }) => {
        if (direction !== "write" || messageType !== 13) return;
        const raw = bytes.slice();
        contexts.push(
          readCertificateRequest13(
            { type: 13, body: raw.subarray(4), raw },
            EVERY_EXTENSION,
          ).context.slice(),
        );
      };
      for (let i = 0; i < 3; i++) {
        pair.server.requestCertificate();
        shuttle(pair);
      }
      expect(pair.server.error).toBeUndefined();
    }
    expect(contexts.map(({ length }) => length)).toEqual(
      Array.from({ length: 6 }, () => 16),
    );
    expectDistinct(contexts);
  });
});
