/** Hellos of TLS 1.2: offers of a client, and the answers of a server to each. */
import { describe, expect, it } from "vitest";
import { concat, equal, NO_BYTES, toHex } from "../../src/bytes.ts";
import type { ClientOptions, ServerOptions } from "../../src/engine/index.ts";
import { EVERY_EXTENSION } from "../../src/handshake/features/every-feature.ts";
import {
  type ClientHello,
  encodeClientHello,
  readClientHello,
} from "../../src/handshake/messages/client-hello.ts";
import {
  readServerHello,
  type ServerHelloMessage,
} from "../../src/handshake/messages/server-hello.ts";
import { ExtensionType } from "../../src/wire/code-points.ts";
import {
  seededProvider,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../support/engines.ts";
import { type Edit, message, runMachines } from "../support/machines.ts";
import {
  connect12,
  serverMemory,
  sessionOf,
  type Sides,
} from "../support/tls12.ts";

const TLS12 = { versions: ["TLSv1.2"] } as const;
const SCSV = 0x00ff;

function whole(raw: Uint8Array) {
  return { type: raw[0] ?? 0, body: raw.subarray(4), raw };
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

/** Runs a handshake of TLS 1.2 with both hellos kept. */
function run(
  edit: Edit,
  options: {
    readonly client?: Partial<ClientOptions>;
    readonly server?: Partial<ServerOptions>;
  } = {},
) {
  let sent: Uint8Array = NO_BYTES;
  let answered: ServerHelloMessage | undefined;
  const outcome = runMachines(
    testClientConfig({ grease: false, ...TLS12, ...options.client }),
    testServerConfig({ ...TLS12, ...options.server }),
    (name, raw, from) => {
      if (name === "client_hello") sent = raw;
      if (name === "server_hello")
        answered = readServerHello(whole(raw), EVERY_EXTENSION);
      return edit(name, raw, from);
    },
  );
  return { ...outcome, sent, answered };
}

const asIs: Edit = (_name, raw) => [raw];

describe("a client's hello has", () => {
  const hex = toHex(run(asIs).sent);

  it.each([
    // [5746-3.4-01]
    ["an empty renegotiation_info", "ff01000100"],
    // [7627-5.2-01]
    ["extended_main_secret", "00170000"],
    // [8422-5.1-03] [8422-5.1.2-04]
    ["the uncompressed point format, and no other", "000b00020100"],
    // [5246-7.4.1.4.1-03]
    ["signature_algorithms", "000d001c001a0403"],
  ])("%s", (_what, bytes) => {
    expect(hex).toContain(bytes);
  });

  // [5246-7.4.1.2-06]
  it("no compression method but null", () => {
    const { sent } = run(asIs);
    const hello = readClientHello(whole(sent), EVERY_EXTENSION);
    expect(hello.legacyCompressionMethods).toEqual(Uint8Array.of(0));
  });
});

describe("a server answers", () => {
  const offered = (
    extensions: Partial<ClientHello["extensions"]>,
    cipherSuites?: readonly number[],
  ) =>
    run(
      clientHello((hello) => ({
        cipherSuites: [...hello.cipherSuites, ...(cipherSuites ?? [])],
        extensions: {
          supported_groups: hello.extensions.supported_groups ?? [],
          signature_algorithms: hello.extensions.signature_algorithms ?? [],
          ...extensions,
        },
      })),
    ).answered;

  // [5746-3.6-02] [5746-3.6-04] [5746-4.3-01]
  it("renegotiation_info with an empty one", () => {
    expect(offered({ renegotiation_info: NO_BYTES })).toMatchObject({
      extensions: { renegotiation_info: NO_BYTES },
      extensionTypes: [ExtensionType.renegotiation_info],
    });
  });

  // [5746-3.6-01]
  it("the SCSV with the same", () => {
    expect(offered({}, [SCSV])).toMatchObject({
      extensions: { renegotiation_info: NO_BYTES },
      extensionTypes: [ExtensionType.renegotiation_info],
    });
  });

  // [5746-3.6-03]
  it("a value of a renegotiation with an alert", () => {
    expect(offered({ renegotiation_info: Uint8Array.of(1) })).toBeUndefined();
    const { failed } = run(
      clientHello(({ extensions }) => ({
        extensions: { ...extensions, renegotiation_info: Uint8Array.of(1) },
      })),
    );
    expect(failed?.error.alert).toBe("handshake_failure");
  });

  // [7627-5.2-02]
  it("extended_main_secret with itself", () => {
    expect(offered({ extended_main_secret: true })).toMatchObject({
      extensionTypes: [ExtensionType.extended_main_secret],
    });
  });

  // [8422-5.2-02]
  it("point formats with the uncompressed one", () => {
    expect(offered({ ec_point_formats: [2, 0, 1] })).toMatchObject({
      extensions: { ec_point_formats: [0] },
      extensionTypes: [ExtensionType.ec_point_formats],
    });
  });

  // [5246-7.4.1.4-01] [5246-7.4.1.4.1-06] [7627-5.2-04]
  it("nothing that was not asked for, and no signature_algorithms", () => {
    const server = {
      alpnProtocols: ["h2"],
      ...serverMemory("ticket"),
      recordSizeLimit: 1000,
    };
    const { answered } = run(
      clientHello(({ extensions }) => ({
        extensions: {
          supported_groups: extensions.supported_groups ?? [],
          signature_algorithms: extensions.signature_algorithms ?? [],
        },
      })),
      { server },
    );
    expect(answered).toMatchObject({ kind: "server_hello12" });
    expect(answered?.extensionTypes).toEqual([]);
  });

  // [5246-7.4.1.2-10]
  it("a hello that ends behind the compression methods", () => {
    const schemes = ["ecdsa_sha1"] as const;
    const { answered, failed } = run(
      (name, raw) => {
        if (name !== "client_hello") return [raw];
        const body = raw.subarray(4);
        const suites = 35 + (body[34] ?? 0);
        const length = ((body[suites] ?? 0) << 8) | (body[suites + 1] ?? 0);
        const end = suites + 2 + length + 2;
        return [message("client_hello", body.slice(0, end))];
      },
      {
        server: { signatureSchemes: schemes, groups: ["secp256r1"] },
      },
    );
    expect(answered).toMatchObject({ kind: "server_hello12" });
    expect(answered?.extensionTypes).toEqual([]);
    // The client, which offered it, insists.
    expect(failed?.error.reason).toBe("unsafe_legacy_renegotiation");
  });
});

describe("compression methods of a hello", () => {
  const withMethods = (...methods: number[]): Edit => {
    return (name, raw) => {
      if (name !== "client_hello") return [raw];
      const body = raw.subarray(4);
      const suites = 35 + (body[34] ?? 0);
      const length = ((body[suites] ?? 0) << 8) | (body[suites + 1] ?? 0);
      const at = suites + 2 + length;
      const list = Uint8Array.of(methods.length, ...methods);
      const changed = concat(body.slice(0, at), list, body.slice(at + 2));
      return [message("client_hello", changed)];
    };
  };

  // [5246-7.4.1.2-07] [9846-4.2.2-16]
  it("may be more than null, which has to be among them", () => {
    expect(run(withMethods(1, 0)).answered?.kind).toBe("server_hello12");
    const { answered, failed } = run(withMethods(1));
    expect(answered).toBeUndefined();
    expect(failed?.error.alert).toBe("illegal_parameter");
  });
});

describe("randomness of a server", () => {
  /** A provider, and all the bytes that were drawn from it. */
  function watched(seed: string) {
    const provider = seededProvider(seed);
    const drawn: Uint8Array[] = [];
    const random = (length: number): Uint8Array => {
      const bytes = provider.random(length);
      drawn.push(bytes.slice());
      return bytes;
    };
    return { provider: { ...provider, random }, drawn };
  }

  // [5246-7.4.1.3-01] [9846-4.2.3-03]
  it("makes its random, whatever the client's is", () => {
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const { provider, drawn } = watched("the server's own");
      const versions = [version];
      const { answered, sent } = run(asIs, {
        client: { versions, provider: seededProvider("a client") },
        server: { versions, provider },
      });
      const random = answered?.random ?? NO_BYTES;
      expect(random).toHaveLength(32);
      expect(drawn.some((bytes) => equal(bytes, random))).toBe(true);
      expect(random).not.toEqual(sent.subarray(6, 38));
    }
  });

  // [5246-7.4.1.2-02]
  it("makes its session ids, which say nothing else", () => {
    const ids = ["one", "another"].map((seed) => {
      const { provider, drawn } = watched(seed);
      const server = { provider, ...serverMemory("session id") };
      const { answered } = run(asIs, { server });
      const id = answered?.legacySessionIdEcho ?? NO_BYTES;
      expect(id).toHaveLength(32);
      expect(drawn.some((bytes) => equal(bytes, id))).toBe(true);
      return toHex(id);
    });
    expect(new Set(ids).size).toBe(2);
  });
});

describe("a session is offered", () => {
  const suites = [
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  ] as const;
  const server = {
    ...TLS12,
    cipherSuites: suites,
    ...serverMemory("session id"),
  };
  const begun: Sides = { client: { ...TLS12, cipherSuites: suites }, server };

  // [5246-7.4.1.2-05]
  it("with its suite, and never without", () => {
    const session = sessionOf(connect12(begun));
    if (session?.version !== "TLSv1.2") throw new Error("no session came");
    const offeredId = (cipherSuites: readonly (typeof suites)[number][]) =>
      connect12(
        { client: { ...TLS12, cipherSuites, session }, server },
        "whole",
        " again",
      ).server.info?.clientHello?.legacySessionId;
    expect(offeredId([...suites].reverse())).toEqual(session.sessionId);
    expect(offeredId(suites.slice(1))).not.toEqual(session.sessionId);
  });
});

describe("a client refuses", () => {
  const withExtension = (type: number, body: Uint8Array) =>
    runMachines(
      testClientConfig(TLS12),
      testServerConfig({
        ...TLS12,
        shapes: { server_hello12: { verbatim: [{ type, body }] } },
      }),
    ).failed;

  // [5246-7.4.1.4.1-06]
  it("signature_algorithms in a ServerHello", () => {
    const type = ExtensionType.signature_algorithms;
    const failed = withExtension(type, Uint8Array.of(0, 2, 4, 3));
    expect(failed).toMatchObject({ side: "client" });
    expect(failed?.error.alert).toBe("unsupported_extension");
  });

  // [8422-5.2-02] [8422-5.2-03]
  it("point formats without the uncompressed one", () => {
    const type = ExtensionType.ec_point_formats;
    const failed = withExtension(type, Uint8Array.of(2, 1, 2));
    expect(failed).toMatchObject({ side: "client" });
    expect(failed?.error.alert).toBe("illegal_parameter");
  });

  // [7627-5.3-09]
  it("to go on with an extended main secret that its session has not", () => {
    const memory = { ...TLS12, ...serverMemory("session id") };
    const first = sessionOf(connect12({ client: TLS12, server: memory }));
    if (first?.version !== "TLSv1.2") throw new Error("no session came");
    // It would not be offered: so it changes when the hello is out.
    const session = { ...first };
    const { failed } = run(
      (name, raw) => {
        if (name === "client_hello") session.extendedMainSecret = false;
        return [raw];
      },
      { client: { session }, server: memory },
    );
    expect(failed?.error.reason).toBe("resumed_session_mismatch");
    expect(failed?.side).toBe("client");
  });
});

describe("where no curve for the exchange is in common", () => {
  const server = {
    groups: ["secp256r1"],
    credentials: [testCredential("rsa")],
  } as const;
  const client = { groups: ["x25519"] } as const;

  // [8422-5.1-05] [8422-5.1-06] [8422-4-02]
  it("no suite of ECDHE is taken, and one of DHE is", () => {
    const ecdhe = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
    const dhe = "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256";
    const alone = run(asIs, {
      client: { ...client, cipherSuites: [ecdhe] },
      server: { ...server, cipherSuites: [ecdhe, dhe] },
    });
    expect(alone.failed?.error.reason).toBe("no_shared_cipher");
    const both = run(asIs, {
      client: { ...client, cipherSuites: [ecdhe, dhe] },
      server: { ...server, cipherSuites: [ecdhe, dhe] },
    });
    expect(both.failed).toBeUndefined();
    expect(both.answered?.cipherSuite).toBe(0x009e);
  });
});
