/** Raw public keys (RFC 7250) alike in TLS 1.2 and 1.3: roles, choice, sessions. */
import { RAISE_NEED } from "../../../src/promises.ts";
import { describe, expect, it } from "vitest";
import { concat, toHex } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type CertificateTypeName,
  createClientConfig,
  type ClientOptions,
  type Credential,
  MemorySessionStore,
  createRawPublicKeyCredential,
  type ServerOptions,
  type Session,
  SIGNATURE_SCHEMES,
  sessionFromBytes,
  sessionToBytes,
  TicketKeys,
  TlsUsageError,
  type TlsProtocolVersion,
} from "../../../src/engine/index.ts";
import { ExtensionType } from "../../../src/wire/code-points.ts";
import {
  trustRawPublicKeys,
  verifiedKeyByCaller,
} from "../../../src/x509/index.ts";
import {
  DELIVERIES,
  type Delivery,
  events,
  newPair,
  type Pair,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
  testVerifier,
} from "../../support/engines.ts";
import { message, runMachines } from "../../support/machines.ts";
import { type KeyKind, testKey } from "../../support/pki.ts";
import { sessionsAfter } from "../../support/sessions.ts";

const VERSIONS: readonly TlsProtocolVersion[] = ["TLSv1.2", "TLSv1.3"];

function raw(kind: KeyKind, asks = false): Credential {
  const key = testKey(kind);
  return createRawPublicKeyCredential({
    provider: noble,
    publicKeyInfo: key.publicKeyInfo(),
    key: asks ? RAISE_NEED : { algorithm: key.algorithm, key: key.privateKey },
  });
}

const derOf = (kind: KeyKind): Uint8Array => testKey(kind).publicKeyInfo();
const known = (...kinds: KeyKind[]) => trustRawPublicKeys(kinds.map(derOf));

/** Options that the connections below have in common. */
const BOTH_KEYS = {
  client: { rawPublicKeys: known("ec-p256"), credentials: [raw("ed25519")] },
  server: {
    rawPublicKeys: known("ed25519"),
    credentials: [raw("ec-p256")],
    clientAuthentication: "required",
  },
} as const;

describe.each(VERSIONS)("raw public keys in %s", (version) => {
  const pairOf = (
    client: Partial<ClientOptions>,
    server: Partial<ServerOptions>,
  ): Pair =>
    newPair(
      testClientConfig({ versions: [version], ...client }),
      testServerConfig({ versions: [version], ...server }),
      "localhost",
    );
  const connect = (
    client: Partial<ClientOptions>,
    server: Partial<ServerOptions>,
    delivery: Delivery = "whole",
  ): Pair => shuttle(pairOf(client, server), delivery);

  it.each(["ec-p256", "ec-p384", "ed25519", "rsa"] as const)(
    "a server presents a key of kind %s",
    (kind) => {
      const { client, server } = connect(
        { rawPublicKeys: known(kind) },
        { credentials: [raw(kind)] },
      );
      expect(client.error ?? server.error).toBeUndefined();
      expect(client.info?.version).toBe(version);
      expect(client.info?.peer).toBeUndefined();
      expect(client.info?.peerRawPublicKey?.der).toEqual(derOf(kind));
    },
  );

  it.each(DELIVERIES)("both sides present one, bytes %s", (delivery) => {
    const { client, server } = connect(
      BOTH_KEYS.client,
      BOTH_KEYS.server,
      delivery,
    );
    expect(client.error ?? server.error).toBeUndefined();
    expect(server.info?.peerRawPublicKey?.der).toEqual(derOf("ed25519"));
    expect(client.info?.peerRawPublicKey?.der).toEqual(derOf("ec-p256"));
  });

  it("one side presents a key, the other a certificate", () => {
    const one = connect(
      { rawPublicKeys: known("ec-p256"), credentials: [client509()] },
      { credentials: [raw("ec-p256")], clientAuthentication: "required" },
    );
    expect(one.server.info?.peer?.verified).toBe(true);
    expect(one.client.info?.peerRawPublicKey).toBeDefined();
    const other = connect(
      { credentials: [raw("ed25519")] },
      { rawPublicKeys: known("ed25519"), clientAuthentication: "required" },
    );
    expect(other.server.info?.peerRawPublicKey).toBeDefined();
    expect(other.client.info?.peer?.verified).toBe(true);
  });

  it("needs can validate and sign", () => {
    const pair = pairOf(
      { rawPublicKeys: RAISE_NEED },
      { credentials: [raw("ec-p256", true)] },
    );
    const needs: string[] = [];
    for (let i = 0; i < 4; i++) {
      shuttle(pair);
      for (const engine of [pair.client, pair.server])
        for (const event of events(engine)) {
          if (event.type !== "need") continue;
          needs.push(event.need.type);
          if (event.need.type === "sign") {
            const { scheme } = event.need;
            const sign = noble.signers[SIGNATURE_SCHEMES[scheme].signature];
            if (!sign) throw new Error("nothing signs");
            const key = testKey("ec-p256").privateKey;
            const signature = sign(key, event.need.content, noble.random);
            engine.resume({ type: "signed", signature });
          } else if (event.need.type === "verify") {
            const wrong = verifiedKeyByCaller(
              derOf("ed25519"),
              event.need.context,
            );
            expect(() => {
              engine.resume({ type: "verified", chain: wrong });
            }).toThrow(TlsUsageError);
            const chain = verifiedKeyByCaller(
              derOf("ec-p256"),
              event.need.context,
            );
            engine.resume({ type: "verified", chain });
          }
        }
    }
    expect(needs).toEqual(["sign", "verify"]);
    expect(pair.client.info?.peerRawPublicKey).toBeDefined();
  });

  it("a key that is not trusted: certificate_unknown", () => {
    const { client } = connect(
      { rawPublicKeys: known("ed25519") },
      { credentials: [raw("ec-p256")] },
    );
    expect(client.error?.alert).toBe("certificate_unknown");
    const { server } = connect(BOTH_KEYS.client, {
      ...BOTH_KEYS.server,
      rawPublicKeys: known("rsa"),
    });
    expect(server.error?.alert).toBe("certificate_unknown");
  });

  describe("which of them", () => {
    const two = [testCredential(), raw("ec-p256")];
    it.each<[readonly CertificateTypeName[], Credential[], boolean]>([
      [["RawPublicKey", "X509"], two, false],
      [["RawPublicKey", "X509"], two.toReversed(), true],
      [["X509", "RawPublicKey"], two.toReversed(), true],
      [["RawPublicKey"], two, true],
      [["X509", "RawPublicKey"], two.slice(0, 1), false],
    ])("of the server's, for a client that accepts %j", (types, own, isRaw) => {
      const { client } = connect(
        { rawPublicKeys: known("ec-p256"), peerCertificateTypes: types },
        { credentials: own },
      );
      expect(client.error).toBeUndefined();
      expect(client.info?.peerRawPublicKey !== undefined).toBe(isRaw);
    });

    const clients = [client509(), raw("ed25519")];
    it.each<[readonly CertificateTypeName[], Credential[], boolean]>([
      [["RawPublicKey", "X509"], clients, true],
      [["X509", "RawPublicKey"], clients.toReversed(), false],
      [["RawPublicKey", "X509"], clients.slice(0, 1), false],
      [["X509", "RawPublicKey"], clients.slice(1), true],
    ])("of the client's, for a server that prefers %j", (types, own, isRaw) => {
      const { server } = connect(
        { credentials: own },
        {
          rawPublicKeys: known("ed25519"),
          peerCertificateTypes: types,
          clientAuthentication: "required",
        },
      );
      expect(server.error).toBeUndefined();
      expect(server.info?.peerRawPublicKey !== undefined).toBe(isRaw);
    });

    // [5246-7.4.2-07] [5246-7.4.6-05]
    it("a client that has none in common receives an alert", () => {
      const judges = {
        rawPublicKeys: known("ed25519"),
        peerCertificateTypes: ["RawPublicKey"],
      } as const;
      for (const [client, server] of [
        [{}, { credentials: [raw("ec-p256")] }],
        [{ ...judges }, {}],
        [{}, { ...judges, clientAuthentication: "optional" }],
        [
          { credentials: [raw("ed25519")] },
          { clientAuthentication: "optional" },
        ],
      ] as const) {
        const pair = connect(client, server);
        expect(pair.server.error?.alert).toBe("unsupported_certificate");
        expect(pair.server.error?.reason).toBe("no_shared_certificate_type");
      }
    });

    // [5246-7.4.6-04]
    it("a client without anything of the type stays anonymous", () => {
      const { server } = connect(
        { certificateTypes: ["RawPublicKey"] },
        { rawPublicKeys: known("ed25519"), clientAuthentication: "optional" },
      );
      expect(server.error).toBeUndefined();
      expect(server.info?.peerRawPublicKey).toBeUndefined();
    });
  });

  describe("sessions", () => {
    const ways: readonly Partial<ServerOptions>[] = [
      { ticketKeys: new TicketKeys({ provider: noble }) },
      { sessionStore: new MemorySessionStore() },
    ];
    const sessionOf = (server: Partial<ServerOptions>): Session => {
      const pair = connect(BOTH_KEYS.client, server);
      const [session] = sessionsAfter(pair);
      if (session === undefined) throw new Error("no session");
      return session;
    };

    it.each(ways)("know the keys of both sides, %#", (way) => {
      const server = { ...BOTH_KEYS.server, ...way };
      const session = sessionOf(server);
      expect(session.peerRawPublicKey).toEqual(derOf("ec-p256"));
      for (const one of [session, sessionFromBytes(sessionToBytes(session))]) {
        const client = { ...BOTH_KEYS.client, session: one };
        const pair = connect(client, server);
        expect(pair.client.error ?? pair.server.error).toBeUndefined();
        expect(pair.client.info?.resumed).toBe(true);
        expect(pair.client.info?.peerRawPublicKey?.der).toEqual(
          derOf("ec-p256"),
        );
        expect(pair.server.info?.peerRawPublicKey?.der).toEqual(
          derOf("ed25519"),
        );
        // RFC 7250 4.2: who is silent means X.509, to some on resumption too.
        if (version === "TLSv1.2")
          expect(toHex(pair.sent.server)).toContain("0014000102");
        if (version === "TLSv1.3") break;
      }
    });

    it("end where the key is not believed any more", () => {
      const server = { ...BOTH_KEYS.server, ...ways[0] };
      const session = sessionOf(server);
      const resumed = (
        client: Partial<ClientOptions>,
        changes: Partial<ServerOptions> = {},
      ): boolean | undefined =>
        connect(
          { ...BOTH_KEYS.client, ...client, session },
          { ...server, ...changes },
        ).client.info?.resumed;
      expect(resumed({})).toBe(true);
      expect(
        resumed(
          { rawPublicKeys: known("ed25519"), verifier: testVerifier() },
          { credentials: [testCredential()] },
        ),
      ).toBe(false);
      // Nor where nobody takes keys at all.
      const { rawPublicKeys: _none, ...without } = BOTH_KEYS.client;
      const pair = newPair(
        testClientConfig({ versions: [version], ...without, session }),
        testServerConfig({
          versions: [version],
          ...server,
          credentials: [testCredential()],
        }),
        "localhost",
      );
      expect(shuttle(pair).client.info?.resumed).toBe(false);
    });

    it("are resumed by the proof of this process where the verifier is a need", () => {
      const server = { ...BOTH_KEYS.server, ...ways[0] };
      const session = sessionOf(server);
      const { rawPublicKeys: trust } = BOTH_KEYS.client;
      const asks = {
        ...BOTH_KEYS.client,
        rawPublicKeys: RAISE_NEED,
        trust,
      } as const;
      const pair = connect({ ...asks, session }, server);
      expect(pair.client.info?.resumed).toBe(true);
      const stored = sessionFromBytes(sessionToBytes(session));
      const other = pairOf({ ...asks, session: stored }, server);
      shuttle(other);
      // Bytes carry no proof: the full handshake asks.
      expect(events(other.client).map(({ type }) => type)).toEqual(["need"]);
    });
  });

  describe("a peer may do wrong with", () => {
    const alertOf = (
      edit: (body: Uint8Array) => Uint8Array,
      from: "client" | "server" = "server",
    ) =>
      runMachines(
        testClientConfig({ versions: [version], ...BOTH_KEYS.client }),
        testServerConfig({ versions: [version], ...BOTH_KEYS.server }),
        (name, bytes, side) =>
          name === "certificate" && side === from
            ? [message("certificate", edit(bytes.slice(4)))]
            : [bytes],
      ).failed?.error.alert;
    const sides = ["client", "server"] as const;

    it.each(sides)("a key of the %s that does not parse", (side) => {
      expect(
        alertOf((body) => {
          body[version === "TLSv1.2" ? 3 : 7] = 0x31;
          return body;
        }, side),
      ).toBe("decode_error");
    });
    it.each(sides)("a certificate of the %s in its place", (side) => {
      const [der = new Uint8Array()] = testCredential().chain;
      const u24 = (n: number) => Uint8Array.of(n >> 16, n >> 8, n);
      const entry = concat(u24(der.length), der);
      const list =
        version === "TLSv1.2"
          ? entry
          : concat(
              Uint8Array.of(0),
              u24(entry.length + 2),
              entry,
              Uint8Array.of(0, 0),
            );
      expect(alertOf(() => list, side)).toBe("decode_error");
    });
    it.each(sides)("bytes behind the key of the %s", (side) => {
      expect(alertOf((body) => concat(body, Uint8Array.of(0)), side)).toBe(
        "decode_error",
      );
    });
    it("nothing at all", () => {
      const empty = new Uint8Array(version === "TLSv1.2" ? 3 : 4);
      expect(alertOf(() => empty, "server")).toBe("decode_error");
      expect(alertOf(() => empty, "client")).toBe(
        version === "TLSv1.2" ? "handshake_failure" : "certificate_required",
      );
    });

    const carrier =
      version === "TLSv1.2" ? "server_hello12" : "encrypted_extensions";
    const { server_certificate_type: ofServer, client_certificate_type: mine } =
      ExtensionType;
    it.each([
      ["a type of the server's that was not offered", ofServer, 1, 1],
      ["a type of the client's that was not offered", mine, 0, 1],
      ["two types of the server's", ofServer, 2, 2],
      ["no type", ofServer, 2, 0],
    ] as const)("%s", (_what, type, value, length) => {
      const body = new Uint8Array(length).fill(value);
      const { client } = connect(
        {
          ...BOTH_KEYS.client,
          peerCertificateTypes: ["RawPublicKey"],
        },
        {
          ...BOTH_KEYS.server,
          shapes: { [carrier]: { verbatim: [{ type, body }] } },
        },
      );
      expect(client.error?.alert).toBe(
        length === 1 ? "illegal_parameter" : "decode_error",
      );
    });
    it.each([ofServer, mine])("a type unasked, extension %i", (type) => {
      const body = Uint8Array.of(2);
      const shapes = { [carrier]: { verbatim: [{ type, body }] } };
      const { client } = connect({}, { shapes });
      expect(client.error?.alert).toBe("unsupported_extension");
    });
    it("no extension, which means X.509, where only keys are accepted", () => {
      const { client } = connect(
        {
          rawPublicKeys: known("ec-p256"),
          peerCertificateTypes: ["RawPublicKey"],
        },
        {
          credentials: [raw("ec-p256")],
          shapes: { [carrier]: { omit: [ofServer] } },
        },
      );
      expect(client.error?.reason).toBe("no_shared_certificate_type");
    });
    it.each([
      ["nothing but X.509", [1, 0], "illegal_parameter"],
      ["an empty list", [0], "decode_error"],
      ["what nobody knows", [2, 3, 9], "unsupported_certificate"],
    ] as const)("a hello with %s", (_what, bytes, alert) => {
      for (const type of [ofServer, mine]) {
        const body = Uint8Array.from(bytes);
        const shapes = { client_hello: { verbatim: [{ type, body }] } };
        const { server } = connect(
          { shapes, grease: false },
          { clientAuthentication: "optional" },
        );
        expect(server.error?.alert).toBe(alert);
      }
    });
  });
});

function client509(): Credential {
  return testCredential("ec-p256", "client");
}

describe("wrong use of the options", () => {
  const options = { provider: noble, verifier: testVerifier() };
  it.each<[string, Partial<ClientOptions>]>([
    ["keys that nobody judges", { peerCertificateTypes: ["RawPublicKey"] }],
    [
      "a judge without work",
      { rawPublicKeys: known("ec-p256"), peerCertificateTypes: ["X509"] },
    ],
    ["no type of the peer's", { peerCertificateTypes: [] }],
    ["a type twice", { certificateTypes: ["X509", "X509"] }],
    ["no type of one's own", { certificateTypes: [] }],
  ])("%s", (_what, wrong) => {
    expect(() => createClientConfig({ ...options, ...wrong })).toThrow(
      TlsUsageError,
    );
  });
});
