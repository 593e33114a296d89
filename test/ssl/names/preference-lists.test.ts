/** Lists of suites and groups with equal ones in them, as a context takes them. */
import { describe, expect, it } from "vitest";
import {
  type Preferences,
  SSLContext,
  type SSLContextOptions,
  SSLError,
} from "../../../src/index.ts";
import { BioPair, clientContext, serverContext } from "../support.ts";

function agreed(client: SSLContextOptions, server: SSLContextOptions) {
  const { server: there } = new BioPair(
    clientContext(client),
    serverContext(server),
  ).handshake();
  return [there.cipher()?.name, there.group()];
}

const AES = "ECDHE-ECDSA-AES128-GCM-SHA256";
const CHACHA = "ECDHE-ECDSA-CHACHA20-POLY1305";
const WORSE = "ECDHE-ECDSA-AES128-SHA";
const AES13 = "TLS_AES_128_GCM_SHA256";
const CHACHA13 = "TLS_CHACHA20_POLY1305_SHA256";
const TLS12 = { maximumVersion: "TLSv1.2" } as const;

const namesOf = (context: SSLContext) =>
  context.getCiphers().map(({ name }) => name);

describe("suites", () => {
  it.each<[string, string | Preferences<string>]>([
    ["a cipher string", `[${AES}|${CHACHA}]:${WORSE}`],
    ["words in brackets", `[ECDHE+aECDSA+AES128+AESGCM|CHACHA20]:${WORSE}`],
    ["spaces in it", ` [ ${AES} | ${CHACHA} ] , ${WORSE} `],
    ["a list", [[AES, CHACHA], WORSE]],
  ])("of TLS 1.2 in %s", (_what, ciphers) => {
    for (const [first, ...more] of [
      [WORSE, AES, CHACHA],
      [WORSE, CHACHA, AES],
    ] as const)
      expect(
        agreed({ ...TLS12, ciphers: [first, ...more] }, { ciphers })[0],
      ).toBe(more[0]);
  });

  it.each<[string, string | Preferences<string>]>([
    ["a text", `[${AES13}|${CHACHA13}]:TLS_AES_256_GCM_SHA384`],
    ["a list", [[AES13, CHACHA13], "TLS_AES_256_GCM_SHA384"]],
  ])("of TLS 1.3 in %s", (_what, ciphersuites) => {
    for (const names of [
      [AES13, CHACHA13],
      [CHACHA13, AES13],
    ])
      expect(agreed({ ciphersuites: names }, { ciphersuites })[0]).toBe(
        names[0],
      );
  });

  it("stand in getCiphers() as they were written", () => {
    const context = new SSLContext({ protocol: "tlsServer" });
    context.setCiphersuites([[CHACHA13, AES13]]);
    context.setCiphers(`${WORSE}:[${CHACHA}|${AES}|${WORSE}]`);
    expect(namesOf(context)).toEqual([CHACHA13, AES13, WORSE, CHACHA, AES]);
    // What nothing fits leaves no list.
    context.setCiphers(`[NOSUCH|aNULL]:${AES}:@SECLEVEL=2`);
    expect(namesOf(context)).toEqual([CHACHA13, AES13, AES]);
  });

  it.each([
    `[${AES}|${CHACHA}`,
    `${AES}|${CHACHA}`,
    `[[${AES}]]`,
    `${AES}]`,
    `[${AES}]:!${CHACHA}`,
    `[${AES}]:-ALL`,
    `[${AES}]:+ALL`,
    `[${AES}]:@STRENGTH`,
    `[!${AES}]:ALL`,
  ])("%s cannot be read", (list) => {
    const context = new SSLContext();
    const set = () => {
      context.setCiphers(list);
    };
    expect(set).toThrow(SSLError);
    expect(set).toThrow("cannot be read");
  });

  it.each([`[${AES13}`, `${AES13}|${CHACHA13}`, `[[${AES13}]]`])(
    "%s is no list of TLS 1.3",
    (list) => {
      const context = new SSLContext();
      expect(() => {
        context.setCiphersuites(list);
      }).toThrow("equal names are written [A|B]");
    },
  );
});

describe("groups", () => {
  it.each<[string, string | Preferences<string>]>([
    ["a text with slashes", "x25519:P-256 / P-384"],
    ["a list", [["x25519", "P-256"], "P-384"]],
  ])("in %s", (_what, groups) => {
    expect(agreed({ groups: "P-384:P-256:x25519" }, { groups })[1]).toBe(
      "secp256r1",
    );
    expect(agreed({ groups: "P-384:x25519:P-256" }, { groups })[1]).toBe(
      "x25519",
    );
    expect(agreed({ groups: "P-384" }, { groups })[1]).toBe("secp384r1");
  });

  it("of a text without slashes: a share counts for more than the order", () => {
    const groups = "x25519:P-256:P-384";
    expect(agreed({ groups: "P-256:x25519" }, { groups })[1]).toBe("secp256r1");
    const both = [["P-256", "x25519"]] as const;
    expect(agreed({ groups: both }, { groups })[1]).toBe("secp256r1");
  });

  it("stand in getGroups() as they were written, each once", () => {
    const context = new SSLContext({ groups: "P-384 / x25519:P-256:P-384" });
    expect(context.getGroups()).toEqual(["secp384r1", "x25519", "secp256r1"]);
    expect(() => {
      context.setGroups("/");
    }).toThrow(RangeError);
    for (const [list, told] of [
      [[5], "5"],
      [["x25519", null], "null"],
      [[["x25519", undefined]], "undefined"],
      [[[["x25519"]]], "a list"],
    ] as const)
      expect(() => {
        Reflect.apply(context.setGroups, context, [list]);
      }).toThrow(
        new TypeError(`groups: ${told}; names and lists of names are allowed`),
      );
  });
});
