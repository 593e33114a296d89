/** Single faults in a peer's messages, and the alert for each. */
import { describe, expect, it } from "vitest";
import { concat, fromHex } from "../../src/bytes.ts";
import { ffdheParameters } from "../../src/crypto/ffdhe.ts";
import type { ClientOptions, ServerOptions } from "../../src/engine/index.ts";
import type { AlertName, Reason } from "../../src/errors.ts";
import { EVERY_EXTENSION } from "../../src/handshake/features/every-feature.ts";
import {
  type CertificateRequest13,
  encodeCertificateRequest13,
  readCertificateRequest13,
} from "../../src/handshake/messages/certificate-request13.ts";
import {
  encodeClientHello,
  readClientHello,
} from "../../src/handshake/messages/client-hello.ts";
import {
  encodeHelloRetryRequest,
  encodeServerHello,
  encodeServerHello12,
  readServerHello,
  type ServerHelloFields,
  type HelloRetryRequestFields,
} from "../../src/handshake/messages/server-hello.ts";
import { ExtensionType } from "../../src/wire/code-points.ts";
import {
  newPair,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../support/engines.ts";
import {
  type Edit,
  message,
  runMachines,
  type SentName,
} from "../support/machines.ts";

interface Options {
  readonly client?: Partial<ClientOptions>;
  readonly server?: Partial<ServerOptions>;
}

const BOTH = ["TLSv1.2", "TLSv1.3"] as const;
const RETRY = {
  client: { groups: ["x25519", "secp256r1"], keyShares: ["x25519"] },
  server: { groups: ["secp256r1"] },
} as const;
const MUTUAL = {
  client: { credentials: [testCredential("ed25519", "client")] },
  server: {
    clientAuthentication: "required",
    credentials: [testCredential("ed25519")],
  },
} as const;

function failureOf(edit: Edit, { client, server }: Options = {}) {
  const { failed } = runMachines(
    testClientConfig({ grease: false, ...client }),
    testServerConfig(server),
    edit,
  );
  const { side, error } = failed ?? {};
  return [side, error?.reason, error?.alert];
}

/** Changes the message of that name, the nth of them. */
function changing(
  target: SentName,
  change: (raw: Uint8Array) => Uint8Array,
  nth = 0,
): Edit {
  let seen = 0;
  return (name, raw) =>
    name === target && seen++ === nth ? [change(raw)] : [raw];
}

function whole(raw: Uint8Array) {
  return { type: raw[0] ?? 0, body: raw.subarray(4), raw };
}

const CLIENT_SAYS = (reason: Reason, alert: AlertName) => [
  "client",
  reason,
  alert,
];

describe("a ServerHello", () => {
  const ofVersion = (selected: number, nth = 0): Edit =>
    changing(
      "server_hello",
      (raw) => {
        const hello = readServerHello(whole(raw), EVERY_EXTENSION);
        if (hello.kind !== "server_hello") throw new Error(hello.kind);
        const fields: ServerHelloFields = {
          ...hello,
          extensions: { ...hello.extensions, supported_versions: selected },
        };
        return encodeServerHello(EVERY_EXTENSION, fields);
      },
      nth,
    );

  it.each([
    // [9846-4.3.1-13] [9846-4.3.1-12]
    ["a version of the future", 0x0305],
    // [9846-4.3.1-13]
    ["TLS 1.2, which the client offers", 0x0303],
    // [9846-4.3.1-13]
    ["TLS 1.1", 0x0302],
  ])("with %s in supported_versions", (_what, version) => {
    expect(
      failureOf(ofVersion(version), { client: { versions: BOTH } }),
    ).toEqual(CLIENT_SAYS("wrong_version_returned", "illegal_parameter"));
  });

  // [9846-4.2.4-12b]
  it("with another version than the HelloRetryRequest", () => {
    const client = { ...RETRY.client, versions: BOTH };
    expect(failureOf(ofVersion(0x0303, 1), { ...RETRY, client })).toEqual(
      CLIENT_SAYS("wrong_version_returned", "illegal_parameter"),
    );
  });

  // [9846-4.2.4-12b]
  it("of TLS 1.2 after a HelloRetryRequest", () => {
    const client = { ...RETRY.client, versions: BOTH };
    const edit = changing(
      "server_hello",
      (raw) => {
        const hello = readServerHello(whole(raw), EVERY_EXTENSION);
        return encodeServerHello12(EVERY_EXTENSION, {
          ...hello,
          cipherSuite: 0xc02b,
          extensions: { extended_main_secret: true },
        });
      },
      1,
    );
    expect(failureOf(edit, { ...RETRY, client })).toEqual(
      CLIENT_SAYS("version_changed_after_retry", "illegal_parameter"),
    );
  });
});

describe("a HelloRetryRequest", () => {
  const retryWith = (
    change: (
      hello: HelloRetryRequestFields,
    ) => Partial<HelloRetryRequestFields>,
  ): Edit =>
    changing("server_hello", (raw) => {
      const hello = readServerHello(whole(raw), EVERY_EXTENSION);
      if (hello.kind !== "hello_retry_request") throw new Error(hello.kind);
      return encodeHelloRetryRequest(EVERY_EXTENSION, {
        ...hello,
        ...change(hello),
      });
    });

  it.each<
    [
      string,
      (hello: HelloRetryRequestFields) => Partial<HelloRetryRequestFields>,
      Reason,
      AlertName,
    ]
  >([
    // [9846-4.2.4-04]
    [
      "another legacy_version",
      () => ({ legacyVersion: 0x0304 }),
      "wrong_legacy_version",
      "protocol_version",
    ],
    // [9846-4.2.4-04]
    [
      "another session id",
      ({ legacySessionIdEcho: id }) => ({
        legacySessionIdEcho: id.with(0, (id[0] ?? 0) ^ 1),
      }),
      "session_id_not_echoed",
      "illegal_parameter",
    ],
    // [9846-4.2.4-04] [9846-4.2.4-08]
    [
      "a suite that was not offered",
      () => ({ cipherSuite: 0x1305 }),
      "wrong_cipher_returned",
      "illegal_parameter",
    ],
    // [9846-4.2.4-04]
    [
      "another version",
      ({ extensions }) => ({
        extensions: { ...extensions, supported_versions: 0x0305 },
      }),
      "wrong_version_returned",
      "illegal_parameter",
    ],
  ])("with %s", (_what, change, reason, alert) => {
    expect(failureOf(retryWith(change), RETRY)).toEqual(
      CLIENT_SAYS(reason, alert),
    );
  });

  // [9846-4.2.4-04]
  it("with a compression method", () => {
    const edit = changing("server_hello", (raw) => {
      const at = 4 + 2 + 32 + 1 + (raw[38] ?? 0) + 2;
      return raw.with(at, 1);
    });
    expect(failureOf(edit, RETRY)).toEqual(
      CLIENT_SAYS("illegal_parameter", "illegal_parameter"),
    );
  });
});

describe("a CertificateRequest in the handshake", () => {
  const request = (
    change: (request: CertificateRequest13) => Uint8Array,
  ): Edit =>
    changing("certificate_request", (raw) =>
      change(readCertificateRequest13(whole(raw), EVERY_EXTENSION)),
    );

  // [9846-4.4.2-04b]
  it("with a context", () => {
    const edit = request(({ extensions }) =>
      encodeCertificateRequest13(EVERY_EXTENSION, Uint8Array.of(7), extensions),
    );
    expect(failureOf(edit, MUTUAL)).toEqual(
      CLIENT_SAYS("unsolicited_certificate_context", "illegal_parameter"),
    );
  });

  // [9846-4.4.2-06b]
  it("without signature_algorithms", () => {
    const edit = request(() =>
      encodeCertificateRequest13(EVERY_EXTENSION, new Uint8Array(0), {}),
    );
    expect(failureOf(edit, MUTUAL)).toEqual(
      CLIENT_SAYS("missing_extension", "missing_extension"),
    );
  });
});

describe("supported_groups in EncryptedExtensions", () => {
  // [9846-4.3.7-03]
  it("of any content changes nothing", () => {
    for (const groups of ["00020019", "000400190019", "00022a2a"]) {
      const { client } = shuttle(
        newPair(
          testClientConfig({ groups: ["x25519"] }),
          testServerConfig({
            shapes: {
              encrypted_extensions: {
                verbatim: [
                  {
                    type: ExtensionType.supported_groups,
                    body: fromHex(groups),
                  },
                ],
              },
            },
          }),
        ),
      );
      expect(client.error).toBeUndefined();
      expect(client.info?.group).toBe("x25519");
    }
  });
});

describe("a share of ffdhe2048", () => {
  const options: Options = {
    client: { groups: ["ffdhe2048"] },
    server: { groups: ["ffdhe2048"] },
  };
  const prime = ffdheParameters("ffdhe2048").prime;
  const share = (value: number): Uint8Array =>
    new Uint8Array(prime.length).with(-1, value);
  const wrong = {
    "0": share(0),
    "1": share(1),
    "p - 1": prime.with(-1, (prime.at(-1) ?? 0) - 1),
    p: prime,
  };
  const BAD = ["bad_key_share", "illegal_parameter"];

  // [9846-4.3.8.1-01]
  it.each(Object.entries(wrong))("that is %s, of a client", (_what, bad) => {
    const edit = changing("client_hello", (raw) => {
      const hello = readClientHello(whole(raw), EVERY_EXTENSION);
      const { key_share: [one] = [] } = hello.extensions;
      if (one === undefined) throw new Error("no share");
      const key_share = [{ ...one, share: bad }];
      return encodeClientHello(EVERY_EXTENSION, {
        ...hello,
        extensions: { ...hello.extensions, key_share },
      });
    });
    expect(failureOf(edit, options)).toEqual(["server", ...BAD]);
  });

  // [9846-4.3.8.1-01]
  it.each(Object.entries(wrong))("that is %s, of a server", (_what, bad) => {
    const edit = changing("server_hello", (raw) => {
      const hello = readServerHello(whole(raw), EVERY_EXTENSION);
      if (hello.kind !== "server_hello") throw new Error(hello.kind);
      const { key_share: one } = hello.extensions;
      if (one === undefined) throw new Error("no share");
      return encodeServerHello(EVERY_EXTENSION, {
        ...hello,
        extensions: { ...hello.extensions, key_share: { ...one, share: bad } },
      });
    });
    expect(failureOf(edit, options)).toEqual(["client", ...BAD]);
  });
});

describe("proofs of a peer", () => {
  const flipped = (raw: Uint8Array): Uint8Array =>
    raw.with(raw.length - 1, (raw.at(-1) ?? 0) ^ 1);

  it.each([
    // [9846-4.5.2-08] [9846-4.5.2-09]
    ["a server's CertificateVerify", "certificate_verify", 0, "client"],
    // [9846-4.5.2-08] [9846-4.5.2-09]
    ["a client's CertificateVerify", "certificate_verify", 1, "server"],
    // [9846-4.5.3-01]
    ["a server's Finished", "finished", 0, "client"],
    // [9846-4.5.3-01]
    ["a client's Finished", "finished", 1, "server"],
  ] as const)("%s with a bit changed is a decrypt_error", (...row) => {
    const [, name, nth, side] = row;
    expect(failureOf(changing(name, flipped, nth), MUTUAL)).toEqual([
      side,
      name === "finished" ? "finished_mismatch" : "certificate_verify_mismatch",
      "decrypt_error",
    ]);
  });
});

describe("a KeyUpdate before the peer's Finished", () => {
  const ORDER = [
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
  // [9846-4.7.3-01]
  it.each(ORDER.map((name, index) => [name, index] as const))(
    "in place of the %s (%i) is unexpected_message",
    (name, index) => {
      let seen = -1;
      const edit: Edit = (one, raw) => {
        if (seen++ !== index) return [raw];
        expect(one).toBe(name);
        return [message("key_update", "00")];
      };
      expect(failureOf(edit, MUTUAL)).toEqual([
        index < 6 ? "client" : "server",
        "unexpected_message",
        "unexpected_message",
      ]);
    },
  );
});

describe("legacy_version of a ClientHello without supported_versions", () => {
  // [9846-4.3.1-02]
  it.each([0x0304, 0x0399])("%i is TLS 1.2 at most", (legacyVersion) => {
    let answer = "none";
    const edit: Edit = (name, raw) => {
      if (name === "server_hello")
        answer = readServerHello(whole(raw), EVERY_EXTENSION).kind;
      if (name !== "client_hello") return [raw];
      const hello = readClientHello(whole(raw), EVERY_EXTENSION);
      expect(hello.extensions.supported_versions).toBeUndefined();
      const fields = { ...hello, legacyVersion };
      return [encodeClientHello(EVERY_EXTENSION, fields)];
    };
    const [, reason] = failureOf(edit, {
      client: { versions: ["TLSv1.2"] },
      server: { versions: BOTH },
    });
    expect(answer).toBe("server_hello12");
    // Nothing but the transcript tells that it was changed.
    expect(reason).toBe("finished_mismatch");
  });
});

describe("legacy_compression_methods of a ClientHello", () => {
  const withMethods = (...methods: number[]): Edit =>
    changing("client_hello", (raw) => {
      const id = 4 + 2 + 32;
      const suites = id + 1 + (raw[id] ?? 0);
      const length = ((raw[suites] ?? 0) << 8) | (raw[suites + 1] ?? 0);
      const at = suites + 2 + length;
      const body = concat(
        raw.subarray(4, at),
        Uint8Array.of(methods.length, ...methods),
        raw.subarray(at + 1 + (raw[at] ?? 0)),
      );
      return message("client_hello", body);
    });
  const outcome = (version: (typeof BOTH)[number], ...methods: number[]) =>
    failureOf(withMethods(...methods), {
      client: { versions: [version] },
      server: { versions: BOTH },
    });

  // [9846-4.2.2-15]
  it.each([[[1]], [[0, 1]], [[1, 0]]])("%j: not in TLS 1.3", (methods) => {
    expect(outcome("TLSv1.3", ...methods)).toEqual([
      "server",
      "illegal_parameter",
      "illegal_parameter",
    ]);
  });

  // [9846-4.2.2-16]
  it("may be more than the null method in TLS 1.2", () => {
    for (const methods of [[0], [1, 0], [0, 1, 64]])
      // The server goes on; the transcripts then differ.
      expect(outcome("TLSv1.2", ...methods)[1]).toBe(
        methods.length === 1 ? undefined : "finished_mismatch",
      );
    expect(outcome("TLSv1.2", 1)[1]).toBe("illegal_parameter");
  });
});
