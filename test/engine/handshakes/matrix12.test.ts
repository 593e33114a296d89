/**
 * TLS 1.2: every suite × client certificate × extended main secret ×
 * encrypt-then-MAC × way to resume, in full and resumed, with the bytes whole,
 * one at a time and in random cuts. With the same random source the outcome
 * must be the same to the byte, also on the other provider. The short run has two
 * of these for each suite, others for the next.
 */
import { describe, expect, it } from "vitest";
import { toHex, utf8Bytes } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import { node } from "../../../src/crypto/node.ts";
import type { CryptoProvider } from "../../../src/crypto/provider.ts";
import {
  CIPHER_SUITES,
  type CipherSuite,
  type CipherSuiteName,
} from "../../../src/engine/index.ts";
import {
  DELIVERIES,
  type Delivery,
  events,
  type Pair,
  received,
  shuttle,
} from "../../support/engines.ts";
import { THOROUGH } from "../../support/thorough.ts";
import {
  type Case12,
  connect12,
  SERVER_SUITES_12,
  serverMemory,
  sessionOf,
  sidesOf,
} from "../../support/tls12.ts";

function rowOf(suite: CipherSuiteName): CipherSuite {
  return CIPHER_SUITES[suite];
}

/** Expects both sides of a finished connection to agree. */
function expectAgreed(
  { client, server }: Pair,
  { suite, extendedMainSecret }: Case12,
): void {
  expect(client.error ?? server.error).toBeUndefined();
  for (const { info } of [client, server]) {
    expect(info?.version).toBe("TLSv1.2");
    expect(info?.cipherSuite.name).toBe(suite);
    expect(info?.alpnProtocol).toBe("http/1.1");
    expect(info?.extendedMainSecret).toBe(extendedMainSecret);
    expect(info?.tlsUnique !== undefined).toBe(extendedMainSecret);
  }
  // RFC 7627 5.4.
  if (!extendedMainSecret) return;
  for (const context of [undefined, new Uint8Array(0), utf8Bytes("context")])
    expect(client.exportKeyingMaterial("EXPERIMENTAL", 40, context)).toEqual(
      server.exportKeyingMaterial("EXPERIMENTAL", 40, context),
    );
}

function talk(pair: Pair, delivery: Delivery): void {
  const { client, server } = pair;
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
}

function outcome(
  one: Case12,
  delivery: Delivery,
  provider: CryptoProvider,
): string {
  const sides = sidesOf(one);
  const memory = serverMemory(one.resumption);
  const server = { ...sides.server, ...memory };
  const full = connect12({ ...sides, server }, delivery, "", provider);
  expectAgreed(full, one);
  const isCertified = one.clientAuth && !one.suite.includes("PSK");
  expect(full.server.info?.peer !== undefined).toBe(isCertified);
  const session = sessionOf(full);
  if (session?.version !== "TLSv1.2") throw new Error("no session came");
  expect(session.extendedMainSecret).toBe(one.extendedMainSecret);
  talk(full, delivery);
  const client = { ...sides.client, session };
  const resumed = connect12({ client, server }, delivery, " again", provider);
  expectAgreed(resumed, one);
  // RFC 7627 5.3: a session without it is not offered again.
  expect(resumed.server.info?.resumed).toBe(one.extendedMainSecret);
  // No Certificate and no key exchange: the server said much less.
  if (one.extendedMainSecret)
    expect(resumed.server.info?.group).toBeUndefined();
  expect(resumed.client.info?.peer !== undefined).toBe(
    full.client.info?.peer !== undefined,
  );
  expect(resumed.server.info?.peer !== undefined).toBe(isCertified);
  events(resumed.client);
  talk(resumed, delivery);
  return [full, resumed]
    .flatMap(({ sent }) => [toHex(sent.client), toHex(sent.server)])
    .join();
}

/** For the bytes as a whole: noble for one in three, others for each suite. */
function providerOf(turn: number): CryptoProvider {
  return (turn >> 2) % 3 === 0 ? noble : node;
}

for (const [index, suite] of SERVER_SUITES_12.entries())
  describe(suite, () => {
    let turn = index;
    const row = rowOf(suite);
    const isCbc = row.version === "TLSv1.2" && row.protection.kind === "cbc";
    const bools = [true, false] as const;
    for (const clientAuth of suite.includes("PSK") ? [false] : bools)
      for (const extendedMainSecret of bools)
        for (const encryptThenMac of isCbc ? bools : [true])
          for (const resumption of ["ticket", "session id"] as const) {
            if (turn++ % 4 !== 0 && !THOROUGH) continue;
            const one: Case12 = {
              suite,
              clientAuth,
              extendedMainSecret,
              encryptThenMac,
              resumption,
            };
            const title = [
              resumption,
              clientAuth ? "client certificate" : "",
              extendedMainSecret ? "" : "no extended main secret",
              encryptThenMac ? "" : "MAC then encrypt",
            ];
            const first = providerOf(turn);
            it(title.filter(Boolean).join(" · "), () => {
              const outcomes = DELIVERIES.map((delivery, i) =>
                outcome(one, delivery, i === 0 ? first : node),
              );
              expect(new Set(outcomes).size).toBe(1);
            });
          }
  });
