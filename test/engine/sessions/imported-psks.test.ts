/** Several external PSKs of a client, and imported ones: RFC 9846 4.3.11, RFC 9258. */
import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex, utf8Bytes } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type ExternalPsk,
  importPsk,
  type PskAnswer,
  type PskRequest,
  readImportedIdentity,
  TlsUsageError,
} from "../../../src/engine/index.ts";
import { RAISE_NEED } from "../../../src/promises.ts";
import {
  newPair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";
import { connect, firstSession } from "../../support/sessions.ts";
import { TicketKeys } from "../../../src/engine/index.ts";

const named = (name: string, hash: "SHA-256" | "SHA-384" = "SHA-256") => ({
  identity: utf8Bytes(name),
  key: new Uint8Array(32).fill(name.length),
  hash,
});
const [one, second, long] = [
  named("one"),
  named("second"),
  named("the third", "SHA-384"),
];

/** A server without certificates that knows those. */
const knows = (...known: readonly ExternalPsk[]) => ({
  credentials: [],
  psk: ({ identity }: PskRequest) =>
    known.find((psk) => String(psk.identity) === String(identity)),
});

const secret = { provider: noble, identity: utf8Bytes("epsk"), key: one.key };

describe("several external PSKs of a client", () => {
  const client = (...list: readonly ExternalPsk[]) => ({ psk: () => list });

  it.each([
    ["the first", knows(one, second), one],
    ["another one", knows(second), second],
    ["one of another hash", knows(long), long],
  ])("lead to %s that the server knows", (_, server, wanted) => {
    const pair = connect({ client: client(one, second, long), server });
    expect(pair.client.error ?? pair.server.error).toBeUndefined();
    expect(pair.client.info?.pskIdentity).toEqual(wanted.identity);
    expect(pair.server.info?.cipherSuite.hash).toBe(wanted.hash);
  });

  it("stand behind a session, and over a HelloRetryRequest", () => {
    const server = {
      ...knows(second),
      ticketKeys: new TicketKeys({ provider: noble }),
    };
    const session = firstSession({ client: client(second), server });
    const both = { ...client(one, second), session };
    expect(connect({ client: both, server }).client.info?.resumed).toBe(true);
    const retried = connect({
      client: client(one, long, second),
      server: { ...knows(second), groups: ["secp384r1"] },
    });
    expect(retried.client.info?.pskIdentity).toEqual(second.identity);
    expect(retried.client.info?.helloRetried).toBe(true);
  });

  it("may be none, and come by a need as well", () => {
    const none = connect({ client: client(), server: {} });
    expect(none.client.info?.peer).toBeDefined();
    const pair = newPair(
      testClientConfig({ psk: RAISE_NEED }),
      testServerConfig(knows(second)),
    );
    pair.client.resume({ type: "psk_found", psk: [one, second] });
    shuttle(pair);
    expect(pair.client.info?.pskIdentity).toEqual(second.identity);
  });

  it("are one in TLS 1.2, and one on a server", () => {
    const versions = ["TLSv1.2"] as const;
    const cipherSuites = ["TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256"] as const;
    const server = { ...knows(one), versions, cipherSuites };
    const pair = connect({
      client: { ...client(one, second), versions, cipherSuites },
      server,
    });
    expect(pair.server.info?.pskIdentity).toEqual(one.identity);
    const psk = (): PskAnswer => [one, second];
    const answered = connect({
      client: client(one),
      server: { credentials: [], psk },
    });
    expect(answered.server.error).toMatchObject({
      reason: "callback_failed",
      cause: { message: "psk: 2 keys; a server answers with one" },
    });
  });

  it("are one where a program answers a server, before anything moves", () => {
    const pair = newPair(
      testClientConfig(client(one)),
      testServerConfig({ credentials: [], psk: RAISE_NEED }),
    );
    shuttle(pair);
    expect(pair.server.need?.type).toBe("psk");
    expect(() => {
      pair.server.resume({ type: "psk_found", psk: [one, second] });
    }).toThrow(new TlsUsageError("psk: 2 keys; a server answers with one"));
    expect(pair.server.error).toBeUndefined();
    pair.server.resume({ type: "psk_found", psk: one });
    shuttle(pair);
    expect(pair.client.info?.pskIdentity).toEqual(one.identity);
  });

  it.each([
    [
      Object.assign({ ...one }, { key: new Uint8Array() }),
      "psk: key: 0 bytes; a Uint8Array of 1 to 65535 bytes is allowed",
    ],
    [
      Object.assign({ ...one }, { key: "secret" }),
      "psk: key: text; a Uint8Array of 1 to 65535 bytes is allowed",
    ],
    [
      Object.assign({ ...one }, { hash: "SHA-1" }),
      'psk: hash: "SHA-1"; "SHA-256" and "SHA-384" are allowed',
    ],
  ])("of a wrong shape are named without the key, %#", (wrong, message) => {
    const pair = connect({
      client: client(one),
      server: { credentials: [], psk: () => wrong },
    });
    expect(pair.server.error).toMatchObject({
      reason: "callback_failed",
      cause: { message },
    });
  });
});

describe("an imported PSK", () => {
  /** RFC 9258 5.1 and RFC 9846 7.1, by node:crypto. */
  function derived(hash: string, identity: Uint8Array, length: number) {
    const hmac = (key: Uint8Array, data: Uint8Array) =>
      createHmac(hash, key).update(data).digest();
    const size = hash === "sha384" ? 48 : 32;
    const extracted = hmac(new Uint8Array(size), secret.key);
    const label = utf8Bytes("tls13 derived psk");
    const digest = createHash(hash).update(identity).digest();
    const info = concat(
      Uint8Array.of(0, length, label.length),
      label,
      Uint8Array.of(digest.length),
      digest,
    );
    let block: Uint8Array = new Uint8Array();
    let out: Uint8Array = new Uint8Array();
    for (let n = 1; out.length < length; n++) {
      block = hmac(extracted, concat(block, info, Uint8Array.of(n)));
      out = concat(out, block);
    }
    return toHex(out.subarray(0, length));
  }

  it.each([
    ["SHA-256", "SHA-256", "0001", 32],
    ["SHA-256", "SHA-384", "0002", 48],
    ["SHA-384", "SHA-256", "0001", 32],
  ] as const)(
    "of %s for %s is that of the RFC",
    (hash, targetHash, kdf, length) => {
      const context = fromHex("c0de");
      const psk = importPsk({ ...secret, hash, context, targetHash });
      const identity = fromHex(
        `0004${toHex(secret.identity)}0002c0de0304${kdf}`,
      );
      expect(psk.identity).toEqual(identity);
      expect(psk.hash).toBe(targetHash);
      const name = hash === "SHA-384" ? "sha384" : "sha256";
      expect(toHex(psk.key)).toBe(derived(name, identity, length));
      expect(readImportedIdentity(psk.identity)).toEqual({
        externalIdentity: secret.identity,
        context,
        targetHash,
      });
    },
  );

  it("is offered for each hash, and found by what its name says", () => {
    const imported = [
      importPsk(secret),
      importPsk({ ...secret, targetHash: "SHA-384" }),
    ];
    const psk = ({ identity = new Uint8Array() }: PskRequest) => {
      const wanted = readImportedIdentity(identity);
      if (String(wanted?.externalIdentity) !== String(secret.identity))
        return undefined;
      return importPsk({ ...secret, ...wanted });
    };
    for (const suite of [
      "TLS_AES_256_GCM_SHA384",
      "TLS_AES_128_GCM_SHA256",
    ] as const) {
      const pair = connect({
        client: { psk: () => imported },
        server: { credentials: [], psk, cipherSuites: [suite] },
      });
      expect(pair.client.error ?? pair.server.error).toBeUndefined();
      expect(pair.server.info?.cipherSuite.name).toBe(suite);
    }
  });

  it("has a binder of its own", () => {
    const imported = importPsk(secret);
    const { imported: _mark, ...plain } = imported;
    const pair = connect({
      client: { psk: () => plain },
      server: knows(imported),
    });
    expect(pair.server.error?.reason).toBe("binder_mismatch");
  });

  it("is for no other version", () => {
    const versions = ["TLSv1.2"] as const;
    const cipherSuites = ["TLS_PSK_WITH_AES_128_GCM_SHA256"] as const;
    const imported = importPsk(secret);
    const common = { versions, cipherSuites };
    const asClient = connect({
      client: { ...common, psk: () => imported },
      server: { ...common, ...knows(imported) },
    });
    expect(asClient.client.error?.reason).toBe("psk_missing");
    const { imported: _mark, ...plain } = imported;
    const asServer = connect({
      client: { ...common, psk: () => plain },
      server: { ...common, ...knows(imported) },
    });
    expect(asServer.server.error?.reason).toBe("unknown_psk_identity");
  });

  it("has a name of at least one byte, and others are none of it", () => {
    const identity = new Uint8Array();
    expect(() => importPsk({ ...secret, identity })).toThrow(TlsUsageError);
    for (const hex of [
      "",
      "0001610000030300",
      "00016100000304",
      "0000000003040001",
      "00016100000304000100",
      "0001610000030400ff",
      "00016100000303" + "0001",
    ])
      expect(readImportedIdentity(fromHex(hex))).toBeUndefined();
  });
});
