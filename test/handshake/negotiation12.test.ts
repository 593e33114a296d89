/** Hellos and key exchanges of a TLS 1.2 peer, allowed and forbidden. */
import { describe, expect, it } from "vitest";
import { asciiBytes, NO_BYTES, utf8Bytes } from "../../src/bytes.ts";
import { ffdheParameters } from "../../src/crypto/ffdhe.ts";
import {
  type ClientOptions,
  type ServerOptions,
  type Session,
  TlsUsageError,
} from "../../src/engine/index.ts";
import { type AlertName, type Reason } from "../../src/errors.ts";
import * as REASONS from "../../src/reasons.ts";
import { EVERY_EXTENSION } from "../../src/handshake/features/every-feature.ts";
import {
  type ClientHello,
  encodeClientHello,
  readClientHello,
} from "../../src/handshake/messages/client-hello.ts";
import {
  encodeServerHello12,
  readServerHello,
  type ServerHello12Fields,
} from "../../src/handshake/messages/server-hello.ts";
import {
  encodeServerKeyExchange,
  parseServerKeyExchange,
} from "../../src/handshake/messages/server-key-exchange.ts";
import { GROUPS } from "../../src/handshake/registries/groups.ts";
import { advanceByMessage } from "../../src/engine/connection-state.ts";
import { ExtensionType } from "../../src/wire/code-points.ts";
import {
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../support/engines.ts";
import {
  asSent,
  type Edit,
  MACHINES,
  message,
  type Outcome,
  runMachines,
  silentIo,
} from "../support/machines.ts";
import {
  type Case12,
  connect12,
  serverMemory,
  sessionOf,
  sidesOf,
} from "../support/tls12.ts";

interface Options {
  readonly client?: Partial<ClientOptions>;
  readonly server?: Partial<ServerOptions>;
}

const only12 = { versions: ["TLSv1.2"] } as const;

function run(edit: Edit, { client, server }: Options = {}): Outcome {
  return runMachines(
    testClientConfig({ grease: false, ...only12, ...client }),
    testServerConfig({ ...only12, ...server }),
    edit,
  );
}

function expectReason(reason: Reason, edit: Edit, options?: Options): void {
  const { failed } = run(edit, options);
  expect(failed?.error.reason).toBe(reason);
  const alert: AlertName | null = REASONS[reason].alert;
  expect(failed?.error.alert).toBe(alert);
}

function whole(raw: Uint8Array) {
  return { type: raw[0] ?? 0, body: raw.subarray(4), raw };
}

/** The ServerHello with other fields. */
function serverHello(
  change: (hello: ServerHello12Fields) => Partial<ServerHello12Fields>,
): Edit {
  return (name, raw) => {
    if (name !== "server_hello") return [raw];
    const hello = readServerHello(whole(raw), EVERY_EXTENSION);
    if (hello.kind !== "server_hello12") throw new Error("not of TLS 1.2");
    return [
      encodeServerHello12(EVERY_EXTENSION, { ...hello, ...change(hello) }),
    ];
  };
}

/** The ClientHello with other fields. */
function clientHello(
  change: (hello: ClientHello) => Partial<ClientHello>,
): Edit {
  return (name, raw) => {
    if (name !== "client_hello") return [raw];
    const hello = readClientHello(whole(raw), EVERY_EXTENSION);
    return [encodeClientHello(EVERY_EXTENSION, { ...hello, ...change(hello) })];
  };
}

describe("a ServerHello of TLS 1.2", () => {
  // [5246-E.1-01] [9846-E.1-03]
  it("of another version", () => {
    for (const legacyVersion of [0x0302, 0x0304])
      expectReason(
        "unsupported_protocol",
        serverHello(() => ({ legacyVersion })),
      );
  });

  // [9846-4.2.3-02] [9846-4.2.3-12]
  it("with the sentinel, to a client that speaks TLS 1.3 too", () => {
    const client = { versions: ["TLSv1.2", "TLSv1.3"] } as const;
    // A server that speaks both writes it, when somebody takes 1.3 away.
    const server = client;
    const withoutVersions = clientHello(({ extensions }) => {
      const { supported_versions: _gone, ...rest } = extensions;
      return { extensions: rest };
    });
    expectReason("downgrade_detected", withoutVersions, { client, server });
    expect(run(asSent, { client }).failed).toBeUndefined();
    expect(run(asSent, { server }).failed).toBeUndefined();
  });

  it("with a suite of TLS 1.3, or one that was not offered", () => {
    for (const cipherSuite of [0x1301, 0xc009, 0x0a0a])
      expectReason(
        "wrong_cipher_returned",
        serverHello(() => ({ cipherSuite })),
      );
  });

  // [5746-3.4-03] [5746-4.1-01]
  it("that does not speak of renegotiation", () => {
    const edit = serverHello(({ extensions }) => {
      const { renegotiation_info: _gone, ...rest } = extensions;
      return { extensions: rest };
    });
    expectReason("unsafe_legacy_renegotiation", edit);
    // Whoever says so goes on; only the transcript then tells that it changed.
    const client = { legacyServerConnect: true };
    expectReason("finished_mismatch", edit, { client });
  });

  // [5746-3.4-04]
  it("of a renegotiation", () => {
    const renegotiation_info = Uint8Array.of(1, 2, 3);
    expectReason(
      "renegotiation_mismatch",
      serverHello(({ extensions }) => ({
        extensions: { ...extensions, renegotiation_info },
      })),
    );
  });

  // [5246-7.4.1.4-02] [5746-3.6-06]
  it("with answers that were not requested", () => {
    expectReason(
      "unsolicited_extension",
      serverHello(({ extensions }) => ({
        extensions: { ...extensions, encrypt_then_mac: true },
      })),
    );
    expectReason(
      "wrong_protocol_returned",
      serverHello(({ extensions }) => ({
        extensions: {
          ...extensions,
          application_layer_protocol_negotiation: ["h3"],
        },
      })),
      { client: { alpnProtocols: ["h2"] } },
    );
  });

  it("with encrypt_then_mac and an AEAD", () => {
    const cipherSuites = [
      "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
      "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    ] as const;
    expectReason(
      "illegal_parameter",
      serverHello(({ extensions }) => ({
        extensions: { ...extensions, encrypt_then_mac: true },
      })),
      { client: { cipherSuites } },
    );
  });

  it("with a max_fragment_length other than asked, or beside the newer limit", () => {
    const change = serverHello(({ extensions }) => ({
      extensions: { ...extensions, max_fragment_length: 1024 },
    }));
    const client = { maxFragmentLength: 512 } as const;
    expect(run(asSent, { client }).failed).toBeUndefined();
    expectReason("illegal_parameter", change, { client });
    expectReason("illegal_parameter", change, {
      client: { maxFragmentLength: 1024, recordSizeLimit: 1024 },
    });
  });

  it("that echoes a session id which was made up", () => {
    const client = { versions: ["TLSv1.2", "TLSv1.3"] } as const;
    let made: Uint8Array = NO_BYTES;
    const edit: Edit = (name, raw, from) => {
      if (name === "client_hello")
        made = readClientHello(whole(raw), EVERY_EXTENSION).legacySessionId;
      return serverHello(() => ({ legacySessionIdEcho: made }))(
        name,
        raw,
        from,
      );
    };
    expectReason("session_not_offered", edit, { client });
  });
});

describe("a ClientHello of TLS 1.2", () => {
  it("that fell back, to a server that speaks TLS 1.3", () => {
    const server = { versions: ["TLSv1.2", "TLSv1.3"] } as const;
    const fallback = clientHello(({ cipherSuites }) => ({
      cipherSuites: [...cipherSuites, 0x5600],
    }));
    expectReason("inappropriate_fallback", fallback, { server });
    // To one that does not, it is nothing but another transcript.
    expectReason("finished_mismatch", fallback);
  });

  // [9846-4.3.1-04] [9846-4.3.1-05a] [9846-E.2-01] [9846-E.5-04]
  it("of TLS 1.1, with supported_versions or without", () => {
    expectReason(
      "unsupported_protocol",
      clientHello(() => ({ legacyVersion: 0x0302 })),
    );
    expectReason(
      "unsupported_protocol",
      clientHello(({ extensions }) => ({
        extensions: { ...extensions, supported_versions: [0x0302, 0x0301] },
      })),
    );
  });

  // [5246-7.4.9-01] [5246-E.1-02] [5746-3.6-05] [9846-E.2-02]
  it("of a future version is one of TLS 1.2", () => {
    const edit = clientHello(() => ({ legacyVersion: 0x0399 }));
    expectReason("finished_mismatch", edit);
  });

  it("of a renegotiation", () => {
    const renegotiation_info = Uint8Array.of(1);
    expectReason(
      "renegotiation_mismatch",
      clientHello(({ extensions }) => ({
        extensions: { ...extensions, renegotiation_info },
      })),
    );
  });

  // [8422-5.1.2-03]
  it("without the uncompressed point format", () => {
    const edit = clientHello(({ extensions }) => ({
      extensions: { ...extensions, ec_point_formats: [1, 2] },
    }));
    expectReason("illegal_parameter", edit);
  });

  // [5246-7.4.1.4.1-07] [5246-7.4.3-03] [5246-7.4.3-04] [8422-5.1-04]
  // [8422-5.1-05] [8422-5.3-04]
  it("without a curve of the certificate, or a signature for it", () => {
    expectReason("no_shared_cipher", asSent, {
      client: { groups: ["x25519"] },
    });
    expectReason("no_shared_cipher", asSent, {
      client: { signatureSchemes: ["rsa_pkcs1_sha256"] },
    });
  });

  // [5246-7.4.1.4.1-04] [8422-5.10-04] [9846-4.3.3-14]
  it("without signature_algorithms means SHA-1, which is off", () => {
    const edit = clientHello(({ extensions }) => {
      const { signature_algorithms: _gone, ...rest } = extensions;
      return { extensions: rest };
    });
    expectReason("no_shared_cipher", edit);
    const signatureSchemes = ["ecdsa_sha1"] as const;
    expectReason("finished_mismatch", edit, {
      client: { signatureSchemes },
      server: { signatureSchemes },
    });
  });

  describe("with DHE", () => {
    const dhe = "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256" as const;
    const ecdhe = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" as const;
    const credentials = [testCredential("rsa")];
    const own = ffdheParameters("ffdhe3072");
    const named = (...supported_groups: number[]): Edit =>
      clientHello(({ extensions }) => ({
        extensions: { ...extensions, supported_groups },
      }));

    it.each([
      ["a group that nobody has assigned", [0x0105], {}],
      ["ffdhe8192 alone", [GROUPS.ffdhe8192], {}],
      ["ffdhe3072 alone", [GROUPS.ffdhe3072], {}],
      [
        "a group less than the server's",
        [GROUPS.ffdhe2048],
        { groups: ["ffdhe3072"] },
      ],
      [
        "a group less than the parameters",
        [GROUPS.ffdhe2048],
        { dhParameters: own },
      ],
    ] as const)("and %s is insufficient_security", (_name, groups, server) => {
      const options = {
        client: { cipherSuites: [dhe] },
        server: { cipherSuites: [dhe], credentials, ...server },
      };
      expectReason("no_shared_field", named(...groups), options);
      // RFC 7919 4: another suite in common is taken instead.
      const { sent, failed } = run(named(...groups, GROUPS.x25519), {
        client: { cipherSuites: [dhe, ecdhe] },
        server: {
          ...options.server,
          groups: [...("groups" in server ? server.groups : []), "x25519"],
          cipherSuites: [dhe, ecdhe],
        },
      });
      expect(failed?.error.reason).toBe("finished_mismatch");
      expect(sent).toContain("client_key_exchange");
    });

    it.each([
      ["ffdhe2048", ["ffdhe2048", "ffdhe8192"], {}],
      [
        "ffdhe4096",
        ["ffdhe2048", "ffdhe4096"],
        { groups: ["ffdhe4096", "ffdhe2048"] },
      ],
      ["ffdhe3072", ["ffdhe2048", "ffdhe3072"], { dhParameters: own }],
      ["ffdhe3072", ["x25519"], { dhParameters: own }],
      ["ffdhe3072", ["x25519"], { groups: ["ffdhe3072", "ffdhe4096"] }],
      ["ffdhe2048", ["x25519"], {}],
    ] as const)("gets %s where it names %j", (group, groups, server) => {
      const { failed, client } = run(asSent, {
        client: { cipherSuites: [dhe], groups },
        server: { cipherSuites: [dhe], credentials, ...server },
      });
      expect(failed).toBeUndefined();
      expect("info" in client && client.info.group).toBe(group);
    });
  });

  it("that offers static RSA alone", () => {
    const cipherSuites = ["TLS_RSA_WITH_AES_128_GCM_SHA256"] as const;
    const server = { credentials: [testCredential("rsa")] };
    expectReason("no_shared_cipher", asSent, {
      client: { cipherSuites },
      server,
    });
    expect(() => testServerConfig({ cipherSuites, ...server })).toThrow(
      TlsUsageError,
    );
  });
});

describe("a server's certificate", () => {
  const both = (name: "ECDSA" | "RSA") =>
    ({
      cipherSuites: [
        name === "ECDSA"
          ? "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
          : "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
      ],
    }) as const;

  // [5246-7.4.2-02] [5246-7.4.2-08] [8422-2.1-01] [8422-2.2-01] [8422-5.3-02]
  it("that does not fit the suite", () => {
    const rsa = testCredential("rsa");
    let certificate: Uint8Array = NO_BYTES;
    run(
      (name, raw, from) => {
        if (name === "certificate" && from === "server") certificate = raw;
        return [raw];
      },
      { client: both("RSA"), server: { ...both("RSA"), credentials: [rsa] } },
    );
    const edit: Edit = (name, raw) =>
      name === "certificate" ? [certificate] : [raw];
    expectReason("wrong_certificate_type", edit, { client: both("ECDSA") });
  });

  // [5246-7.4.2-15] [8422-5.3-03]
  it("on a curve that was not offered", () => {
    let certificate: Uint8Array = NO_BYTES;
    const server = { credentials: [testCredential("ec-p384")] };
    run(
      (name, raw, from) => {
        if (name === "certificate" && from === "server") certificate = raw;
        return [raw];
      },
      { server },
    );
    const edit: Edit = (name, raw) =>
      name === "certificate" ? [certificate] : [raw];
    expectReason("wrong_certificate_curve", edit, {
      client: { groups: ["x25519", "secp256r1"] },
    });
  });

  it("that is missing", () => {
    const edit: Edit = (name, raw) =>
      name === "certificate" ? [message("certificate", "000000")] : [raw];
    expectReason("certificate_missing", edit);
  });
});

describe("a ServerKeyExchange", () => {
  const changed =
    (
      change: (
        fields: ReturnType<typeof parseServerKeyExchange>,
      ) => Partial<ReturnType<typeof parseServerKeyExchange>>,
      keyExchange: "ECDHE" | "DHE" = "ECDHE",
    ): Edit =>
    (name, raw) => {
      if (name !== "server_key_exchange") return [raw];
      const read = { body: raw.subarray(4), raw };
      const fields = parseServerKeyExchange(read, keyExchange);
      return [encodeServerKeyExchange({ ...fields, ...change(fields) })];
    };

  it("with a group that was not offered", () => {
    const edit = changed(({ signedParams }) => ({
      signedParams: signedParams.with(2, 0x1e).with(1, 0),
    }));
    expectReason("wrong_group_returned", edit);
  });

  it("with a curve that has no name", () => {
    const edit = changed(({ signedParams }) => ({
      signedParams: signedParams.with(0, 1),
    }));
    expectReason("illegal_parameter", edit);
  });

  // [8422-2.1-02]
  it("with other parameters than were signed", () => {
    const edit = changed(({ signedParams }) => ({
      signedParams: signedParams.with(10, (signedParams[10] ?? 0) ^ 1),
    }));
    expectReason("certificate_verify_mismatch", edit);
  });

  // [5246-7.4.3-02]
  it("signed by a scheme that was not offered", () => {
    const edit = changed(({ signature }) => ({
      signature: signature && { ...signature, scheme: 0x0203 },
    }));
    expectReason("wrong_signature_scheme", edit);
  });

  it("with a field of fewer than 2048 bits", () => {
    const cipherSuites = ["TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"] as const;
    const small = new Uint8Array(128).fill(0xff);
    const writer = [small, Uint8Array.of(2), small.with(0, 1)].flatMap(
      (one) => [one.length >> 8, one.length & 255, ...one],
    );
    const edit = changed(
      () => ({ signedParams: Uint8Array.from(writer) }),
      "DHE",
    );
    expectReason("dh_key_too_small", edit, {
      client: { cipherSuites },
      server: { cipherSuites, credentials: [testCredential("rsa")] },
    });
    expect(() =>
      testServerConfig({
        dhParameters: { prime: small, generator: Uint8Array.of(2) },
      }),
    ).toThrow(TlsUsageError);
  });

  it("with a program's own field", () => {
    const cipherSuites = ["TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"] as const;
    const dhParameters = ffdheParameters("ffdhe3072");
    const { failed, client } = run(asSent, {
      client: { cipherSuites },
      server: {
        cipherSuites,
        dhParameters,
        credentials: [testCredential("rsa")],
      },
    });
    expect(failed).toBeUndefined();
    expect("info" in client && client.info.group).toBe("ffdhe3072");
  });
});

describe("a PSK", () => {
  const cipherSuites = ["TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256"] as const;
  const of = (identity: string, key: string) => () => ({
    identity: utf8Bytes(identity),
    key: utf8Bytes(key),
  });

  it("that the server does not know", () => {
    expectReason("unknown_psk_identity", asSent, {
      client: { cipherSuites, psk: of("a", "key") },
      server: { cipherSuites, psk: () => undefined },
    });
  });

  it("that the client does not have", () => {
    expectReason("psk_missing", asSent, {
      client: { cipherSuites, psk: () => undefined },
      server: { cipherSuites, psk: of("a", "key") },
    });
  });

  it("that is not the same on both sides", () => {
    const pair = connect12({
      client: { ...only12, cipherSuites, psk: of("a", "key") },
      server: { ...only12, cipherSuites, psk: of("a", "other key") },
    });
    expect(pair.server.error?.reason).toBe("bad_record_mac");
    expect(pair.client.error?.alert).toBe("bad_record_mac");
  });
});

describe("a session of TLS 1.2", () => {
  const one: Case12 = {
    suite: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    clientAuth: false,
    extendedMainSecret: true,
    encryptThenMac: true,
    resumption: "ticket",
  };

  function begun(change: Partial<Case12> = {}) {
    const sides = sidesOf({ ...one, ...change });
    const memory = serverMemory(change.resumption ?? "ticket");
    const server = { ...sides.server, ...memory };
    const session = sessionOf(connect12({ ...sides, server }));
    if (session === undefined) throw new Error("no session came");
    return { client: { ...sides.client, session }, server };
  }

  const isResumed = (options: Options): boolean => {
    const pair = connect12(
      { client: options.client ?? {}, server: options.server ?? {} },
      "whole",
      " again",
    );
    expect(pair.client.error ?? pair.server.error).toBeUndefined();
    return pair.server.info?.group === undefined;
  };

  // [7627-5.3-03] [7627-5.3-08]
  it("goes on", () => {
    expect(isResumed(begun())).toBe(true);
    expect(isResumed(begun({ resumption: "session id" }))).toBe(true);
  });

  it("begins anew with a ticket of other keys, or one that was touched", () => {
    const { client, server } = begun();
    const other = { ...server, ...serverMemory("session id") };
    const { ticketKeys: _gone, ...withoutTickets } = other;
    expect(isResumed({ client, server: withoutTickets })).toBe(false);
    const ticket = client.session.ticket.with(
      40,
      client.session.ticket[40] ?? 0 ^ 1,
    );
    ticket[41] = (ticket[41] ?? 0) ^ 1;
    const session: Session = { ...client.session, ticket };
    expect(isResumed({ client: { ...client, session }, server })).toBe(false);
  });

  it("begins anew in another context", () => {
    const { client, server } = begun();
    const sessionContext = asciiBytes("another");
    expect(isResumed({ client, server: { ...server, sessionContext } })).toBe(
      false,
    );
  });

  // [7627-5.3-06] [7627-5.4-06]
  it("ends when it would lose its extended main secret", () => {
    const { client, server } = begun();
    const omit = [ExtensionType.extended_main_secret];
    const pair = connect12({
      client: { ...client, shapes: { client_hello: { omit } } },
      server,
    });
    expect(pair.server.error?.reason).toBe("resumed_session_mismatch");
  });

  // [7627-5.3-04]
  it("begins anew when it had none and one is offered", () => {
    const { client, server } = begun({ extendedMainSecret: false });
    // A client does not offer such a session: this one says it is another.
    const session: Session = Object.assign({}, client.session, {
      extendedMainSecret: true,
    });
    expect(
      isResumed({ client: { ...client, session, shapes: {} }, server }),
    ).toBe(false);
  });

  it("is not offered under another name", () => {
    const { client, server } = begun();
    const session: Session = { ...client.session, serverName: "other.test" };
    expect(isResumed({ client: { ...client, session }, server })).toBe(false);
  });
});

describe("a request to renegotiate", () => {
  const honest = run(asSent);
  let hello: Uint8Array = NO_BYTES;
  run((name, raw) => {
    if (name === "client_hello") hello = raw;
    return [raw];
  });

  it.each([
    ["a client", honest.client, message("hello_request", "")],
    ["a server", honest.server, hello],
  ])(
    // [5746-4.2-02]
    "of %s is refused with a warning, and not for ever",
    (_who, state, raw) => {
      const warnings: AlertName[] = [];
      const io = silentIo({ sendWarning: (alert) => warnings.push(alert) });
      let next = state;
      for (let i = 0; i < 16; i++)
        next = advanceByMessage(MACHINES, next, whole(raw), io);
      expect(next.at).toBe("CONNECTED");
      expect(warnings).toEqual(
        Array.from({ length: 16 }, () => "no_renegotiation"),
      );
      expect(() => advanceByMessage(MACHINES, next, whole(raw), io)).toThrow(
        "asked to renegotiate too often",
      );
    },
  );

  it("is none of this side's: there is no such command", () => {
    const { client } = connect12({ client: only12, server: only12 });
    expect(() => {
      client.updateKeys(false);
    }).toThrow(TlsUsageError);
  });
});
