/**
 * The two ClientHellos around a HelloRetryRequest: what may change between them,
 * field by field (RFC 9846 4.2.2).
 */
import { describe, expect, it } from "vitest";
import { concat, equal, fromHex } from "../../src/bytes.ts";
import { type HelloParts, splitHello } from "../../src/ech/inner-hello.ts";
import type {
  ClientOptions,
  ExternalPsk,
  PskRequest,
  ServerOptions,
} from "../../src/engine/index.ts";
import { ExtensionType } from "../../src/wire/code-points.ts";
import { Writer } from "../../src/wire/writer.ts";
import { testClientConfig, testServerConfig } from "../support/engines.ts";
import { message, runMachines } from "../support/machines.ts";

type Extension = HelloParts["extensions"][number];
type Change = (second: HelloParts, first: HelloParts) => HelloParts;

const KEY = new Uint8Array(32).fill(0x5a);
const named = (name: number): ExternalPsk => ({
  identity: Uint8Array.of(0xe0, name),
  key: KEY,
});
const PSKS: readonly ExternalPsk[] = [
  named(1),
  { ...named(2), hash: "SHA-384" },
  named(3),
];
/** The server knows the last one alone. */
const ofServer = ({ identity }: PskRequest): ExternalPsk | undefined =>
  identity !== undefined && equal(identity, named(3).identity)
    ? named(3)
    : undefined;

const BASE = {
  client: {
    versions: ["TLSv1.3"],
    groups: ["x25519", "secp256r1"],
    keyShares: ["x25519"],
    alpnProtocols: ["h2"],
    grease: false,
  },
  server: { groups: ["secp256r1"], helloRetryCookie: true },
} as const;
const WITH_PSKS = { client: { psk: () => PSKS }, server: { psk: ofServer } };

/** Runs a handshake in which the second hello is changed on its way. */
function run(
  change: Change,
  options: {
    readonly client?: Partial<ClientOptions>;
    readonly server?: Partial<ServerOptions>;
  } = {},
) {
  let first: HelloParts | undefined;
  let hellos = 0;
  const { failed, sent } = runMachines(
    testClientConfig({ ...BASE.client, ...options.client }),
    testServerConfig({ ...BASE.server, ...options.server }),
    (name, raw) => {
      if (name !== "client_hello") return [raw];
      hellos++;
      const parts = splitHello(raw.subarray(4));
      if (first !== undefined) return [written(change(parts, first))];
      first = parts;
      return [raw];
    },
  );
  expect(hellos).toBe(2);
  const answers = sent.filter((name) => name === "server_hello").length;
  const { error, side } = failed ?? {};
  return { said: [side, error?.reason, error?.alert, error?.detail], answers };
}

function written({ head, sessionId, middle, extensions }: HelloParts) {
  const writer = new Writer().bytes(head).opaque8(sessionId).bytes(middle);
  writer.vector16((list) => {
    for (const { type, body } of extensions) list.u16(type).opaque16(body);
  });
  return message("client_hello", writer.finish());
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
}

/** Changes the extensions alone. */
const extensions =
  (
    change: (list: readonly Extension[], first: HelloParts) => Extension[],
  ): Change =>
  (second, first) => ({
    ...second,
    extensions: change(second.extensions, first),
  });

/** Changes the body of one extension. */
const body = (
  name: keyof typeof ExtensionType,
  change: (body: Uint8Array, first: HelloParts) => Uint8Array,
): Change =>
  extensions((list, first) => {
    expect(list.some(({ type }) => type === ExtensionType[name])).toBe(true);
    return list.map((one) =>
      one.type === ExtensionType[name]
        ? { ...one, body: change(one.body, first) }
        : one,
    );
  });

const without = (name: keyof typeof ExtensionType): Change =>
  extensions((list) => list.filter(({ type }) => type !== ExtensionType[name]));

/** Puts one in front of all others: pre_shared_key stays the last. */
const added = (name: keyof typeof ExtensionType, hex: string): Change =>
  extensions((list) => [
    { type: ExtensionType[name], body: fromHex(hex) },
    ...list,
  ]);

const firstBody = (name: keyof typeof ExtensionType, first: HelloParts) =>
  first.extensions.find(({ type }) => type === ExtensionType[name])?.body ??
  new Uint8Array();

/** Entries of pre_shared_key: identities of two bytes, binders of a hash. */
function pskEntries(body: Uint8Array) {
  const end = 2 + ((body[0] ?? 0) << 8) + (body[1] ?? 0);
  const identities: Uint8Array[] = [];
  for (let at = 2; at < end; at += 8) identities.push(body.slice(at, at + 8));
  const binders: Uint8Array[] = [];
  for (let at = end + 2; at < body.length; at += 1 + (body[at] ?? 0))
    binders.push(body.slice(at, at + 1 + (body[at] ?? 0)));
  return identities.map((identity, i) => ({ identity, binder: binders[i] }));
}

type Entry = ReturnType<typeof pskEntries>[number];

const psks = (change: (entries: Entry[]) => Entry[]): Change =>
  body("pre_shared_key", (bytes) => {
    const entries = change(pskEntries(bytes));
    return new Writer()
      .opaque16(concat(...entries.map(({ identity }) => identity)))
      .opaque16(concat(...entries.map(({ binder = KEY }) => binder)))
      .finish();
  });

const changed = (detail?: string) => [
  "server",
  "hello_changed_after_retry",
  "illegal_parameter",
  detail,
];

describe("a second ClientHello is refused", () => {
  // [9846-4.2.2-02b]
  it.each<[string, Change]>([
    ["random", (two) => ({ ...two, head: flipped(two.head, 9) })],
    ["session id", (two) => ({ ...two, sessionId: flipped(two.sessionId, 0) })],
    ["no session id", (two) => ({ ...two, sessionId: new Uint8Array() })],
    ["cipher suites", (two) => ({ ...two, middle: flipped(two.middle, 3) })],
    [
      "a suite less",
      (two) => ({
        ...two,
        middle: concat(
          Uint8Array.of(0, (two.middle[1] ?? 0) - 2),
          two.middle.subarray(4),
        ),
      }),
    ],
    [
      "compression methods",
      (two) => ({
        ...two,
        middle: concat(two.middle.subarray(0, -2), Uint8Array.of(2, 0, 1)),
      }),
    ],
    ["supported_versions", body("supported_versions", (b) => flipped(b, 2))],
    ["server_name", body("server_name", (b) => flipped(b, 6))],
    ["groups", body("supported_groups", (b) => flipped(b, 3))],
    [
      "signature schemes",
      body("signature_algorithms", (b) => flipped(b, b.length - 1)),
    ],
    [
      "ALPN",
      body("application_layer_protocol_negotiation", (b) => flipped(b, 4)),
    ],
    ["PSK modes", body("psk_key_exchange_modes", (b) => flipped(b, 1))],
    ["an extension less", without("server_name")],
    ["an extension more", added("record_size_limit", "4001")],
    [
      "the order of extensions",
      extensions((list) => [
        ...list.slice(1, 2),
        ...list.slice(0, 1),
        ...list.slice(2),
      ]),
    ],
  ])("with another %s", (_what, change) => {
    expect(run(change).said).toEqual(changed());
  });

  it("with another legacy_version", () => {
    const said = run((two) => ({ ...two, head: flipped(two.head, 1) })).said;
    expect(said).toEqual(changed());
  });

  it.each<[string, Change]>([
    [
      "that is not the one wanted",
      body("key_share", (_b, first) => firstBody("key_share", first)),
    ],
    ["and no list of them", without("key_share")],
    ["of none", body("key_share", () => Uint8Array.of(0, 0))],
    [
      "and one more",
      body("key_share", (b) =>
        concat(
          Uint8Array.of(0, b.length - 2 + 5),
          b.subarray(2),
          fromHex("001d000101"),
        ),
      ),
    ],
  ])("with a share %s", (_what, change) => {
    expect(run(change).said).toEqual(changed("key_share"));
  });

  it("with early data", () => {
    expect(run(added("early_data", "")).said).toEqual(changed("early_data"));
  });

  it.each<[string, Change, boolean]>([
    ["another cookie", body("cookie", (b) => flipped(b, 5)), true],
    ["no cookie", without("cookie"), true],
    ["a cookie that nobody sent", added("cookie", "00020102"), false],
  ])("with %s", (_what, change, helloRetryCookie) => {
    expect(run(change, { server: { helloRetryCookie } }).said).toEqual([
      "server",
      "wrong_cookie",
      "illegal_parameter",
      undefined,
    ]);
  });

  // [9846-4.2.2-02b]
  it.each<[string, Change]>([
    ["without the one that was chosen", psks((list) => list.slice(0, -1))],
    [
      "with one that was not there",
      psks((list) => [
        { identity: fromHex("0002ffff00000000"), binder: list[0]?.binder },
        ...list,
      ]),
    ],
    ["in another order", psks((list) => list.toReversed())],
    ["twice", psks((list) => [...list, ...list])],
  ])("with PSKs %s", (_what, change) => {
    expect(run(change, WITH_PSKS).said).toEqual(changed("pre_shared_key"));
  });

  it("with PSKs where the first had none", () => {
    const change = extensions((list) => [
      ...list,
      {
        type: ExtensionType.pre_shared_key,
        body: concat(fromHex("00080002e00300000000002120"), new Uint8Array(32)),
      },
    ]);
    const { server } = WITH_PSKS;
    expect(run(change, { server }).said).toEqual(changed("pre_shared_key"));
  });

  it("without any PSK, where one was chosen", () => {
    expect(run(without("pre_shared_key"), WITH_PSKS).said).toEqual([
      "server",
      "missing_extension",
      "missing_extension",
      "pre_shared_key",
    ]);
  });
});

describe("a second ClientHello is answered", () => {
  it("with padding that the first had not", () => {
    expect(run(added("padding", "000000")).answers).toBe(2);
  });

  it("without a PSK that does not go with the suite", () => {
    // SHA-384's: the client leaves it out by itself.
    let offered = 0;
    const count = psks((list) => {
      offered = list.length;
      return list;
    });
    expect(run(count, WITH_PSKS).said[0]).toBeUndefined();
    expect(offered).toBe(2);
  });

  it("without PSKs, where none was chosen", () => {
    const { client } = WITH_PSKS;
    const { answers } = run(without("pre_shared_key"), { client });
    expect(answers).toBe(2);
  });
});
