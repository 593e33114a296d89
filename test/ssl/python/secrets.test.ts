/**
 * Errors name the value that was found, and never a secret: whatever stands under
 * whichever name, no password, no key and no text without end is repeated.
 */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { noble as provider } from "../../../src/crypto/noble/index.ts";
import {
  createClientConfig,
  createServerConfig,
} from "../../../src/engine/index.ts";
import * as ssl from "../../../src/index.ts";
import { connect, serve } from "../../../src/net/node.ts";
import { found, kindOf } from "../../../src/options.ts";
import { createPkcs12 } from "../../../src/pki/index.ts";
import { nodePlatform } from "../../../src/net/node-platform.ts";
import { parseChain } from "../../../src/x509/index.ts";
import { testClient, testServer } from "../../support/pki.ts";
import { thrown } from "../support.ts";

const PASSWORD = "hunter2hunter2";
const SECRETS: readonly unknown[] = [
  testServer().keyPem,
  `${PASSWORD}${"x".repeat(5000)}`,
  new TextEncoder().encode(PASSWORD),
  { password: PASSWORD },
  [testServer().keyPem],
  Symbol(PASSWORD),
  () => PASSWORD,
];

/** A PKCS#12 file under the password. */
const pfxFile = (): Uint8Array =>
  createPkcs12({
    ...{ provider, password: PASSWORD, iterations: 1000 },
    chain: parseChain(testClient().certificatePem).map(({ der }) => der),
    key: testClient().issued.key,
  });

/** The message of an error, of a call or of the promise that it returns. */
async function messageOf(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    return String(error);
  }
  return "";
}

/** Settable properties of contexts, connections and sessions. */
function settersOf(target: object): readonly string[] {
  const names: string[] = [];
  for (
    let from: object | null = Object.getPrototypeOf(target) as object | null;
    from !== null && from !== Object.prototype;
    from = Object.getPrototypeOf(from) as object | null
  )
    for (const [name, { set }] of Object.entries(
      Object.getOwnPropertyDescriptors(from),
    ))
      if (set !== undefined) names.push(name);
  return names;
}

/** Calls that take what a program gives, each with one argument of its own. */
const CALLS: Readonly<Record<string, (given: never) => unknown>> = {
  SSLContext: (given) => new ssl.SSLContext(given),
  "SSLContext, under a wrong name": (given) =>
    new ssl.SSLContext({ passwort: given } as never),
  createDefaultContext: (given) => ssl.createDefaultContext({ purpose: given }),
  "createDefaultContext, under a wrong name": (given) =>
    ssl.createDefaultContext({ pasword: given } as never),
  "connect, under a wrong name": (given) =>
    connect({ host: "a.test", port: 1, passphrase: given } as never),
  "serve, under a wrong name": (given) => serve({ passwd: given } as never),
  "createClientConfig, under a wrong name": (given) =>
    createClientConfig({ provider, key: given } as never),
  "createServerConfig, under a wrong name": (given) =>
    createServerConfig({ provider, password: given } as never),
  "limits of a config": (given) =>
    createServerConfig({
      ...{ provider, credentials: [] },
      limits: { keyUpdates: given },
    }),
  "clientAuthentication of a config": (given) =>
    createServerConfig({ clientAuthentication: given } as never),
  "loadCertChain password": (given) => {
    const context = new ssl.SSLContext({ platform: nodePlatform });
    context.loadCertChain({ pfx: pfxFile(), password: given });
  },
  "loadCertChain certFile": (given) => {
    const context = new ssl.SSLContext({ platform: nodePlatform });
    context.loadCertChain({ certFile: given });
  },
  "loadVerifyLocations caFile": (given) => {
    const context = new ssl.SSLContext({ platform: nodePlatform });
    context.loadVerifyLocations({ caFile: given });
  },
  "loadCertChain cert": (given) => {
    new ssl.SSLContext().loadCertChain({ cert: given });
  },
  "loadCertChain key": (given) => {
    const { certificatePem: cert } = testServer();
    new ssl.SSLContext().loadCertChain({ cert, key: given });
  },
  "loadCertChain, under a wrong name": (given) => {
    new ssl.SSLContext().loadCertChain({ passphrase: given } as never);
  },
  loadVerifyLocations: (given) => {
    new ssl.SSLContext().loadVerifyLocations({ ca: given });
  },
  setCiphers: (given) => {
    new ssl.SSLContext().setCiphers(given);
  },
  setCiphersuites: (given) => {
    new ssl.SSLContext().setCiphersuites(given);
  },
  setGroups: (given) => {
    new ssl.SSLContext().setGroups(given);
  },
  setAlpnProtocols: (given) => {
    new ssl.SSLContext().setAlpnProtocols(given);
  },
  randBytes: (given) => ssl.randBytes(given),
  "MemoryBIO.read": (given) => new ssl.MemoryBIO().read(given),
  "MemoryBIO.write": (given) => new ssl.MemoryBIO().write(given),
  pemCertToDerCert: (given) => ssl.pemCertToDerCert(given),
  derCertToPemCert: (given) => ssl.derCertToPemCert(given),
  wrapSocket: (given) => new ssl.SSLContext().wrapSocket(given),
};

describe("a value in an error", () => {
  it("is itself where it is short, and its kind where it may be a key", () => {
    expect(found("TLSv9")).toBe('"TLSv9"');
    expect(found("a\u001b[2J")).toBe('"a\\x1b[2J"');
    expect(found(-1)).toBe("-1");
    expect(found(null)).toBe("null");
    for (const text of ["x".repeat(41), "a\nb", "-----BEGIN"])
      expect(found(text)).toBe("text");
    expect(found(10n ** 100n)).toHaveLength(40);
    expect(found(new Uint8Array(3))).toBe("bytes");
    expect([found([]), found({}), found(() => 1)]).toEqual([
      "a list",
      "an object",
      "a function",
    ]);
    expect([kindOf("x"), kindOf(7), kindOf(undefined)]).toEqual([
      "text",
      "a number",
      "undefined",
    ]);
  });

  it.each(Object.entries(CALLS))(
    "E-05: is no secret: %s",
    async (_name, call) => {
      let refused = 0;
      for (const secret of SECRETS) {
        const message = await messageOf(() => call(secret as never));
        if (message !== "") refused++;
        expect(message).not.toContain(PASSWORD);
        expect(message).not.toContain(testServer().keyPem.split("\n")[1]);
        expect(message.length).toBeLessThan(1500);
      }
      expect(refused).toBeGreaterThan(0);
    },
  );

  it.each([
    ["a key", testServer().keyPem],
    // A file could have this name: it is short, and without a slash.
    [
      "a short one",
      "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ],
    ["bytes", Buffer.from("bytes-for-a-key-log")],
  ])("E-05: is no secret: keyLogFilename, given %s", (_what, contents) => {
    const context = new ssl.SSLContext({ platform: nodePlatform });
    const refused = thrown(() => {
      Reflect.set(context, "keyLogFilename", contents);
    });
    expect(String(refused)).toMatch(/^(?![^]*PRIVATE KEY)[^]*a path is needed/);
    expect(existsSync(contents)).toBe(false);
  });

  // The setter of the test above would make files of these names.
  it.each(
    settersOf(new ssl.SSLContext()).filter((name) => name !== "keyLogFilename"),
  )("E-05: is no secret: the setter %s", async (name) => {
    for (const secret of SECRETS)
      for (const context of [
        new ssl.SSLContext(),
        new ssl.SSLContext("tlsServer"),
      ]) {
        const message = await messageOf(() =>
          Reflect.set(context, name, secret),
        );
        expect(message).not.toContain(PASSWORD);
        expect(message).not.toContain(testServer().keyPem.split("\n")[1]);
        expect(message.length).toBeLessThan(600);
      }
  });

  it("E-05: is no password that is a number", () => {
    const context = new ssl.SSLContext({ platform: nodePlatform });
    expect(() => {
      context.loadCertChain({ pfx: pfxFile(), password: 31337 as never });
    }).toThrow(
      "password should be a string or callable, or bytes, not a number",
    );
  });
});

describe("PKCS#12 under the wrong name, or without its password", () => {
  const file = pfxFile();
  const load = (source: ssl.CertChainSource) => () => {
    const context = new ssl.SSLContext({ platform: nodePlatform });
    context.loadCertChain(source);
  };

  it("X-20: names pfx, and password", () => {
    const { certificatePem: cert } = testClient();
    expect(load({ cert: file })).toThrow(
      "[PEM: NO_START_LINE] PEM lib: cert: this is a PKCS#12 file: give it as pfx, with its password",
    );
    expect(load({ cert, key: file })).toThrow(
      "key: this is a PKCS#12 file: give it as pfx",
    );
    expect(load({ pfx: file })).toThrow(
      /mac verify failure: .*; no password was given: the option password has it$/,
    );
    expect(load({ pfx: file, password: "wrong" })).toThrow(/(?<!has it)$/);
  });
});

describe("a name with a slip in it", () => {
  it.each([
    ["autochain", "autoChain"],
    ["autoChian", "autoChain"],
    ["auto_chain", "autoChain"],
    ["minimumVersoin", "minimumVersion"],
    ["checkHostame", "checkHostname"],
  ])("E-05: %s is %s", (name, meant) => {
    expect(() => new ssl.SSLContext({ [name]: true })).toThrow(
      `${name} (true) is no option; it is ${meant} here`,
    );
  });
});
