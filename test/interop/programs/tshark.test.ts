/** Our key log in other hands: tshark reads a connection by it. */
import { expect, it } from "vitest";
import { asciiBytes } from "../../../src/bytes.ts";
import type { ClientOptions } from "../../../src/engine/index.ts";
import { ja3, ja3Text } from "../../../src/trace/index.ts";
import {
  newPair,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";
import type { Pair } from "../../support/engines.ts";
import {
  findTshark,
  fingerprintsByTshark,
  readWithTshark,
} from "../support/programs/tshark.ts";
import type { Segment } from "../support/programs/tshark.ts";
import { describeProgram } from "../support/scenarios/peers.ts";
import { SUITES } from "../support/scenarios/suites.ts";

describeProgram("tshark", "tshark", findTshark(), () => {
  for (const suite of SUITES)
    it(`reads TLSv1.3 with ${suite} by the client's key log`, async () => {
      const keyLog: string[] = [];
      const pair = newPair(
        testClientConfig({
          cipherSuites: [suite],
          keyLog: (line) => keyLog.push(line),
        }),
      );
      const seen = converse(pair);
      const reading = await readWithTshark(seen, keyLog);
      expect(reading).toMatchObject({ client: ASKED, server: ANSWERED });
      expect(reading.messages).toEqual([
        ...["client_hello", "server_hello", "encrypted_extensions"],
        ...["certificate", "certificate_verify", "finished", "finished"],
      ]);
    });

  for (const suite of [
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8",
  ] as const)
    it(`reads TLSv1.2 with ${suite} by the client's key log`, async () => {
      const keyLog: string[] = [];
      const only = { versions: ["TLSv1.2"], cipherSuites: [suite] } as const;
      const pair = newPair(
        testClientConfig({ ...only, keyLog: (line) => keyLog.push(line) }),
        testServerConfig(only),
      );
      const reading = await readWithTshark(converse(pair), keyLog);
      expect(reading).toMatchObject({ client: ASKED, server: ANSWERED });
      expect(reading.messages).toEqual([
        ...["client_hello", "server_hello", "certificate"],
        ...["server_key_exchange", "server_hello_done"],
        ...["client_key_exchange", "finished", "finished"],
      ]);
    });

  it("reads TLSv1.3 by the server's key log, past a change of keys", async () => {
    const keyLog: string[] = [];
    const pair = newPair(
      undefined,
      testServerConfig({ keyLog: (line) => keyLog.push(line) }),
    );
    const seen = [
      ...converse(pair),
      ...say(pair, "client", () => {
        pair.client.updateKeys(true);
        pair.client.write(asciiBytes(", again"));
      }),
      ...say(pair, "server", () => {
        pair.server.write(asciiBytes(", again"));
      }),
    ];
    const reading = await readWithTshark(seen, keyLog);
    expect(reading).toMatchObject({
      client: `${ASKED}, again`,
      server: `${ANSWERED}, again`,
    });
    expect(reading.messages.slice(-2)).toEqual(["key_update", "key_update"]);
  });

  it("finds the JA3 that we find", async () => {
    const hellos = [
      {},
      { grease: false, alpnProtocols: ["h2", "http/1.1"] },
      { versions: ["TLSv1.2"], cipherSuites: SUITES_12 },
      { groups: ["secp384r1", "x25519"], postHandshakeAuth: true },
      { psk: () => ({ identity: asciiBytes("me"), key: new Uint8Array(32) }) },
    ] as const satisfies Partial<ClientOptions>[];
    const sent = hellos.map((options) =>
      newPair(testClientConfig(options)).client.takeOutput(),
    );
    const messages = sent.map((record) => record.subarray(5));
    const own = messages.map((hello) => ({
      ja3: ja3(hello),
      text: ja3Text(hello),
    }));
    expect(new Set(own.map((one) => one.ja3)).size).toBe(hellos.length);
    expect(await fingerprintsByTshark(sent)).toEqual(own);
  });

  it("reads nothing without", async () => {
    const reading = await readWithTshark(converse(newPair()), []);
    expect(reading).toEqual({
      ...{ client: "", server: "" },
      messages: ["client_hello", "server_hello"],
    });
  });
});

const SUITES_12 = [
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
] as const;
const ASKED = "what the client has to say";
const ANSWERED = "what the server answers";

/** A handshake, and a sentence from each side. */
function converse(pair: Pair): Segment[] {
  return [
    ...say(pair, "client", () => undefined),
    ...say(pair, "client", () => {
      pair.client.write(asciiBytes(ASKED));
    }),
    ...say(pair, "server", () => {
      pair.server.write(asciiBytes(ANSWERED));
    }),
  ];
}

/** All that goes over the wire then, in its order. */
function say(
  { client, server }: Pair,
  first: "client" | "server",
  what: () => void,
): Segment[] {
  what();
  const seen: Segment[] = [];
  for (let from = first, idle = 0; idle < 2;) {
    const bytes = (from === "client" ? client : server).takeOutput();
    (from === "client" ? server : client).receive(bytes);
    if (bytes.length > 0) seen.push({ from, bytes });
    idle = bytes.length > 0 ? 0 : idle + 1;
    from = from === "client" ? "server" : "client";
  }
  return seen;
}
