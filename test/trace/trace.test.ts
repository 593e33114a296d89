import { describe, expect, it } from "vitest";
import { utf8Bytes } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  formatLadder,
  KeyLog,
  TraceDecoder,
  type TraceRecord,
} from "../../src/trace/index.ts";
import {
  newPair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../support/engines.ts";

/** A connection with a retry, a client certificate, a KeyUpdate and data. */
function traced(withKeys: boolean): TraceRecord[] {
  const keyLog = new KeyLog();
  const pair = newPair(
    testClientConfig({
      groups: ["x25519", "secp256r1"],
      keyShares: ["x25519"],
      alpnProtocols: ["h2"],
      ...(withKeys && { keyLog: (line: string) => keyLog.add(line) }),
    }),
    testServerConfig({
      groups: ["secp256r1"],
      alpnProtocols: ["h2"],
      clientAuthentication: "optional",
    }),
  );
  shuttle(pair);
  pair.client.updateKeys(true);
  pair.client.write(utf8Bytes("hello"));
  shuttle(pair);
  pair.server.close();
  shuttle(pair);
  const decoder = new TraceDecoder({ provider: noble, keyLog });
  // Both hellos of each side have to be seen before what they protect.
  const { client, server } = pair.sent;
  const records: TraceRecord[] = [];
  const length = Math.max(client.length, server.length);
  for (let at = 0; at < length; at += 1) {
    records.push(...decoder.feed("client", client.subarray(at, at + 1)));
    records.push(...decoder.feed("server", server.subarray(at, at + 1)));
  }
  return records;
}

const seen = (records: readonly TraceRecord[], from: string) =>
  records
    .filter((record) => record.from === from)
    .flatMap(({ messages, type, note }) =>
      messages.length > 0
        ? messages.map(({ name }) => name)
        : [note ? `${type} ${note}` : type],
    );

describe("a trace", () => {
  it("sees through the encryption with a key log", () => {
    const records = traced(true);
    expect(seen(records, "client")).toEqual([
      "client_hello",
      "change_cipher_spec",
      "client_hello",
      "certificate",
      "finished",
      "key_update",
      "application_data 5 bytes",
    ]);
    expect(seen(records, "server")).toEqual([
      "hello_retry_request",
      "change_cipher_spec",
      "server_hello",
      "encrypted_extensions",
      "certificate_request",
      "certificate",
      "certificate_verify",
      "finished",
      "key_update",
      "alert close_notify",
    ]);
    const keys = new Set(records.map((record) => record.keys));
    expect([...keys]).toEqual(
      expect.arrayContaining([
        undefined,
        "client_handshake_traffic_secret",
        "server_application_traffic_secret_0",
        "client_application_traffic_secret_0, updated",
      ]),
    );
  });

  it("sees sizes without one", () => {
    const records = traced(false);
    expect(seen(records, "client").slice(0, 3)).toEqual([
      "client_hello",
      "change_cipher_spec",
      "client_hello",
    ]);
    expect(records.filter(({ keys }) => keys === "sealed")).toHaveLength(6);
  });

  it("is shown as a ladder", () => {
    const lines = formatLadder(traced(true), { fields: true });
    const text = lines.join("\n");
    expect(text).toContain("server_name: localhost");
    expect(text).toMatch(/-- ClientHello \d+ B -+>/);
    expect(text).toMatch(/<-+ HelloRetryRequest \d+ B --/);
    expect(text).toContain("[client: client_handshake_traffic_secret]");
    for (const line of lines) expect(line.length).toBeLessThan(120);
  });
});
