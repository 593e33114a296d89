/** Certificate compression, RFC 8879, by both of our zlibs and brotli. */
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { concat } from "../../../src/bytes.ts";
import * as portable from "../../../src/compression/index.ts";
import * as native from "../../../src/compression/node.ts";
import type {
  CertificateCompressor,
  ClientOptions,
  ServerOptions,
} from "../../../src/engine/index.ts";
import { ExtensionType } from "../../../src/wire/code-points.ts";
import {
  DELIVERIES,
  newPair,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../../support/engines.ts";
import { asSent, message, runMachines } from "../../support/machines.ts";

const CLIENT_CREDENTIAL = testCredential("ec-p256", "client");
const ROWS: readonly [string, CertificateCompressor][] = [
  ["zlib", portable.zlib],
  ["Node's zlib", native.zlib],
  ["Node's brotli", native.brotli],
  ...(native.zstd ? [named("Node's zstd", native.zstd)] : []),
];

function named(
  name: string,
  row: CertificateCompressor,
): [string, CertificateCompressor] {
  return [name, row];
}

describe.each(ROWS)("%s", (_name, row) => {
  // Certificates of one authority: long enough that it pays.
  const text = concat(...testCredential().chain, ...CLIENT_CREDENTIAL.chain);

  it("restores what it compressed, and no other length", () => {
    const packed = row.compress(text);
    expect(row.decompress(packed, text.length)).toEqual(text);
    const tells = (data: Uint8Array, length: number) => {
      try {
        return row.decompress(data, length).length === length;
      } catch {
        return false;
      }
    };
    expect(tells(packed, text.length)).toBe(true);
    for (const length of [text.length - 1, text.length + 1, 0])
      expect(tells(packed, length)).toBe(false);
    expect(tells(packed.subarray(0, -5), text.length)).toBe(false);
    expect(tells(Uint8Array.of(1, 2, 3), 3)).toBe(false);
  });
});

it("the two zlibs understand each other, and see a wrong checksum", () => {
  const text = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
  for (const [from, to] of [
    [portable.zlib, native.zlib],
    [native.zlib, portable.zlib],
  ] as const) {
    const packed = from.compress(text);
    expect(to.decompress(packed, text.length)).toEqual(text);
    packed[packed.length - 1] = (packed.at(-1) ?? 0) ^ 1;
    expect(() => to.decompress(packed, text.length)).toThrow();
  }
});

it("a bomb is put out early", () => {
  const bomb = Uint8Array.from(deflateSync(new Uint8Array(64 * 2 ** 20)));
  let made = 0;
  const whole = globalThis.Uint8Array;
  // fflate asks for its output arrays here: what it makes is what it costs.
  globalThis.Uint8Array = new Proxy(whole, {
    construct: (target, parameters: [number], self: typeof whole) => {
      if (typeof parameters[0] === "number") made += parameters[0];
      return Reflect.construct(target, parameters, self) as Uint8Array;
    },
  });
  try {
    expect(() => portable.zlib.decompress(bomb, 3000)).toThrow(/3000/);
  } finally {
    globalThis.Uint8Array = whole;
  }
  expect(made).toBeLessThan(2 ** 21);
});

function configs(
  client: readonly CertificateCompressor[],
  server: readonly CertificateCompressor[],
): { client: Partial<ClientOptions>; server: Partial<ServerOptions> } {
  return {
    client: {
      certificateCompression: client,
      credentials: [CLIENT_CREDENTIAL],
    },
    server: {
      certificateCompression: server,
      clientAuthentication: "required",
    },
  };
}

/** Names of the messages, and the side that failed with its reason. */
function handshake(
  client: readonly CertificateCompressor[],
  server: readonly CertificateCompressor[],
  edit = asSent,
) {
  const both = configs(client, server);
  return runMachines(
    testClientConfig(both.client),
    testServerConfig(both.server),
    edit,
  );
}

describe("a handshake", () => {
  it.each(ROWS)("compresses both certificates by %s", (_name, row) => {
    const { sent, failed } = handshake([row], [row]);
    expect(failed).toBeUndefined();
    expect(sent.filter((one) => one === "compressed_certificate").length).toBe(
      2,
    );
  });

  it("selects the sender's first algorithm that the peer offers", () => {
    const codes: number[] = [];
    handshake(
      [native.zlib, native.brotli],
      [native.brotli, native.zlib],
      (name, raw) => {
        if (name === "compressed_certificate") codes.push(raw[5] ?? 0);
        return [raw];
      },
    );
    expect(codes).toEqual([2, 1]);
  });

  it("without an algorithm in common compresses nothing", () => {
    const { sent, failed } = handshake([portable.zlib], [native.brotli]);
    expect(failed).toBeUndefined();
    expect(sent).not.toContain("compressed_certificate");
  });

  for (const delivery of DELIVERIES)
    it(`ends well, bytes ${delivery}`, () => {
      const both = configs([portable.zlib], [portable.zlib]);
      const pair = shuttle(
        newPair(testClientConfig(both.client), testServerConfig(both.server)),
        delivery,
      );
      expect(pair.client.info?.peer?.verified).toBe(true);
      expect(pair.server.info?.peer?.verified).toBe(true);
    });
});

describe("what must not come", () => {
  const edited = (change: (body: Uint8Array) => Uint8Array) =>
    handshake([portable.zlib], [portable.zlib], (name, raw, from) =>
      name === "compressed_certificate" && from === "server"
        ? [message(name, change(raw.slice(4)))]
        : [raw],
    ).failed?.error.alert;
  const set = (at: number, value: number) => (body: Uint8Array) => {
    body[at] = value;
    return body;
  };

  it("another algorithm: illegal_parameter", () => {
    expect(edited(set(1, 2))).toBe("illegal_parameter");
  });
  it("another length: bad_certificate", () => {
    expect(edited(set(4, 1))).toBe("bad_certificate");
  });
  it("more than a certificate message may have: bad_certificate", () => {
    expect(edited(set(2, 0xff))).toBe("bad_certificate");
  });
  it("rubbish: bad_certificate", () => {
    expect(edited(set(8, 0xff))).toBe("bad_certificate");
  });
  it("nothing compressed, or a byte too many: decode_error", () => {
    expect(edited((b) => concat(b.subarray(0, 5), new Uint8Array(3)))).toBe(
      "decode_error",
    );
    expect(edited((b) => concat(b, Uint8Array.of(0)))).toBe("decode_error");
  });
  it("a certificate that does not parse: decode_error", () => {
    const inner = Uint8Array.of(0, 0, 0, 9);
    const packed = portable.zlib.compress(inner);
    const body = concat(
      Uint8Array.of(0, 1, 0, 0, inner.length, 0, 0, packed.length),
      packed,
    );
    expect(edited(() => body)).toBe("decode_error");
  });

  it("unasked: unexpected_message", () => {
    const { failed } = handshake([], [], (name, raw, from) =>
      name === "certificate" && from === "server"
        ? [message("compressed_certificate", "0001000004000001ff")]
        : [raw],
    );
    expect(failed?.error.alert).toBe("unexpected_message");
  });

  it("an empty list of algorithms: decode_error", () => {
    const body = Uint8Array.of(0);
    const type = ExtensionType.compress_certificate;
    const pair = shuttle(
      newPair(
        testClientConfig({
          grease: false,
          shapes: { client_hello: { verbatim: [{ type, body }] } },
        }),
      ),
    );
    expect(pair.server.error?.alert).toBe("decode_error");
  });
});
