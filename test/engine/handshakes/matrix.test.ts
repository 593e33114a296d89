/**
 * Every suite × group × signature × HelloRetryRequest × client authentication,
 * with the bytes whole, one at a time and in random cuts. With the same random
 * source the outcome must be the same to the byte. The short run has each group
 * with each signature, and the other three in turn.
 */
import { describe, expect, it } from "vitest";
import { toHex, utf8Bytes } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import { node } from "../../../src/crypto/node.ts";
import type {
  CryptoProvider,
  GroupName,
} from "../../../src/crypto/provider.ts";
import {
  CIPHER_SUITES,
  type CipherSuiteName,
  GROUPS,
  SIGNATURE_SCHEMES,
  type SignatureScheme,
  type SignatureSchemeName,
} from "../../../src/engine/index.ts";
import { DEFAULT_GROUPS } from "../../../src/handshake/registries/groups.ts";
import {
  DEFAULT_SIGNATURE_SCHEMES,
  isForBothSides,
} from "../../../src/handshake/registries/signature-schemes.ts";
import {
  DELIVERIES,
  type Delivery,
  events,
  newPair,
  type Pair,
  received,
  seededProvider,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../../support/engines.ts";
import type { KeyKind } from "../../support/pki.ts";
import { THOROUGH } from "../../support/thorough.ts";

interface Combination {
  readonly suite: CipherSuiteName;
  readonly group: GroupName;
  readonly scheme: SignatureSchemeName;
  readonly retry: boolean;
  readonly clientAuth: boolean;
}

const suites = (Object.keys(CIPHER_SUITES) as CipherSuiteName[]).filter(
  (name) => CIPHER_SUITES[name].version === "TLSv1.3",
);
/** Those that are off by default are tried once each, below. */
const rareGroups = (Object.keys(GROUPS) as GroupName[]).filter(
  (name) => !DEFAULT_GROUPS.includes(name),
);
const allSchemes = (
  Object.keys(SIGNATURE_SCHEMES) as SignatureSchemeName[]
).filter((name) => {
  const versions: readonly string[] = SIGNATURE_SCHEMES[name].handshake;
  return versions.includes("TLSv1.3") && isForBothSides(name);
});
const isDefault = (name: SignatureSchemeName): boolean =>
  DEFAULT_SIGNATURE_SCHEMES.includes(name);
const schemes = allSchemes.filter(isDefault);
const rareSchemes = allSchemes.filter((name) => !isDefault(name));

function keyKindOf(name: SignatureSchemeName): KeyKind {
  const row: SignatureScheme = SIGNATURE_SCHEMES[name];
  if (row.curve === "secp256r1") return "ec-p256";
  if (row.curve === "secp384r1") return "ec-p384";
  if (row.curve === "secp521r1") return "ec-p521";
  if (row.key === "rsaEncryption") return "rsa";
  if (row.key === "id-RSASSA-PSS") return "rsa-pss";
  if (row.key === "ecPublicKey") throw new Error(`${name} has no curve`);
  return row.key;
}

function connect(
  combination: Combination,
  delivery: Delivery,
  base: CryptoProvider,
): Pair {
  const { suite, group, scheme, retry, clientAuth } = combination;
  const kind = keyKindOf(scheme);
  const other = group === "x25519" ? "secp256r1" : "x25519";
  const common = { cipherSuites: [suite], signatureSchemes: [scheme] };
  const client = testClientConfig({
    ...common,
    provider: seededProvider("client", base),
    groups: retry ? [other, group] : [group],
    keyShares: [retry ? other : group],
    credentials: clientAuth ? [testCredential(kind, "client")] : [],
    alpnProtocols: ["h2", "http/1.1"],
  });
  const server = testServerConfig({
    ...common,
    provider: seededProvider("server", base),
    groups: [group],
    credentials: [testCredential(kind)],
    clientAuthentication: clientAuth ? "required" : "none",
    helloRetryCookie: true,
    alpnProtocols: ["http/1.1"],
  });
  return shuttle(newPair(client, server), delivery);
}

function outcome(
  combination: Combination,
  delivery: Delivery,
  base: CryptoProvider,
): string {
  const pair = connect(combination, delivery, base);
  const { client, server } = pair;
  expect(client.error ?? server.error).toBeUndefined();
  for (const { info } of [client, server]) {
    expect(info?.cipherSuite.name).toBe(combination.suite);
    expect(info?.group).toBe(combination.group);
    expect(info?.helloRetried).toBe(combination.retry);
    expect(info?.alpnProtocol).toBe("http/1.1");
  }
  expect(client.exportKeyingMaterial("EXPERIMENTAL", 40)).toEqual(
    server.exportKeyingMaterial("EXPERIMENTAL", 40),
  );
  expect(client.info?.peerSignatureScheme).toBe(combination.scheme);
  expect(server.info?.peerSignatureScheme).toBe(
    combination.clientAuth ? combination.scheme : undefined,
  );
  events(client);
  events(server);
  client.write(utf8Bytes("from the client"));
  server.write(utf8Bytes("from the server"));
  shuttle(pair, delivery);
  expect(received(server)).toEqual(utf8Bytes("from the client"));
  expect(received(client)).toEqual(utf8Bytes("from the server"));
  client.close();
  server.close();
  shuttle(pair, delivery);
  expect(events(client)).toEqual([{ type: "peer_closed" }]);
  expect(events(server)).toEqual([{ type: "peer_closed" }]);
  return toHex(pair.sent.client) + toHex(pair.sent.server);
}

/** The bytes as a whole are on noble for one in three, and on node:crypto else. */
function expectSame(combination: Combination, turn: number): void {
  const first = turn % 3 === 0 ? noble : node;
  const outcomes = DELIVERIES.map((delivery, i) =>
    outcome(combination, delivery, i === 0 ? first : node),
  );
  expect(new Set(outcomes).size).toBe(1);
}

let turn = 0;

/** One of the twelve for each group and scheme, another for the next. */
function isSampled(one: Combination): boolean {
  const group = DEFAULT_GROUPS.indexOf(one.group);
  const scheme = schemes.indexOf(one.scheme);
  const turn = group + scheme;
  return (
    suites.indexOf(one.suite) === turn % suites.length &&
    one.retry === (turn % 2 === 0) &&
    one.clientAuth === ((scheme + (group >> 1)) % 2 === 0)
  );
}

for (const suite of suites)
  describe(suite, () => {
    for (const group of DEFAULT_GROUPS)
      for (const scheme of schemes)
        for (const retry of [false, true])
          for (const clientAuth of [false, true]) {
            const combination = { suite, group, scheme, retry, clientAuth };
            if (!THOROUGH && !isSampled(combination)) continue;
            const own = turn++;
            const extras = [
              retry ? "HelloRetryRequest" : "",
              clientAuth ? "client certificate" : "",
            ].filter(Boolean);
            const title = [group, scheme, ...extras].join(" · ");
            it(title, () => {
              expectSame(combination, own);
            });
          }
  });

describe("schemes that are off by default", () => {
  for (const scheme of rareSchemes)
    it(scheme, () => {
      const combination: Combination = {
        suite: "TLS_AES_128_GCM_SHA256",
        group: "x25519",
        scheme,
        retry: false,
        clientAuth: true,
      };
      expectSame(combination, 0);
    });
});

describe("groups that are off by default", () => {
  for (const group of rareGroups)
    for (const retry of [false, true])
      it(`${group}${retry ? " · HelloRetryRequest" : ""}`, () => {
        const combination: Combination = {
          suite: "TLS_AES_128_GCM_SHA256",
          group,
          scheme: "ecdsa_secp256r1_sha256",
          retry,
          clientAuth: false,
        };
        expectSame(combination, 0);
      });
});
