import { describe, expect, it } from "vitest";
import { utf8Bytes } from "../../src/bytes.ts";
import {
  type CertificateCompressor,
  zlib,
} from "../../src/compression/index.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  createEchKey,
  createEchGrease,
  createEchServer,
} from "../../src/ech/index.ts";
import {
  type ClientOptions,
  createCredential,
  type ServerOptions,
} from "../../src/engine/index.ts";
import { testServer } from "../support/pki.ts";
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
      versions: ["TLSv1.3"],
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
  // As it went over the wire; the keys are all known before it is read.
  const wire: [from: "client" | "server", bytes: Uint8Array][] = [];
  const { client, server } = pair;
  const carry = (): void => {
    for (;;) {
      const fromClient = client.takeOutput();
      const fromServer = server.takeOutput();
      if (fromClient.length + fromServer.length === 0) return;
      wire.push(["client", fromClient], ["server", fromServer]);
      server.receive(fromClient);
      client.receive(fromServer);
    }
  };
  carry();
  client.updateKeys(true);
  client.write(utf8Bytes("hello"));
  carry();
  // Only then does it answer the KeyUpdate.
  server.write(utf8Bytes("ok"));
  server.close();
  carry();
  const decoder = new TraceDecoder({ provider: noble, keyLog });
  const records: TraceRecord[] = [];
  for (const [from, bytes] of wire)
    for (const byte of bytes)
      records.push(...decoder.feed(from, Uint8Array.of(byte)));
  return records;
}

function firstRecord(sent: Uint8Array): Uint8Array {
  return sent.subarray(0, 5 + ((sent[3] ?? 0) << 8) + (sent[4] ?? 0));
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
  it("L-01: sees through the encryption with a key log", () => {
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
      "application_data 2 bytes",
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
    expect(records.filter(({ keys }) => keys === "sealed")).toHaveLength(7);
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

  /** The fields of each message of a connection, by the messages' names. */
  function said(
    client: Partial<ClientOptions>,
    server: Partial<ServerOptions>,
    certificateCompression: readonly CertificateCompressor[] = [],
  ): Map<string, Map<string, string>> {
    const keyLog = new KeyLog();
    const pair = newPair(
      testClientConfig({ keyLog: (line) => keyLog.add(line), ...client }),
      testServerConfig(server),
    );
    const decoder = new TraceDecoder({
      provider: noble,
      keyLog,
      certificateCompression,
    });
    shuttle(pair);
    const records = [
      ...decoder.feed("client", firstRecord(pair.sent.client)),
      ...decoder.feed("server", pair.sent.server),
    ];
    return new Map(
      records
        .flatMap(({ messages }) => messages)
        .map(({ name, fields }) => [name, new Map(fields)]),
    );
  }

  it("prints the extensions by name, with their contents", () => {
    const key = createEchKey({ provider: noble, publicName: "server.test" });
    const messages = said(
      {
        certificateCompression: [zlib],
        encryptedClientHello: createEchGrease(),
        recordSizeLimit: 1000,
        ocspStapling: true,
        signedCertificateTimestamps: true,
        shapes: {
          client_hello: {
            verbatim: [{ type: 17613, body: Uint8Array.of(0, 0) }],
          },
        },
      },
      {
        encryptedClientHello: createEchServer({ provider: noble, keys: [key] }),
        recordSizeLimit: 2000,
        clientAuthentication: "optional",
        credentials: [
          createCredential({
            provider: noble,
            chain: testServer().chain,
            key: { algorithm: "ecPublicKey", key: testServer().key },
            ocspResponse: new Uint8Array(9),
            scts: [new Uint8Array(50), new Uint8Array(51)],
          }),
        ],
      },
    );
    const hello = messages.get("client_hello");
    expect(hello?.get("certificate compression")).toBe("zlib");
    expect(hello?.get("ECH")).toMatch(/^\d+ bytes$/);
    expect(hello?.get("record size limit")).toBe("1000 bytes");
    expect(hello?.get("extensions")).toMatch(/application_settings/);
    const agreed = messages.get("encrypted_extensions");
    expect(agreed?.get("ECH retry configs")).toMatch(/^\d+ bytes$/);
    expect(agreed?.get("record size limit")).toBe("2000 bytes");
    expect(messages.get("certificate_request")?.get("signatures")).toMatch(
      /ecdsa_secp256r1_sha256/,
    );
    expect(messages.get("certificate")?.get("stapled")).toBe(
      "OCSP response of 9 bytes, 2 timestamps",
    );
  });

  it("decompresses certificates where it has the algorithm", () => {
    const rows = [{ ...zlib, evenIfLonger: true }];
    const options = { certificateCompression: rows };
    const outside = said(options, options).get("compressed_certificate");
    expect(outside?.get("algorithm")).toBe("zlib");
    expect(outside?.get("compressed")).toMatch(/^\d+ of \d+ bytes$/);
    expect(outside?.has("certificates")).toBe(false);
    const inside = said(options, options, rows).get("compressed_certificate");
    const { length } = testServer().issued.der;
    expect(inside?.get("certificates")).toBe(`${String(length)} bytes`);
  });

  it("of TLS 1.2 prints what is sent in the clear", () => {
    const versions = ["TLSv1.2"] as const;
    const pair = shuttle(
      newPair(
        testClientConfig({ versions }),
        testServerConfig({ versions, clientAuthentication: "optional" }),
      ),
    );
    const decoder = new TraceDecoder({ provider: noble });
    const [hello, ...rest] = decoder.feed(
      "client",
      firstRecord(pair.sent.client),
    );
    expect(rest).toEqual([]);
    const length = hello?.length ?? 0;
    const records = [
      ...decoder.feed("server", pair.sent.server),
      ...decoder.feed("client", pair.sent.client.subarray(length)),
    ];
    expect(seen(records, "server")).toEqual([
      "server_hello",
      "certificate",
      "server_key_exchange",
      "certificate_request",
      "server_hello_done",
      "change_cipher_spec",
      "handshake",
    ]);
    const { length: size } = testServer().issued.der;
    expect(
      records
        .flatMap(({ messages }) => messages)
        .find(({ name }) => name === "certificate")?.fields,
    ).toEqual([["certificates", `${String(size)} bytes`]]);
    expect(seen(records, "client")).toEqual([
      "certificate",
      "client_key_exchange",
      "change_cipher_spec",
      "handshake",
    ]);
    expect(records.filter(({ keys }) => keys === "sealed")).toHaveLength(2);
  });

  it("of TLS 1.2 prints what is encrypted, with a key log", () => {
    const versions = ["TLSv1.2"] as const;
    const keyLog = new KeyLog();
    const pair = shuttle(
      newPair(
        testClientConfig({ versions, keyLog: (line) => keyLog.add(line) }),
        testServerConfig({ versions }),
      ),
    );
    pair.client.write(utf8Bytes("hello"));
    const data = pair.client.takeOutput();
    const decoder = new TraceDecoder({ provider: noble, keyLog });
    const { length } = firstRecord(pair.sent.client);
    const { client, server } = pair.sent;
    const records = [
      ...decoder.feed("client", client.subarray(0, length)),
      ...decoder.feed("server", server),
      ...decoder.feed("client", client.subarray(length)),
      ...decoder.feed("client", data),
    ];
    expect(seen(records, "server").at(-1)).toBe("finished");
    expect(records.at(-1)).toMatchObject({
      keys: "client_write_key",
      note: "5 bytes",
    });
    expect(records.filter(({ keys }) => keys === "sealed")).toEqual([]);
  });
});
