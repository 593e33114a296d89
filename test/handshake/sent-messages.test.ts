/** The messages of both sides, read field by field. */
import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  createCredential,
  GROUPS,
  type ServerOptions,
  SIGNATURE_SCHEMES,
} from "../../src/engine/index.ts";
import { EVERY_EXTENSION } from "../../src/handshake/features/every-feature.ts";
import { readCertificateRequest13 } from "../../src/handshake/messages/certificate-request13.ts";
import { readCertificate13 } from "../../src/handshake/messages/certificate13.ts";
import {
  type ClientHello,
  readClientHello,
} from "../../src/handshake/messages/client-hello.ts";
import { readEncryptedExtensions } from "../../src/handshake/messages/encrypted-extensions.ts";
import { readServerHello } from "../../src/handshake/messages/server-hello.ts";
import { ExtensionType, isGrease } from "../../src/wire/code-points.ts";
import {
  newPair,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../support/engines.ts";
import { runMachines, type SentName } from "../support/machines.ts";
import { testServer } from "../support/pki.ts";

interface Options {
  readonly client?: Partial<ClientOptions>;
  readonly server?: Partial<ServerOptions>;
}

interface Sent {
  readonly name: SentName;
  readonly from: "client" | "server";
  readonly raw: Uint8Array;
}

/** Runs a handshake to its end and returns all of its messages. */
function messagesOf({ client, server }: Options = {}): readonly Sent[] {
  const messages: Sent[] = [];
  const outcome = runMachines(
    testClientConfig({ grease: false, ...client }),
    testServerConfig(server),
    (name, raw, from) => {
      messages.push({ name, raw: raw.slice(), from });
      return [raw];
    },
  );
  expect(outcome.failed?.error).toBeUndefined();
  for (const { at } of [outcome.client, outcome.server])
    expect(at).toBe("CONNECTED");
  return messages;
}

function all(sent: readonly Sent[], name: SentName, from?: Sent["from"]) {
  return sent
    .filter((one) => one.name === name && one.from === (from ?? one.from))
    .map(({ raw }) => ({ type: raw[0] ?? 0, body: raw.subarray(4), raw }));
}

function clientHellos(options?: Options): readonly ClientHello[] {
  return all(messagesOf(options), "client_hello").map((raw) =>
    readClientHello(raw, EVERY_EXTENSION),
  );
}

function serverHellos(options?: Options) {
  return all(messagesOf(options), "server_hello").map((raw) =>
    readServerHello(raw, EVERY_EXTENSION),
  );
}

const BOTH = ["TLSv1.2", "TLSv1.3"] as const;
const RETRY = {
  client: {
    groups: ["x25519", "secp256r1", "secp384r1"],
    keyShares: ["x25519"],
  },
  server: { groups: ["secp384r1"] },
} as const;

describe("a ClientHello", () => {
  // [9846-4.3.1-01]
  it("has all versions that the client speaks, TLS 1.3 first", () => {
    const [hello] = clientHellos({ client: { versions: BOTH } });
    expect(hello?.extensions.supported_versions).toEqual([0x0304, 0x0303]);
    expect(hello?.legacyVersion).toBe(0x0303);
  });

  // [9846-4.3.3-02]
  it("has the schemes of the config, in its order", () => {
    const signatureSchemes = ["ed25519", "ecdsa_secp256r1_sha256"] as const;
    const [hello] = clientHellos({ client: { signatureSchemes } });
    expect(hello?.extensions.signature_algorithms).toEqual(
      signatureSchemes.map((name) => SIGNATURE_SCHEMES[name].code),
    );
  });

  // [9846-4.3.8-14]
  it("after a HelloRetryRequest has one share, of the group asked for", () => {
    const [first, second] = clientHellos(RETRY);
    const groupsOf = (hello: ClientHello | undefined) =>
      hello?.extensions.key_share?.map(({ group }) => group);
    expect(groupsOf(first)).toEqual([GROUPS.x25519]);
    expect(groupsOf(second)).toEqual([GROUPS.secp384r1]);
  });

  // [9846-4.2.2-02a]
  it("after a HelloRetryRequest is the first but for share and cookie", () => {
    const server = { ...RETRY.server, helloRetryCookie: true };
    const [first, second] = clientHellos({ ...RETRY, server });
    if (first === undefined || second === undefined)
      throw new Error("no hello");
    for (const name of ["random", "legacySessionId", "cipherSuites"] as const)
      expect(second[name]).toEqual(first[name]);
    const { cookie, key_share: _share, ...rest } = second.extensions;
    const { key_share: _other, ...before } = first.extensions;
    expect(cookie).toHaveLength(32);
    expect(rest).toEqual(before);
    expect(second.extensionTypes.filter((type) => type !== 44)).toEqual(
      first.extensionTypes,
    );
  });

  // [9846-4.3.2-03]
  it("has no cookie of an earlier connection", () => {
    const client = testClientConfig({ ...RETRY.client });
    const server = testServerConfig({
      ...RETRY.server,
      helloRetryCookie: true,
    });
    const cookies: (Uint8Array | undefined)[] = [];
    for (let i = 0; i < 2; i++)
      runMachines(client, server, (name, raw) => {
        if (name === "client_hello") {
          const body = raw.subarray(4);
          const hello = readClientHello(
            { type: 1, body, raw },
            EVERY_EXTENSION,
          );
          cookies.push(hello.extensions.cookie);
        }
        return [raw];
      });
    const lengths = cookies.map((cookie) => cookie?.length ?? 0);
    expect(lengths).toEqual([0, 32, 0, 32]);
  });
});

describe("a ServerHello", () => {
  // [9846-4.2.3-08] [9846-4.2.3-09] [9846-4.3.1-09] [9846-4.3.1-10]
  it("of TLS 1.3 has its version, its share and nothing else", () => {
    const alpnProtocols = ["h2"];
    const [hello] = serverHellos({
      client: { versions: BOTH, alpnProtocols, groups: ["x25519"] },
      server: { versions: BOTH, alpnProtocols, recordSizeLimit: 1000 },
    });
    expect(hello).toMatchObject({
      kind: "server_hello",
      legacyVersion: 0x0303,
      extensions: { supported_versions: 0x0304 },
    });
    expect(hello?.extensionTypes.toSorted((a, b) => a - b)).toEqual([
      ExtensionType.supported_versions,
      ExtensionType.key_share,
    ]);
  });

  // [9846-4.3.8-15] [9846-2-01]
  it("has a share of a group of which the client sent one", () => {
    const groups = ["secp384r1", "secp256r1", "x25519"] as const;
    const [hello] = serverHellos({
      client: { groups, keyShares: ["secp256r1"] },
      server: { groups },
    });
    if (hello?.kind !== "server_hello") throw new Error("not of TLS 1.3");
    expect(hello.extensions.key_share?.group).toBe(GROUPS.secp256r1);
    expect(hello.extensions.key_share?.share).toHaveLength(65);
  });

  // [9846-4.2.3-11] [9846-4.2.3-12] [9846-4.2.3-02]
  it("of TLS 1.2 ends its random with DOWNGRD and 1 where TLS 1.3 is spoken", () => {
    const client = { versions: ["TLSv1.2"] } as const;
    const endOf = (server: Partial<ServerOptions>) => {
      const [hello] = serverHellos({ client, server });
      return toHex(hello?.random.subarray(24) ?? new Uint8Array(0));
    };
    expect(endOf({ versions: BOTH })).toBe("444f574e47524401");
    expect(endOf(client)).not.toMatch(/^444f574e475244/);
  });

  // [9846-4.3.1-07] [9846-4.3.1-08]
  it("of TLS 1.2 answers a list without TLS 1.3, and names no version in one", () => {
    const [hello] = serverHellos({
      client: {
        versions: ["TLSv1.2"],
        shapes: {
          client_hello: {
            verbatim: [
              {
                type: ExtensionType.supported_versions,
                // Two of the future, and TLS 1.2.
                body: Uint8Array.of(6, 3, 0x7f, 3, 0x05, 3, 3),
              },
            ],
          },
        },
      },
      server: { versions: BOTH },
    });
    expect(hello?.kind).toBe("server_hello12");
    expect(hello?.legacyVersion).toBe(0x0303);
    expect(hello?.extensionTypes).not.toContain(
      ExtensionType.supported_versions,
    );
  });

  // [9846-4.3.1-05b] [9846-4.2.2-12]
  it("answers a hello with versions and suites that nobody knows", () => {
    const client: Partial<ClientOptions> = {
      grease: true,
      shapes: {
        client_hello: {
          verbatim: [
            {
              type: ExtensionType.supported_versions,
              body: Uint8Array.of(6, 0x7f, 0x1c, 3, 5, 3, 4),
            },
          ],
        },
      },
    };
    const sent = messagesOf({ client, server: { versions: BOTH } });
    const [hello] = all(sent, "client_hello").map((raw) =>
      readClientHello(raw, EVERY_EXTENSION),
    );
    expect(isGrease(hello?.cipherSuites[0] ?? 0)).toBe(true);
    const [answer] = all(sent, "server_hello").map((raw) =>
      readServerHello(raw, EVERY_EXTENSION),
    );
    expect(answer).toMatchObject({
      extensions: { supported_versions: 0x0304 },
    });
  });
});

describe("a HelloRetryRequest", () => {
  // [9846-4.2.4-01] [9846-4.2.4-02] [9846-4.2.4-03] [9846-4.2.4-12a]
  it.each([false, true])(
    "has its version, its group, a cookie (%s) and nothing else",
    (helloRetryCookie) => {
      const alpnProtocols = ["h2"];
      const [retry, hello] = serverHellos({
        client: { ...RETRY.client, versions: BOTH, alpnProtocols },
        server: { ...RETRY.server, helloRetryCookie, alpnProtocols },
      });
      expect(retry).toMatchObject({
        kind: "hello_retry_request",
        extensions: { supported_versions: 0x0304, key_share: GROUPS.secp384r1 },
      });
      expect(retry?.extensionTypes).toEqual(
        expect.arrayContaining([
          ExtensionType.supported_versions,
          ExtensionType.key_share,
        ]),
      );
      expect(retry?.extensionTypes).toHaveLength(helloRetryCookie ? 3 : 2);
      expect(retry?.extensionTypes.includes(ExtensionType.cookie)).toBe(
        helloRetryCookie,
      );
      expect(hello).toMatchObject({
        kind: "server_hello",
        extensions: { supported_versions: 0x0304 },
      });
      expect(hello?.cipherSuite).toBe(retry?.cipherSuite);
    },
  );
});

describe("a server with answers to everything", () => {
  const { chain, key } = testServer();
  const server: Partial<ServerOptions> = {
    versions: BOTH,
    alpnProtocols: ["h2"],
    alpnMismatch: "ignore",
    recordSizeLimit: 1000,
    clientAuthentication: "optional",
    credentials: [
      createCredential({
        provider: noble,
        chain,
        key: { algorithm: "ecPublicKey", key },
        ocspResponse: Uint8Array.of(1, 2, 3),
        scts: [Uint8Array.of(4)],
      }),
    ],
  };
  /** Beside what TLS 1.3 itself needs the client offers nothing. */
  const bare = {
    omit: [
      ExtensionType.server_name,
      ExtensionType.record_size_limit,
      ExtensionType.extended_main_secret,
      ExtensionType.ec_point_formats,
      ExtensionType.encrypt_then_mac,
      ExtensionType.session_ticket,
    ],
  };

  // [9846-4.3-05]
  it.each(BOTH)("gives none that was not asked for (%s)", (version) => {
    const sent = messagesOf({
      client: { versions: [version], shapes: { client_hello: bare } },
      server,
    });
    if (version === "TLSv1.2") {
      const [hello] = all(sent, "server_hello").map((raw) =>
        readServerHello(raw, EVERY_EXTENSION),
      );
      // RFC 5746 3.6: the signal among the suites has asked for it.
      expect(hello?.extensionTypes).toEqual([ExtensionType.renegotiation_info]);
      return;
    }
    const [extensions] = all(sent, "encrypted_extensions").map((raw) =>
      readEncryptedExtensions(raw, EVERY_EXTENSION),
    );
    expect(extensions?.extensionTypes).toEqual([]);
    const [certificate] = all(sent, "certificate", "server").map((raw) =>
      readCertificate13(raw, EVERY_EXTENSION),
    );
    const types = certificate?.entries.map((entry) => entry.extensionTypes);
    expect(types?.flat()).toEqual([]);
  });

  // [9846-4.5.1.1-02] [9846-4.5.1.1-03] [9846-4.3.6-02] [9846-4.3.9-06]
  // [9846-4.3.5-01]
  it("knows nothing of status_request_v2, and has none of a client's own", () => {
    const STATUS_REQUEST_V2 = 17;
    const sent = messagesOf({
      client: {
        postHandshakeAuth: true,
        shapes: {
          client_hello: {
            ...bare,
            verbatim: [
              {
                type: STATUS_REQUEST_V2,
                // One item: ocsp_multi without responders and extensions.
                body: Uint8Array.of(0, 7, 2, 0, 4, 0, 0, 0, 0),
              },
            ],
          },
        },
      },
      server,
    });
    const [extensions] = all(sent, "encrypted_extensions").map((raw) =>
      readEncryptedExtensions(raw, EVERY_EXTENSION),
    );
    const [certificate] = all(sent, "certificate", "server").map((raw) =>
      readCertificate13(raw, EVERY_EXTENSION),
    );
    expect(extensions?.extensionTypes).toEqual([]);
    expect(certificate?.entries[0]?.extensionTypes).toEqual([]);
  });
});

describe("a CertificateRequest", () => {
  // [9846-4.4.2-04a] [9846-4.4.2-06a]
  it("of the handshake has no context, and the schemes that are taken", () => {
    const signatureSchemes = ["ecdsa_secp256r1_sha256", "ed25519"] as const;
    const sent = messagesOf({
      server: {
        grease: false,
        clientAuthentication: "optional",
        signatureSchemes,
      },
    });
    const [request] = all(sent, "certificate_request").map((raw) =>
      readCertificateRequest13(raw, EVERY_EXTENSION),
    );
    expect(request?.context).toHaveLength(0);
    expect(request?.extensions.signature_algorithms).toEqual(
      signatureSchemes.map((name) => SIGNATURE_SCHEMES[name].code),
    );
  });

  // [9846-4.4.2-09a]
  it("is not sent beside an external PSK", () => {
    const psk = () => ({ identity: Uint8Array.of(1), key: new Uint8Array(32) });
    const sent: number[] = [];
    const pair = newPair(
      testClientConfig({
        psk,
        credentials: [testCredential("ec-p256", "client")],
      }),
      testServerConfig({ psk, clientAuthentication: "optional" }),
    );
    pair.server.messageCallback = ({ direction, contentType, messageType }) => {
      if (direction === "write" && contentType === 22) sent.push(messageType);
    };
    shuttle(pair);
    expect(pair.client.info?.pskIdentity).toEqual(Uint8Array.of(1));
    // ServerHello, EncryptedExtensions and Finished.
    expect(sent).toEqual([2, 8, 20]);
  });
});

describe("a client with a certificate", () => {
  const credentials = [
    testCredential("ec-p256", "client"),
    testCredential("ed25519", "client"),
  ];

  // [9846-4.5.1-02b]
  it("does not send it where it was not asked", () => {
    const names = messagesOf({ client: { credentials } })
      .filter(({ from }) => from === "client")
      .map(({ name }) => name);
    expect(names).toEqual(["client_hello", "finished"]);
  });

  // [9846-4.5.2-05]
  it("signs with a scheme of the request, or sends an empty list", () => {
    const server = {
      clientAuthentication: "optional",
      signatureSchemes: ["ed25519"],
      credentials: [testCredential("ed25519")],
    } as const;
    const sent = messagesOf({ client: { credentials }, server });
    const [verify] = all(sent, "certificate_verify", "client");
    expect(toHex(verify?.body.subarray(0, 2) ?? new Uint8Array(0))).toBe(
      "0807",
    );
    const without = messagesOf({
      client: { credentials: credentials.slice(0, 1) },
      server,
    });
    expect(all(without, "certificate_verify", "client")).toEqual([]);
    expect(all(without, "certificate", "client")[0]?.body).toEqual(
      new Uint8Array(4),
    );
  });
});
