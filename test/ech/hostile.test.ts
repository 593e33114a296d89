/** Hellos that are sealed well and wrong inside: RFC 9849 5.1 and 7.1. */
import { describe, expect, it } from "vitest";
import { concat, fromHex, NO_BYTES } from "../../src/bytes.ts";
import { hpkeSender } from "../../src/crypto/hpke.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { encodeOuterBody } from "../../src/ech/body.ts";
import {
  createEchKey,
  createEchServer,
  parseEchConfigList,
  encodeEchConfigList,
} from "../../src/ech/index.ts";
import {
  decodeInnerHello,
  encodeInnerHello,
  splitHello,
} from "../../src/ech/inner-hello.ts";
import { ECH_INFO } from "../../src/ech/key-log.ts";
import { TlsEngine } from "../../src/engine/index.ts";
import { TlsError } from "../../src/errors.ts";
import { ExtensionType } from "../../src/wire/code-points.ts";
import { Writer } from "../../src/wire/writer.ts";
import { testClientConfig, testServerConfig } from "../support/engines.ts";
import { message } from "../support/machines.ts";

const ECH = ExtensionType.encrypted_client_hello;
const key = createEchKey({
  provider: noble,
  publicName: "server.test",
  configId: 1,
});
const [config] = parseEchConfigList(encodeEchConfigList([key.config]));
const keys = createEchServer({ provider: noble, keys: [key] });

/** A whole hello of an honest client, with an extension of that body. */
function hello(body: Uint8Array): Uint8Array {
  const record = TlsEngine.client(
    testClientConfig({
      versions: ["TLSv1.3"],
      keyShares: ["x25519"],
      shapes: { client_hello: { verbatim: [{ type: ECH, body }] } },
    }),
    "localhost",
  ).takeOutput();
  return record.subarray(5);
}

const OUTER = hello(Uint8Array.of(9));
const INNER = hello(Uint8Array.of(1));
const HONEST = encodeInnerHello(INNER, OUTER, 0);

/** The alert for a hello with that inside; undefined if it was accepted. */
function alertFor(encoded: Uint8Array): unknown {
  if (config === undefined) throw new Error("no config");
  const { enc, context } = hpkeSender({
    provider: noble,
    suite: { kdf: 1, aead: 1 },
    recipient: config.publicKey,
    info: concat(ECH_INFO, config.raw),
  });
  const bodyWith = (payload: Uint8Array) =>
    encodeOuterBody({
      suite: { kdf: 1, aead: 1 },
      configId: 1,
      enc,
      payload,
    });
  const zeros = new Uint8Array(encoded.length + 16);
  const sealed = context.seal(outer(bodyWith(zeros)).subarray(4), encoded);
  const server = TlsEngine.server(
    testServerConfig({ encryptedClientHello: keys }),
  );
  const bytes = outer(bodyWith(sealed));
  server.receive(concat(fromHex("160301"), length16(bytes), bytes));
  return server.error?.alert;
}

/** {@link OUTER} with that body in its extension. */
function outer(body: Uint8Array): Uint8Array {
  return rewritten(OUTER.subarray(4), (type, old) =>
    type === ECH ? body : old,
  );
}

function rewritten(
  bytes: Uint8Array,
  change: (type: number, body: Uint8Array) => Uint8Array | undefined,
): Uint8Array {
  const parts = splitHello(bytes);
  const body = new Writer()
    .bytes(parts.head)
    .vector8((w) => w.bytes(parts.sessionId))
    .bytes(parts.middle)
    .vector16((list) => {
      for (const { type, body: old } of parts.extensions) {
        const now = change(type, old);
        if (now) list.u16(type).vector16((w) => w.bytes(now));
      }
    })
    .finish();
  return message("client_hello", body);
}

function length16({ length }: Uint8Array): Uint8Array {
  return Uint8Array.of(length >> 8, length);
}

/** The inner hello without padding, its extensions given. */
function encodedWith(
  extensions: (list: Writer) => void,
  sessionId: Uint8Array = NO_BYTES,
): Uint8Array {
  const parts = splitHello(INNER.subarray(4));
  return new Writer()
    .bytes(parts.head)
    .vector8((w) => w.bytes(sessionId))
    .bytes(parts.middle)
    .vector16(extensions)
    .finish();
}

const outerTypes = splitHello(OUTER.subarray(4)).extensions.map((e) => e.type);
const [first = 0, second = 0] = outerTypes.filter((type) => type !== ECH);

const referring =
  (...types: number[]) =>
  (list: Writer): void => {
    list.u16(ECH).vector16((w) => w.u8(1));
    list.u16(0xfd00).vector16((w) =>
      w.vector8((v) => {
        for (const type of types) v.u16(type);
      }),
    );
  };

describe("an inner hello", () => {
  it("comes back as it was", () => {
    const parts = splitHello(OUTER.subarray(4));
    expect(decodeInnerHello(encodeInnerHello(OUTER, OUTER, 0), parts)).toEqual(
      OUTER,
    );
    expect(HONEST.length % 32).toBe(0);
  });

  it("that is honest is accepted", () => {
    expect(alertFor(HONEST)).toBeUndefined();
    const rest = outerTypes.filter((type) => type !== ECH);
    expect(alertFor(encodedWith(referring(...rest)))).toBeUndefined();
  });

  it.each([
    ["padding that is not zero", concat(HONEST, Uint8Array.of(1))],
    ["a session id", encodedWith(referring(first), Uint8Array.of(1))],
    ["a type that the outer hello has not", encodedWith(referring(0x1234))],
    [
      "an order that is not the outer one's",
      encodedWith(referring(second, first)),
    ],
    ["a type twice", encodedWith(referring(first, first))],
    ["a reference to itself", encodedWith(referring(ECH))],
    [
      "no extension of its own",
      encodedWith((list) => {
        list.u16(0xfd00).vector16((w) => w.vector8((v) => v.u16(first)));
      }),
    ],
    [
      "an extension of type outer",
      encodedWith((list) => {
        list.u16(ECH).vector16((w) =>
          w.bytes(
            encodeOuterBody({
              suite: { kdf: 1, aead: 1 },
              configId: 1,
              enc: NO_BYTES,
              payload: Uint8Array.of(1),
            }),
          ),
        );
      }),
    ],
    [
      "an older version",
      encodeInnerHello(
        rewritten(INNER.subarray(4), (type, body) =>
          type === ExtensionType.supported_versions
            ? fromHex("0403040303")
            : body,
        ),
        OUTER,
        0,
      ),
    ],
    [
      "no version",
      encodeInnerHello(
        rewritten(INNER.subarray(4), (type, body) =>
          type === ExtensionType.supported_versions ? undefined : body,
        ),
        OUTER,
        0,
      ),
    ],
    [
      "references in two places",
      encodedWith((list) => {
        referring(first)(list);
        list.u16(0xfd00).vector16((w) => w.vector8((v) => v.u16(second)));
      }),
    ],
  ])("with %s: illegal_parameter", (_what, encoded) => {
    expect(alertFor(encoded)).toBe("illegal_parameter");
  });

  it.each([
    ["cut off", HONEST.subarray(0, 60)],
    ["with a list of no types", encodedWith(referring())],
    ["that is nothing", Uint8Array.of(0)],
  ])("%s: decode_error", (_what, encoded) => {
    expect(alertFor(encoded)).toBe("decode_error");
  });
});

describe("the extension of an outer hello", () => {
  const alertOf = (body: Uint8Array): unknown => {
    const server = TlsEngine.server(
      testServerConfig({ encryptedClientHello: keys }),
    );
    const bytes = outer(body);
    server.receive(concat(fromHex("160301"), length16(bytes), bytes));
    return server.error?.alert;
  };
  it.each([
    ["02", "illegal_parameter"],
    ["", "decode_error"],
    ["0100", "decode_error"],
    ["00000100010100000000", "decode_error"],
    ["000001000101000000010000", "decode_error"],
  ])("%j: %s", (hex, alert) => {
    expect(alertOf(fromHex(hex))).toBe(alert);
  });
  it("with a key that gives no secret stays closed", () => {
    const body = encodeOuterBody({
      suite: { kdf: 1, aead: 1 },
      configId: 1,
      enc: new Uint8Array(32),
      payload: new Uint8Array(64),
    });
    expect(alertOf(body)).toBeUndefined();
  });
});

it("a hello is not split by force", () => {
  expect(() => splitHello(OUTER.subarray(4, -1))).toThrow(TlsError);
});

describe("references to outer extensions", () => {
  /** As many as fit into 64 KiB, each without a body. */
  const MANY = Array.from({ length: 16_000 }, (_, i) => ({
    type: 0x4000 + i,
    body: NO_BYTES,
  }));
  /** As many as a list of one byte's length holds. */
  const MOST = 127;
  const last = 0x4000 + MANY.length - 1;

  /** Outer extensions that are looked at for an inner hello. */
  function looksAt(types: readonly number[]): number {
    let looks = 0;
    const extensions = new Proxy(MANY, {
      get(target, name, receiver) {
        if (typeof name === "string" && /^\d+$/.test(name)) looks++;
        return Reflect.get(target, name, receiver) as unknown;
      },
    });
    const parts = splitHello(OUTER.subarray(4));
    try {
      decodeInnerHello(encodedWith(referring(...types)), {
        ...parts,
        extensions,
      });
    } catch (error) {
      if (!(error instanceof TlsError)) throw error;
    }
    return looks;
  }

  it.each([
    ["the last ones", (i: number) => last - MOST + 1 + i],
    ["in the wrong order", (i: number) => last - i],
    ["one again and again", () => last],
    ["none that is there", () => 0x3fff],
    ["spread over all", (i: number) => 0x4000 + i * 125],
  ])("are one walk along them: %s", (_, type) => {
    const types = Array.from({ length: MOST }, (_each, i) => type(i));
    expect(looksAt(types)).toBeLessThanOrEqual(MANY.length + 2 * MOST);
  });
});
