/** A certificate beside an external PSK: RFC 8773. */
import { describe, expect, it } from "vitest";
import { concat } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  importPsk,
  MemorySessionStore,
  type PskCallback,
  type ServerOptions,
  TicketKeys,
  TlsUsageError,
} from "../../../src/engine/index.ts";
import {
  DELIVERIES,
  type Delivery,
  events,
  newPair,
  received,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../../support/engines.ts";
import { type Edit, message, runMachines } from "../../support/machines.ts";
import { splitHello } from "../../../src/ech/inner-hello.ts";
import { ExtensionType } from "../../../src/wire/code-points.ts";
import { Writer } from "../../../src/wire/writer.ts";

const TYPE = 33;
const IDENTITY = Uint8Array.of(7, 7);
const key = new Uint8Array(32).fill(0x5a);
const psk: PskCallback = () => ({ identity: IDENTITY, key });
const BOTH = {
  certificateWithPsk: true,
  versions: ["TLSv1.3"],
  psk,
} as const;

interface Options {
  readonly client?: Partial<ClientOptions>;
  readonly server?: Partial<ServerOptions>;
  readonly delivery?: Delivery;
}

const connect = ({ client = BOTH, server = BOTH, delivery }: Options) =>
  shuttle(
    newPair(testClientConfig(client), testServerConfig(server)),
    delivery,
  );

describe("both", () => {
  for (const delivery of DELIVERIES)
    it(`authenticate, bytes ${delivery}`, () => {
      const { client, server } = connect({ delivery });
      expect(client.error ?? server.error).toBeUndefined();
      for (const { info } of [client, server]) {
        expect(info?.pskIdentity).toEqual(IDENTITY);
        expect(info?.resumed).toBe(false);
        expect(info?.group).toBe("X25519MLKEM768");
      }
      expect(client.info?.peer?.verified).toBe(true);
      expect(client.info?.peerSignatureScheme).toBe("ecdsa_secp256r1_sha256");
      expect(server.info?.credential).toBeDefined();
      client.write(Uint8Array.of(1, 2, 3));
      shuttle({ client, server, sent: empty() });
      expect(received(server)).toEqual(Uint8Array.of(1, 2, 3));
    });

  it("after a HelloRetryRequest", () => {
    const { client, server } = connect({
      server: { ...BOTH, groups: ["secp384r1"], helloRetryCookie: true },
    });
    expect(client.error ?? server.error).toBeUndefined();
    expect(client.info?.helloRetried).toBe(true);
    expect(client.info?.pskIdentity).toEqual(IDENTITY);
  });

  it("with a certificate of the client too, and the second of two keys", () => {
    const other = { identity: Uint8Array.of(1), key };
    const { client, server } = connect({
      client: {
        ...BOTH,
        psk: () => [other, { identity: IDENTITY, key }],
        credentials: [testCredential("ec-p256", "client")],
      },
      server: {
        ...BOTH,
        psk: ({ identity }) =>
          identity?.length === 2 ? { identity: IDENTITY, key } : undefined,
        clientAuthentication: "required",
      },
    });
    expect(client.error ?? server.error).toBeUndefined();
    expect(server.info?.peer?.verified).toBe(true);
    expect(server.info?.pskIdentity).toEqual(IDENTITY);
  });

  it("with an imported key, of SHA-384", () => {
    const imported = importPsk({
      provider: noble,
      identity: IDENTITY,
      key,
      targetHash: "SHA-384",
    });
    const options = { ...BOTH, psk: () => imported };
    const { client } = connect({ client: options, server: options });
    expect(client.info?.cipherSuite.hash).toBe("SHA-384");
    expect(client.info?.pskIdentity).toEqual(imported.identity);
  });

  it("the certificate is verified as ever", () => {
    const { client } = shuttle(
      newPair(testClientConfig(BOTH), testServerConfig(BOTH), "other.test"),
    );
    expect(client.error?.alert).toBe("bad_certificate");
    expect(client.info).toBeUndefined();
  });

  it("the key is in the schedule: with another one the binder is wrong", () => {
    const other = new Uint8Array(32).fill(1);
    const { server } = connect({
      client: { ...BOTH, psk: () => ({ identity: IDENTITY, key: other }) },
    });
    expect(server.error?.reason).toBe("binder_mismatch");
  });

  it("a client gets no session", () => {
    const { client } = connect({});
    expect(events(client).map(({ type }) => type)).not.toContain("session");
  });
});

describe("one of them alone", () => {
  const plain = { versions: ["TLSv1.3"] } as const;
  it.each<[string, Options, string, "client" | "server"]>([
    [
      "a client that offers the key alone",
      { client: { ...plain, psk } },
      "the client does not offer it",
      "server",
    ],
    [
      "a client that has no key",
      { client: plain },
      "the client does not offer it",
      "server",
    ],
    [
      "a key that the server does not know",
      { server: { ...BOTH, psk: () => undefined } },
      "this server has none of the keys that the client offers",
      "server",
    ],
    [
      "a server that takes the key alone",
      { server: { ...plain, psk } },
      "the server goes by the key alone",
      "client",
    ],
    [
      "a server that shows a certificate alone",
      { server: plain },
      "the server goes by a certificate alone",
      "client",
    ],
    [
      "a client whose callback has no key",
      { client: { ...BOTH, psk: () => undefined } },
      "this client has no key to offer, or none of the suite's hash",
      "client",
    ],
  ])("is refused: %s", (_what, options, detail, side) => {
    const pair = connect(options);
    expect(pair[side].error).toMatchObject({
      reason: "certificate_with_psk_missing",
      alert: "handshake_failure",
      detail,
    });
    expect(pair.client.info ?? pair.server.info).toBeUndefined();
  });
});

describe("what a peer must not do", () => {
  const failureOf = (edit: Edit, options: Options = {}) => {
    const { failed } = runMachines(
      testClientConfig({ grease: false, ...(options.client ?? BOTH) }),
      testServerConfig(options.server ?? BOTH),
      edit,
    );
    return [failed?.side, failed?.error.reason, failed?.error.alert];
  };
  /** Puts an extension into the first ClientHello. */
  const withExtension =
    (type: number): Edit =>
    (name, raw) => {
      if (name !== "client_hello") return [raw];
      const { head, sessionId, middle, extensions } = splitHello(
        raw.subarray(4),
      );
      const writer = new Writer().bytes(head).opaque8(sessionId).bytes(middle);
      writer.vector16((list) => {
        for (const one of [{ type, body: new Uint8Array() }, ...extensions])
          list.u16(one.type).opaque16(one.body);
      });
      return [message("client_hello", writer.finish())];
    };

  it("offer early data beside it (the binder would tell too)", () => {
    const [side, reason] = failureOf(withExtension(42));
    expect([side, reason]).toEqual(["server", "binder_mismatch"]);
  });

  it("leave out what a certificate needs", () => {
    const omit = [ExtensionType.signature_algorithms];
    const client = { ...BOTH, shapes: { client_hello: { omit } } };
    const { server } = connect({ client });
    expect(server.error).toMatchObject({
      alert: "missing_extension",
      detail: "signature_algorithms",
    });
  });

  it("answer what was not asked for", () => {
    const plain = { versions: ["TLSv1.3"], psk } as const;
    const edit: Edit = (name, raw) =>
      name === "server_hello" ? [withAnswer(raw)] : [raw];
    expect(failureOf(edit, { client: plain, server: plain })).toEqual([
      "client",
      "unsolicited_extension",
      "unsupported_extension",
    ]);
  });

  /** A ServerHello with the extension at its end. */
  function withAnswer(raw: Uint8Array): Uint8Array {
    const body = raw.slice(4);
    const at = 2 + 32 + 1 + (body[34] ?? 0) + 3;
    const length = ((body[at] ?? 0) << 8) + (body[at + 1] ?? 0) + 4;
    body.set([length >> 8, length & 0xff], at);
    return message("server_hello", concat(body, Uint8Array.of(0, TYPE, 0, 0)));
  }
});

describe("options that contradict it", () => {
  const ticketKeys = new TicketKeys({ provider: noble });
  it.each<[string, () => unknown, string]>([
    [
      "TLS 1.2",
      () => testClientConfig({ ...BOTH, versions: ["TLSv1.2", "TLSv1.3"] }),
      'TLS 1.3 alone has it; set versions to ["TLSv1.3"]',
    ],
    [
      "no key",
      () =>
        testClientConfig({ certificateWithPsk: true, versions: ["TLSv1.3"] }),
      "psk is missing",
    ],
    [
      "psk_ke",
      () => testServerConfig({ ...BOTH, pskModes: ["psk_ke", "psk_dhe_ke"] }),
      "pskModes are psk_ke and psk_dhe_ke",
    ],
    [
      "no certificate",
      () => testServerConfig({ ...BOTH, credentials: [] }),
      "credentials are empty",
    ],
    [
      "tickets",
      () => testServerConfig({ ...BOTH, ticketKeys }),
      "cannot be combined with ticketKeys",
    ],
    [
      "a store",
      () =>
        testServerConfig({ ...BOTH, sessionStore: new MemorySessionStore() }),
      "cannot be combined with sessionStore",
    ],
    [
      "early data",
      () => testClientConfig({ ...BOTH, earlyData: true }),
      "cannot be combined with earlyData",
    ],
  ])("%s", (_what, make, sentence) => {
    expect(make).toThrow(TlsUsageError);
    expect(make).toThrow(sentence);
  });
});

function empty() {
  return { client: new Uint8Array(), server: new Uint8Array() };
}
