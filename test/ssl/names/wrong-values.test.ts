/**
 * Each option of a context, with values of every wrong kind: the error names the
 * option, what was found and what is allowed, and nothing is accepted in silence.
 */
import { describe, expect, it } from "vitest";
import { SSLContext } from "../../../src/index.ts";
import { LOADS, SETTINGS } from "../../../src/ssl/context/settings-table.ts";

const VALUES: readonly unknown[] = [
  Symbol("value"),
  {},
  -1.5,
  "no such word",
  () => undefined,
  null,
  [1],
  Uint8Array.of(1),
];

/** Options that have an error of a call, or of an object of options, instead. */
const NAMED_AFTER: Readonly<Record<string, RegExp>> = {
  alpnProtocols: /^ALPN/,
  certChain: /^loadCertChain/,
  ciphers: /ciphers|cipher match/,
  ciphersuites: /ciphersuites|cipher match/,
  dhParams: /loadDhParams/,
  options: /options|optionFlags/,
  pskClientCallback: /pskClientCallback|PSK client callback/,
  pskServerCallback: /pskServerCallback|PSK server callback/,
  rawPublicKey: /^loadRawPublicKey/,
  verifyLocations: /loadVerifyLocations|^caFile, caPath and ca/,
};

/** Options for which a function, null, or a text is a value. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  function: [
    "alpnCallback",
    "keyLog",
    "messageCallback",
    "onSession",
    "onStoreEvent",
    "padding",
    "platform",
    "pskClientCallback",
    "pskServerCallback",
    "sniCallback",
  ],
  text: ["pskIdentityHint"],
  list: ["platform"],
  null: [
    "alpnCallback",
    "dhParams",
    "encryptedClientHello",
    "keyLog",
    "messageCallback",
    "onSession",
    "onStoreEvent",
    "padding",
    "protocol",
    "pskClientCallback",
    "pskIdentityHint",
    "pskServerCallback",
    "rawPublicKeys",
    "recordSizeLimit",
    "sessionStore",
    "sniCallback",
    "strikeRegister",
    "ticketKeys",
    "transparency",
    "verifier",
  ],
  object: ["limits", "options", "platform", "verifyFlags"],
};

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return "list";
  return typeof value === "string" ? "text" : typeof value;
}

const NAMES = [
  ...Object.keys(SETTINGS),
  ...Object.keys(LOADS),
  "protocol",
  "provider",
  "platform",
];

describe.each(["tlsClient", "tlsServer"] as const)("a context: %s", (role) => {
  it.each(NAMES)("%s of a wrong kind is refused by name", (name) => {
    for (const value of VALUES) {
      if (ALLOWED[kindOf(value)]?.includes(name)) continue;
      const make = (): unknown =>
        new SSLContext({ protocol: role, [name]: value });
      expect(make, `${name} ${kindOf(value)}`).toThrow(
        NAMED_AFTER[name] ?? new RegExp(`\\b${name}\\b`),
      );
      expect(make).not.toThrow(
        /Cannot (read|convert)|is not a function|is not iterable/,
      );
    }
  });
});

describe("words of flags", () => {
  const refused = (options: object): string => {
    try {
      new SSLContext(options);
    } catch (error) {
      return String(error);
    }
    return "accepted";
  };

  it("a word that is none is refused, and leaves no check of CRLs out", () => {
    expect(refused({ verifyFlags: { crlCheck: "leafs" } })).toBe(
      'RangeError: crlCheck: "leafs" is none of none, leaf, chain',
    );
    expect(refused({ verifyFlags: { crlcheck: "leaf" } })).toBe(
      "TypeError: verifyFlags: crlcheck (text) is no option; it is crlCheck here",
    );
    expect(refused({ verifyFlags: { strict: "false" } })).toBe(
      'TypeError: strict: "false"; true or false is allowed',
    );
  });

  it("so is one of options", () => {
    expect(refused({ options: { noTickets: true } })).toBe(
      "TypeError: options: noTickets (true) is no option; it is noTicket here",
    );
    expect(refused({ options: { noTicket: 1 } })).toBe(
      "TypeError: noTicket: 1; true or false is allowed",
    );
    const { options } = new SSLContext();
    expect(new SSLContext({ options }).options).toEqual(options);
  });
});
