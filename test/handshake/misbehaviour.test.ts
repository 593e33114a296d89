/** Faults of a peer, message by message, and the alert that answers each. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, fromHex, utf8Bytes } from "../../src/bytes.ts";
import {
  type ClientOptions,
  createCredential,
  type ServerOptions,
} from "../../src/engine/index.ts";
import type { AlertName, Reason } from "../../src/errors.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { testAuthority } from "../support/pki.ts";
import {
  HandshakeType,
  type HandshakeTypeName,
} from "../../src/wire/code-points.ts";
import {
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../support/engines.ts";
import {
  asSent,
  type Edit,
  message,
  runMachines,
} from "../support/machines.ts";

const MUTUAL = {
  client: { credentials: [testCredential("ec-p256", "client")] },
  server: { clientAuthentication: "required" },
} as const;

interface Options {
  readonly client?: Partial<ClientOptions>;
  readonly server?: Partial<ServerOptions>;
}

function run(edit: Edit, options: Options = {}) {
  const common = { versions: ["TLSv1.3"], groups: ["x25519"] } as const;
  const plain = { grease: false, keyShares: ["x25519"] } as const;
  return runMachines(
    testClientConfig({ ...common, ...plain, ...options.client }),
    testServerConfig({ ...common, ...options.server }),
    edit,
  );
}

/** Applies a change to the one message of that name. */
function changing(
  target: HandshakeTypeName,
  change: (raw: Uint8Array) => readonly Uint8Array[],
  from?: "client" | "server",
): Edit {
  return (name, raw, sender) =>
    name === target && (from ?? sender) === sender ? change(raw) : [raw];
}

function expectFailure(
  edit: Edit,
  reason: Reason,
  alert: AlertName,
  options?: Options,
): void {
  const { failed } = run(edit, options);
  expect(failed?.error.reason).toBe(reason);
  expect(failed?.error.alert).toBe(alert);
}

/** Rewrites the body of a message. */
function body(
  name: HandshakeTypeName,
  change: (body: Uint8Array) => Uint8Array,
): (raw: Uint8Array) => readonly Uint8Array[] {
  return (raw) => [message(name, change(raw.slice(4)))];
}

const HANDSHAKE = [
  "client_hello",
  "server_hello",
  "encrypted_extensions",
  "certificate_request",
  "certificate",
  "certificate_verify",
  "finished",
  "certificate",
  "certificate_verify",
  "finished",
];

describe("an honest handshake", () => {
  // [9846-4-01] [9846-4.3-01] [9846-4.4.1-01] [9846-4.4.2-02] [9846-4.5.1-01]
  // [9846-4.5.1-02a]
  it("matches RFC 9846 figure 1", () => {
    const outcome = run(asSent, MUTUAL);
    expect(outcome.failed).toBeUndefined();
    expect(outcome.sent).toEqual(HANDSHAKE);
    expect(outcome.client.at).toBe("CONNECTED");
    expect(outcome.server.at).toBe("CONNECTED");
  });
});

describe("order", () => {
  HANDSHAKE.forEach((dropped, index) => {
    // The first hello and what nobody waits for cannot be missed.
    if (index === 0) return;
    it(`without ${dropped} (${index}) no side connects by mistake`, () => {
      let seen = 0;
      const edit: Edit = (_name, raw) => (seen++ === index ? [] : [raw]);
      const { failed, server, client } = run(edit, MUTUAL);
      // The CertificateRequest is the server's own to send or not.
      if (dropped === "certificate_request") {
        expect(failed?.error.reason).toBe("certificate_verify_mismatch");
        return;
      }
      expect(server.at).not.toBe("CONNECTED");
      if (index < 7) expect(client.at).not.toBe("CONNECTED");
      if (failed) expect(failed.error.alert).toBe("unexpected_message");
    });

    // [9846-4-02] [9846-4.2.2-03]
    it(`${dropped} (${index}) twice is unexpected_message`, () => {
      let seen = 0;
      const edit: Edit = (_name, raw) =>
        seen++ === index ? [raw, raw] : [raw];
      const { failed } = run(edit, MUTUAL);
      expect(failed?.error.alert).toBe("unexpected_message");
    });
  });

  for (const name of Object.keys(HandshakeType) as HandshakeTypeName[]) {
    const allowed = new Set(["server_hello"]);
    if (allowed.has(name)) continue;
    // [9846-4.6-03b]
    it(`a ${name} in place of the ServerHello is unexpected_message`, () => {
      const edit = changing("server_hello", () => [message(name, "")]);
      expectFailure(edit, "unexpected_message", "unexpected_message");
    });
  }

  it("a message of an unassigned type", () => {
    const edit = changing("server_hello", () => [
      Uint8Array.of(99, 0, 0, 1, 1),
    ]);
    expectFailure(edit, "unexpected_message", "unexpected_message");
  });

  // [9846-4.5.2-01] [9846-4.5.2-03]
  it("a server's CertificateVerify cannot be skipped", () => {
    const edit = changing("certificate_verify", () => []);
    expectFailure(edit, "unexpected_message", "unexpected_message");
  });

  // [9846-4.5.2-02] [9846-4.5.2-03]
  it("a client's CertificateVerify cannot be skipped", () => {
    const edit = changing("certificate_verify", () => [], "client");
    expectFailure(edit, "unexpected_message", "unexpected_message", MUTUAL);
  });
});

describe("bytes", () => {
  HANDSHAKE.forEach((name, index) => {
    // [9846-6-06]
    it(`${name} (${index}) with a byte more or less is refused`, () => {
      for (const change of [
        (raw: Uint8Array) => raw.subarray(4, -1),
        (raw: Uint8Array) => concat(raw.subarray(4), Uint8Array.of(0)),
      ]) {
        let seen = 0;
        const edit: Edit = (type, raw) =>
          type !== "change_cipher_spec" && seen++ === index
            ? [message(type, change(raw))]
            : [raw];
        const { failed } = run(edit, MUTUAL);
        expect(failed?.error.reason).toBe("malformed_message");
        expect(failed?.error.alert).toBe("decode_error");
      }
    });
  });

  it("a flipped bit anywhere ends in an alert, never in a connection", () => {
    const position = fc.tuple(
      fc.nat(HANDSHAKE.length - 1),
      fc.nat(5000),
      fc.nat(7),
    );
    fc.assert(
      fc.property(position, ([index, at, bit]) => {
        let seen = 0;
        const edit: Edit = (_name, raw) => {
          if (seen++ !== index) return [raw];
          const flipped = raw.slice();
          const where = 4 + (at % (raw.length - 4));
          flipped[where] = (flipped[where] ?? 0) ^ (1 << bit);
          return [flipped];
        };
        const { failed } = run(edit, MUTUAL);
        expect(failed).toBeDefined();
        expect(failed?.error.reason).not.toBe("internal_error");
      }),
      { numRuns: 150 },
    );
  });
});

describe("ServerHello", () => {
  // legacy_version 0-1, random 2-33, session id 34 (32 bytes), suite 67-68.
  const SUITE = 67;

  // [9846-4.2.3-05]
  it("with a suite that was not offered", () => {
    const edit = changing(
      "server_hello",
      body("server_hello", (b) => (b.set([0x13, 0x05], SUITE), b)),
    );
    expectFailure(edit, "wrong_cipher_returned", "illegal_parameter");
  });

  // [9846-4.2.3-04]
  it("with a changed session id", () => {
    const edit = changing(
      "server_hello",
      body("server_hello", (b) => (b.set([(b[40] ?? 0) ^ 1], 40), b)),
    );
    expectFailure(edit, "session_id_not_echoed", "illegal_parameter");
  });

  // [9846-4.3.1-11]
  it("of TLS 1.2", () => {
    const edit = changing("server_hello", (raw) => [
      message(
        "server_hello",
        concat(raw.subarray(4, 39 + 32), fromHex("c02f00")),
      ),
    ]);
    expectFailure(edit, "unsupported_protocol", "protocol_version");
  });

  for (const last of ["00", "01"])
    // [9846-4.2.3-14] [9846-4.2.3-16]
    it(`of TLS 1.2 with the downgrade sentinel DOWNGRD ${last}`, () => {
      const edit = changing("server_hello", (raw) => [
        message(
          "server_hello",
          concat(
            raw.subarray(4, 6 + 24),
            utf8Bytes("DOWNGRD"),
            fromHex(last),
            raw.subarray(38, 39 + 32),
            fromHex("c02f00"),
          ),
        ),
      ]);
      expectFailure(edit, "downgrade_detected", "illegal_parameter");
      expectFailure(edit, "downgrade_detected", "illegal_parameter", {
        client: { versions: ["TLSv1.3", "TLSv1.2"] },
      });
    });

  it("with an extension that was not offered", () => {
    const edit = changing(
      "server_hello",
      body("server_hello", (b) => withExtension(b, 70, "123400")),
    );
    expectFailure(edit, "unsolicited_extension", "unsupported_extension");
  });

  it("with an extension that belongs elsewhere", () => {
    const edit = changing(
      "server_hello",
      body("server_hello", (b) => withExtension(b, 70, "00000000")),
    );
    expectFailure(edit, "misplaced_extension", "illegal_parameter");
  });

  // [9846-4.3-09b]
  it("with the same extension twice", () => {
    const edit = changing(
      "server_hello",
      body("server_hello", (b) => withExtension(b, 70, "002b00020304")),
    );
    expectFailure(edit, "duplicate_extension", "decode_error");
  });

  // [9846-6-07a] [9846-7.4.2-03]
  it("with a key share of all zeros", () => {
    const edit = changing(
      "server_hello",
      body("server_hello", (b) => {
        const at = indexOf(b, fromHex("00330024001d0020")) + 8;
        return (b.fill(0, at, at + 32), b);
      }),
    );
    expectFailure(edit, "bad_key_share", "illegal_parameter");
  });
});

describe("HelloRetryRequest", () => {
  const retryWith = (extensions: string): Edit =>
    changing("server_hello", (raw) => {
      const random =
        "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";
      const list = fromHex(extensions);
      return [
        message(
          "server_hello",
          concat(
            fromHex(`0303${random}`),
            raw.subarray(38, 71),
            raw.subarray(71, 73),
            Uint8Array.of(0, 0, list.length),
            list,
          ),
        ),
      ];
    });

  // [9846-4.2.4-05]
  it("that asks for no change", () => {
    const edit = retryWith("002b00020304");
    expectFailure(edit, "pointless_hello_retry", "illegal_parameter");
  });

  // [9846-4.3.8-12]
  it("for a group whose share was sent", () => {
    const edit = retryWith("002b0002030400330002001d");
    expectFailure(edit, "pointless_hello_retry", "illegal_parameter");
  });

  // [9846-4.3.8-13]
  it("for a group that was not offered", () => {
    const edit = retryWith("002b00020304003300020017");
    expectFailure(edit, "wrong_group_returned", "illegal_parameter");
  });

  // [9846-4.2.4-06]
  it("twice", () => {
    const edit = retryWith("002b00020304002c0003000100");
    const twice: Edit = (name, raw, from) =>
      name === "server_hello"
        ? edit(name, raw, from).flatMap((one) => [one, one])
        : [raw];
    expectFailure(twice, "second_hello_retry", "unexpected_message");
  });

  const RETRY = {
    client: { groups: ["x25519", "secp256r1"], keyShares: ["x25519"] },
    server: { groups: ["secp256r1"], helloRetryCookie: true },
  } as const;

  // [9846-4.2.1-03] [9846-4.2.3-10] [9846-4.2.4-07] [9846-4.3.2-02]
  it("is answered, and the cookie comes back", () => {
    const { failed, sent } = run(asSent, RETRY);
    expect(failed).toBeUndefined();
    expect(sent.slice(0, 4)).toEqual([
      "client_hello",
      "server_hello",
      "client_hello",
      "server_hello",
    ]);
  });

  it("with another cookie in the second ClientHello", () => {
    let hellos = 0;
    const edit = changing("client_hello", (raw) => {
      if (hellos++ === 0) return [raw];
      const changed = raw.slice();
      const at = indexOf(changed, fromHex("002c00220020")) + 10;
      changed[at] = (changed[at] ?? 0) ^ 1;
      return [changed];
    });
    expectFailure(edit, "wrong_cookie", "illegal_parameter", RETRY);
  });

  it("with a second ClientHello that is the first again", () => {
    let first: Uint8Array | undefined;
    const edit = changing("client_hello", (raw) => [(first ??= raw)]);
    expectFailure(
      edit,
      "hello_changed_after_retry",
      "illegal_parameter",
      RETRY,
    );
  });

  it("with a share too many in the second ClientHello", () => {
    let hellos = 0;
    const edit = changing("client_hello", (raw) => {
      if (hellos++ === 0) return [raw];
      // The length of the list and of the extension grow by five bytes.
      const at = indexOf(raw, fromHex("003300470045"));
      return [
        message(
          "client_hello",
          concat(
            grow(raw.subarray(4, at), 5),
            fromHex("0033004c004a"),
            raw.subarray(at + 6, at + 6 + 0x45),
            fromHex("001d000100"),
            raw.subarray(at + 6 + 0x45),
          ),
        ),
      ];
    });
    expectFailure(
      edit,
      "hello_changed_after_retry",
      "illegal_parameter",
      RETRY,
    );
  });

  // [9846-4.2.2-02b]
  it("with another extension body in the second ClientHello", () => {
    let hellos = 0;
    const edit = changing("client_hello", (raw) => {
      const changed = raw.slice();
      const modes = indexOf(changed, fromHex("002d00020101"));
      if (hellos++ > 0) changed[modes + 5] = 0;
      return [changed];
    });
    expectFailure(
      edit,
      "hello_changed_after_retry",
      "illegal_parameter",
      RETRY,
    );
  });

  // [9846-4.2.2-02b]
  it("with another random in the second ClientHello", () => {
    let hellos = 0;
    const edit = changing("client_hello", (raw) => {
      const changed = raw.slice();
      if (hellos++ > 0) changed[10] = (changed[10] ?? 0) ^ 1;
      return [changed];
    });
    expectFailure(
      edit,
      "hello_changed_after_retry",
      "illegal_parameter",
      RETRY,
    );
  });
});

describe("a ServerHello after a HelloRetryRequest", () => {
  const RETRY = {
    client: { groups: ["x25519", "secp256r1"], keyShares: ["x25519"] },
    server: { groups: ["secp256r1"] },
  } as const;

  /** Changes the second ServerHello. */
  const second = (change: (body: Uint8Array) => Uint8Array): Edit => {
    let seen = 0;
    return changing("server_hello", (raw) =>
      seen++ === 0 ? [raw] : body("server_hello", change)(raw),
    );
  };

  // [9846-4.2.4-10]
  it("with another suite", () => {
    const edit = second((b) => {
      const code = b[68] === 0x01 ? 0x02 : 0x01;
      b[68] = code;
      return b;
    });
    expectFailure(
      edit,
      "hello_changed_after_retry",
      "illegal_parameter",
      RETRY,
    );
  });

  // [9846-4.3.8-17] [9846-4.3.8-18]
  it("with another group", () => {
    // The client still offers x25519, but no share of it any more.
    const edit = second((b) => {
      const at = indexOf(b, fromHex("00330045001700"));
      b[at + 5] = 0x1d;
      return b;
    });
    expectFailure(edit, "wrong_group_returned", "illegal_parameter", RETRY);
  });
});

describe("EncryptedExtensions", () => {
  const alpn = { client: { alpnProtocols: ["h2"] } };

  it.each([
    ["a protocol that was not offered", "0010000500030268 33"],
    ["two protocols", "0010000800060268320268 32"],
  ])("with %s", (_name, extension) => {
    const edit = changing("encrypted_extensions", () => {
      const list = fromHex(extension);
      const length = Uint8Array.of(0, list.length);
      return [message("encrypted_extensions", concat(length, list))];
    });
    expectFailure(edit, "wrong_protocol_returned", "illegal_parameter", alpn);
  });

  it("with a record size limit of 63", () => {
    const edit = changing("encrypted_extensions", () => [
      message("encrypted_extensions", "0006001c0002003f"),
    ]);
    expectFailure(edit, "record_size_limit_too_small", "illegal_parameter", {
      client: { recordSizeLimit: 1000 },
    });
  });
});

describe("ClientHello", () => {
  // [9846-4.2.2-15]
  it("with a compression method", () => {
    const edit = changing(
      "client_hello",
      body("client_hello", (b) => {
        const at = 35 + 32;
        const suites = ((b[at] ?? 0) << 8) | (b[at + 1] ?? 0);
        b[at + 2 + suites + 1] = 1;
        return b;
      }),
    );
    expectFailure(edit, "illegal_parameter", "illegal_parameter");
  });

  const shaped = (type: number, hex: string) => ({
    client: {
      shapes: { client_hello: { verbatim: [{ type, body: fromHex(hex) }] } },
    },
  });

  it.each([
    ["two shares of a group", 51, "000a 001d000100 001d000100"],
    // [9846-4.3.8-16a]
    ["a share of a group not listed", 51, "0005 0017000100"],
  ])("with %s", (_name, type, hex) => {
    const options = shaped(type, hex);
    expectFailure(asSent, "illegal_parameter", "illegal_parameter", options);
  });

  // [9846-4.3.11-16]
  it("with a pre_shared_key that is not the last extension", () => {
    // An identity of one byte and a binder of 32.
    const psk = `0007 0001 61 00000000 0021 20${"00".repeat(32)}`;
    const options = shaped(41, psk);
    expectFailure(asSent, "illegal_parameter", "illegal_parameter", options);
  });

  it("with a record size limit of 63", () => {
    expectFailure(
      asSent,
      "record_size_limit_too_small",
      "illegal_parameter",
      shaped(28, "003f"),
    );
  });

  it.each([
    ["two names", "000c 00 0003 612e62 00 0003 632e64"],
    ["two names of an unknown type", "000c 01 0003 612e62 01 0003 632e64"],
    ["an empty name", "0003 00 0000"],
    ["a name with a NUL", "0006 00 0003 610062"],
  ])("with a server_name of %s", (_name, hex) => {
    const options = shaped(0, hex);
    expectFailure(asSent, "malformed_message", "decode_error", options);
  });

  it("with a server_name of an unknown type beside the host name", () => {
    // RFC 6066 3: another NameType is skipped by its length.
    const options = shaped(0, "000c 01 0003 632e64 00 0003 612e62");
    const { server, failed } = run(asSent, options);
    expect(failed).toBeUndefined();
    expect("info" in server && server.info.serverName).toBe("a.b");
  });

  const without = (type: number): Edit =>
    changing(
      "client_hello",
      body("client_hello", (b) => removeExtension(b, type)),
    );
  it.each([
    // [9846-9.2-05] [9846-9.2-10] [9846-9.2-12]
    ["supported_groups", 10],
    // [9846-4.3.3-03] [9846-9.2-04] [9846-9.2-10]
    ["signature_algorithms", 13],
    // [9846-9.2-06]
    ["key_share", 51],
  ] as const)("without %s", (_name, type) => {
    const edit = without(type);
    expectFailure(edit, "missing_extension", "missing_extension");
  });

  // [9846-4.2.2-07a] [9846-9.2-03] [9846-E.2-03]
  it("without supported_versions speaks TLS 1.2 at most", () => {
    const edit = without(43);
    expectFailure(edit, "unsupported_protocol", "protocol_version");
  });

  // [9846-2.1-01] [9846-4.2.1-01] [9846-4.2.1-04] [9846-4.3.8-16a]
  // [9846-4.5.1.2-02] [9846-4.5.1.2-03c] [9846-4.5.2-04] [9846-6.2-04]
  it("with nothing in common", () => {
    expectFailure(asSent, "no_shared_cipher", "handshake_failure", {
      client: { cipherSuites: ["TLS_AES_128_GCM_SHA256"] },
      server: { cipherSuites: ["TLS_AES_256_GCM_SHA384"] },
    });
    expectFailure(asSent, "no_shared_group", "handshake_failure", {
      server: { groups: ["secp521r1"] },
    });
    expectFailure(asSent, "no_shared_signature_scheme", "handshake_failure", {
      client: { signatureSchemes: ["ed25519"] },
    });
    const alpn = {
      client: { alpnProtocols: ["h2"] },
      server: { alpnProtocols: ["http/1.1"] },
    };
    expectFailure(
      asSent,
      "no_application_protocol",
      "no_application_protocol",
      alpn,
    );
  });
});

describe("authentication", () => {
  // [9846-6.2-04]
  it("a client without a certificate where one is required", () => {
    const { failed } = run(asSent, { server: MUTUAL.server });
    expect(failed?.error.reason).toBe("peer_did_not_return_a_certificate");
    expect(failed?.error.alert).toBe("certificate_required");
  });

  // [9846-4.5.1-15] [9846-4.5.1.3-01]
  it("a server with an empty certificate list", () => {
    const edit = changing("certificate", () => [
      message("certificate", "00000000"),
    ]);
    expectFailure(edit, "certificate_missing", "decode_error");
  });

  // [5246-7.4.2-10b] [9846-4.5.1.2-03b] [9846-4.5.1.2-12b]
  it("a certificate whose key must not sign, from a server that presents it", () => {
    const { chain, key } = testAuthority().issueServer({
      hosts: ["localhost"],
      extensions: [
        // keyUsage: keyEncipherment alone.
        { oid: "2.5.29.15", critical: true, value: fromHex("03020520") },
      ],
    });
    const algorithm = "ecPublicKey";
    const parsed = { algorithm, key: key.privateKey } as const;
    // A server of ours would not present it.
    const { keyUsageForbidsSigning: _known, ...credential } = createCredential({
      provider: noble,
      chain,
      key: parsed,
    });
    expectFailure(
      asSent,
      "key_usage_without_signature",
      "unsupported_certificate",
      {
        server: {
          credentials: [credential],
        },
      },
    );
  });

  // [9846-4.5.1-05]
  it("a certificate context in the handshake", () => {
    const edit = changing("certificate", (raw) => [
      message("certificate", concat(fromHex("0155"), raw.subarray(5))),
    ]);
    expectFailure(edit, "unsolicited_certificate_context", "illegal_parameter");
  });

  // [5246-7.4.3-04] [8422-5.9-05] [9846-4.3.3-01] [9846-4.5.2-06]
  it("a signature scheme that does not fit the key", () => {
    const edit = changing("certificate_verify", (raw) => [
      message("certificate_verify", concat(fromHex("0804"), raw.subarray(6))),
    ]);
    expectFailure(edit, "wrong_signature_scheme", "illegal_parameter");
  });
});

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  for (let at = 0; at + part.length <= bytes.length; at++)
    if (part.every((byte, i) => bytes[at + i] === byte)) return at;
  throw new Error("not found");
}

/** Adds an extension to the list whose length stands at that offset. */
function withExtension(
  bytes: Uint8Array,
  at: number,
  extension: string,
): Uint8Array {
  const added = fromHex(extension.padEnd(8, "0"));
  const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  const longer = length + added.length;
  return concat(
    bytes.subarray(0, at),
    Uint8Array.of(longer >> 8, longer),
    bytes.subarray(at + 2),
    added,
  );
}

/** Raises the length of a ClientHello's extensions, from its first bytes. */
function grow(beginning: Uint8Array, more: number): Uint8Array {
  const bytes = beginning.slice();
  let at = 34;
  at += 1 + (bytes[at] ?? 0);
  at += 2 + (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
  at += 1 + (bytes[at] ?? 0);
  const length = (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)) + more;
  bytes.set([length >> 8, length & 0xff], at);
  return bytes;
}

/** Removes an extension from a ClientHello's body. */
function removeExtension(bytes: Uint8Array, type: number): Uint8Array {
  let at = 34;
  at += 1 + (bytes[at] ?? 0);
  at += 2 + (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
  at += 1 + (bytes[at] ?? 0);
  const kept: Uint8Array[] = [];
  for (let i = at + 2; i < bytes.length;) {
    const length = 4 + (((bytes[i + 2] ?? 0) << 8) | (bytes[i + 3] ?? 0));
    const here = ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
    if (here !== type) kept.push(bytes.subarray(i, i + length));
    i += length;
  }
  const list = concat(...kept);
  return concat(
    bytes.subarray(0, at),
    Uint8Array.of(list.length >> 8, list.length),
    list,
  );
}
