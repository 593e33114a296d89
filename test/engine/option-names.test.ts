/** A name that is no option is refused: it would leave a default in force. */
import { describe, expect, it } from "vitest";
import { noble as provider } from "../../src/crypto/noble/index.ts";
import * as both from "../../src/engine/index.ts";
import * as only13 from "../../src/engine/tls13.ts";
import { TlsUsageError } from "../../src/errors.ts";
import { testCredential, testVerifier } from "../support/engines.ts";

const client = { provider, verifier: testVerifier() };
const server = { provider, credentials: [testCredential()] };

const FACTORIES = [both, only13].flatMap((engine) => [
  {
    factory: "createClientConfig",
    make: (more: object) => engine.createClientConfig({ ...client, ...more }),
    makeOf: (more: object) =>
      engine.createClientConfigOf([], { ...client, ...more }),
    // Options of the other role.
    foreign: ["clientAuthentication", "ticketKeys", "maxEarlyData"],
  },
  {
    factory: "createServerConfig",
    make: (more: object) => engine.createServerConfig({ ...server, ...more }),
    makeOf: (more: object) =>
      engine.createServerConfigOf([], { ...server, ...more }),
    foreign: ["session", "minimumDhBits", "earlyData"],
  },
]);

describe.each(FACTORIES)("$factory", ({ factory, make, makeOf, foreign }) => {
  it("accepts options alone", () => {
    expect(() => make({ requireExtendedMainSecrets: true })).toThrow(
      "it is requireExtendedMainSecret here",
    );
    for (const name of [
      ...foreign,
      "requireExtendedMainSecrets",
      "verify",
      "role",
      "toString",
    ])
      for (const attempt of [make, makeOf]) {
        const call = (): unknown => attempt({ [name]: undefined });
        expect(call).toThrow(TlsUsageError);
        expect(call).toThrow(`${factory}: ${name} (undefined) is no option; `);
      }
    make({ requireExtendedMainSecret: true, trust: undefined });
  });
});

describe("flags and words", () => {
  const FLAGS = [
    "ocspStapling",
    "requireExtendedMainSecret",
    "certificateWithPsk",
    "sessionTickets",
    "postHandshakeAuth",
  ];
  const CLIENT = ["legacyServerConnect", "fallbackSignal", "earlyData"];
  const WORDS = {
    clientAuthentication: '"none", "optional" and "required"',
    alpnMismatch: '"alert" and "ignore"',
    cipherPreference: '"server" and "client"',
    groupPreference: '"share" and "order"',
  };

  const WRONG: readonly (readonly [unknown, string])[] = [
    ["false", '"false"'],
    [1, "1"],
    [null, "null"],
    [{}, "an object"],
  ];

  it.each([...FLAGS, ...CLIENT])("%s is true or false", (name) => {
    for (const [value, told] of WRONG) {
      // Inherited ones are in force too.
      const inherited: object = {};
      Object.setPrototypeOf(inherited, { [name]: value });
      for (const options of [{ [name]: value }, inherited])
        expect(() =>
          both.createClientConfig(Object.assign(options, client)),
        ).toThrow(`${name}: ${told}; allowed are true and false`);
    }
  });

  it.each(Object.entries(WORDS))("%s is a word", (name, words) => {
    for (const value of ["nonsense", "", true])
      expect(() =>
        both.createServerConfig({ ...server, [name]: value }),
      ).toThrow(`allowed are ${words}`);
    expect(() =>
      both.createServerConfig({ ...server, [name]: undefined }),
    ).not.toThrow();
  });
});

describe("kinds of values", () => {
  const WRONG: readonly (readonly [unknown, string])[] = [
    [1, "1"],
    [true, "true"],
    ["x", '"x"'],
    [null, "null"],
  ];
  const KINDS = {
    "a list": [
      "versions",
      "cipherSuites",
      "groups",
      "signatureSchemes",
      "alpnProtocols",
      "certificateCompression",
      "peerCertificateTypes",
      "certificateSignatureSchemes",
      "certificateAuthorities",
      "pskModes",
    ],
    "a function": ["keyLog", "padding"],
    "an object": ["limits", "shapes", "trust", "encryptedClientHello"],
    "an object with now()": ["provider"],
    "an object with verify(), or RAISE_NEED,": ["verifier", "rawPublicKeys"],
    "a function, or RAISE_NEED,": ["psk"],
    "a list, or RAISE_NEED,": ["credentials"],
  };
  const CLIENT = { "a list": ["keyShares", "certificateTypes"] };
  const SERVER = {
    "an object": ["dhParameters", "strikeRegister"],
    "an object with seal()": ["ticketKeys", "retryCookies"],
    "an object with take(), or RAISE_NEED,": ["sessionStore"],
  };
  const rowsOf = (table: Readonly<Record<string, readonly string[]>>) =>
    Object.entries(table).flatMap(([kind, names]) =>
      names.map((name) => [name, kind] as const),
    );

  it.each([...rowsOf(KINDS), ...rowsOf(CLIENT)])("%s is %s", (name, kind) => {
    for (const [value, told] of WRONG)
      expect(() =>
        both.createClientConfig({ ...client, [name]: value }),
      ).toThrow(new TlsUsageError(`${name}: ${told}; ${kind} is allowed`));
  });

  it.each([...rowsOf(KINDS), ...rowsOf(SERVER)])("%s is %s", (name, kind) => {
    for (const [value, told] of WRONG)
      expect(() =>
        both.createServerConfig({ ...server, [name]: value }),
      ).toThrow(new TlsUsageError(`${name}: ${told}; ${kind} is allowed`));
  });

  it("an object without the method is none", () => {
    expect(() =>
      both.createClientConfig({ ...client, ...{ verifier: {} as never } }),
    ).toThrow(
      "verifier: an object; an object with verify(), or RAISE_NEED, is allowed",
    );
  });

  it("those without a default are needed", () => {
    const undefinedOf = (name: string): object => ({ [name]: undefined });
    for (const name of ["provider", "verifier"])
      expect(() =>
        both.createClientConfig({ ...client, ...undefinedOf(name) }),
      ).toThrow(`${name}: undefined; `);
    for (const name of ["provider", "credentials"])
      expect(() =>
        both.createServerConfig({ ...server, ...undefinedOf(name) }),
      ).toThrow(`${name}: undefined; `);
  });
});

describe("lists of names", () => {
  const LISTS = [
    ["versions", "TLSv1.2"],
    ["cipherSuites", "TLS_AES_128_GCM_SHA256"],
    ["groups", "x25519"],
    ["signatureSchemes", "ed25519"],
    ["certificateSignatureSchemes", "ed25519"],
    ["pskModes", "psk_ke"],
    ["certificateTypes", "X509"],
    ["peerCertificateTypes", "X509"],
  ] as const;

  it.each(LISTS)("%s: names what is not in it, and what is", (option, name) => {
    const made = (names: readonly string[]) => () =>
      both.createClientConfig({ ...client, [option]: names });
    expect(made([name, "x".repeat(5000)])).toThrow(
      new RegExp(`^${option}: text; allowed are [^]{1,300}$`),
    );
    expect(made(["nonsense"])).toThrow(`${option}: "nonsense"; allowed are `);
    expect(made([name, name])).toThrow(`${option}: "${name}" twice; allowed`);
  });

  it.each(["pskModes", "certificateTypes", "peerCertificateTypes"])(
    "%s: has one at least",
    (option) => {
      expect(() =>
        both.createClientConfig({ ...client, [option]: [] }),
      ).toThrow(`${option}: an empty list; allowed are `);
    },
  );
});
