/** Suites and groups of equal preference: the client's order decides among them. */
import { describe, expect, it } from "vitest";
import {
  type CipherSuiteName,
  type ClientOptions,
  type Preferences,
  type ServerOptions,
  TlsUsageError,
} from "../../../src/engine/index.ts";
import type { GroupName } from "../../../src/crypto/provider.ts";
import {
  newPair,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../../support/engines.ts";

function agreed(
  client: Partial<ClientOptions>,
  server: Partial<ServerOptions>,
) {
  const pair = shuttle(
    newPair(testClientConfig(client), testServerConfig(server)),
  );
  expect(pair.client.error ?? pair.server.error).toBeUndefined();
  const { info } = pair.server;
  return {
    suite: info?.cipherSuite.name,
    group: info?.group,
    retried: info?.helloRetried,
  };
}

const AES13 = "TLS_AES_128_GCM_SHA256";
const AES256 = "TLS_AES_256_GCM_SHA384";
const CHACHA13 = "TLS_CHACHA20_POLY1305_SHA256";
const AES12 = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
const CHACHA12 = "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256";
const CBC12 = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA";

describe("suites of equal preference", () => {
  it.each<
    [
      string,
      Preferences<CipherSuiteName>,
      readonly CipherSuiteName[],
      CipherSuiteName,
    ]
  >([
    ["TLS 1.3", [[AES13, CHACHA13], AES256], [CHACHA13, AES13], CHACHA13],
    ["TLS 1.3", [[AES13, CHACHA13], AES256], [AES13, CHACHA13], AES13],
    [
      "TLS 1.3, a better one",
      [AES256, [AES13, CHACHA13]],
      [CHACHA13, AES256],
      AES256,
    ],
    [
      "TLS 1.3, a worse one first",
      [[AES13, CHACHA13], AES256],
      [AES256, CHACHA13, AES13],
      CHACHA13,
    ],
    [
      "TLS 1.3, two lists",
      [[AES13], [AES256, CHACHA13]],
      [CHACHA13, AES256, AES13],
      AES13,
    ],
    ["TLS 1.2", [[AES12, CHACHA12], CBC12], [CHACHA12, AES12], CHACHA12],
    ["TLS 1.2", [[AES12, CHACHA12], CBC12], [AES12, CHACHA12], AES12],
    [
      "TLS 1.2, a worse one first",
      [[AES12, CHACHA12], CBC12],
      [CBC12, CHACHA12, AES12],
      CHACHA12,
    ],
    [
      "TLS 1.2, the other one lacking",
      [[AES12, CHACHA12], CBC12],
      [CBC12, AES12],
      AES12,
    ],
  ])("%s: %j meets %j", (_what, ours, theirs, chosen) => {
    const { suite } = agreed({ cipherSuites: theirs }, { cipherSuites: ours });
    expect(suite).toBe(chosen);
  });

  it("are a client's as they stand", () => {
    const { suite } = agreed(
      { cipherSuites: [[CHACHA13, AES13], AES256] },
      { cipherPreference: "client" },
    );
    expect(suite).toBe(CHACHA13);
  });
});

describe("groups of equal preference", () => {
  const EQUAL: Preferences<GroupName> = [["x25519", "secp256r1"], "secp384r1"];

  it.each<[GroupName[], GroupName[], GroupName, boolean]>([
    // Groups and shares of the client, the choice, whether it took a retry.
    [["secp256r1", "x25519"], ["secp256r1", "x25519"], "secp256r1", false],
    [["x25519", "secp256r1"], ["secp256r1", "x25519"], "x25519", false],
    [
      ["secp384r1", "secp256r1", "x25519"],
      ["secp384r1", "x25519"],
      "x25519",
      false,
    ],
    // Not the next list for want of a share.
    [["secp384r1", "secp256r1", "x25519"], ["secp384r1"], "secp256r1", true],
    [["secp384r1"], [], "secp384r1", true],
  ])("by shares: %j with shares of %j", (groups, keyShares, group, retried) => {
    expect(agreed({ groups, keyShares }, { groups: EQUAL })).toMatchObject({
      group,
      retried,
    });
  });

  // [9846-4.3.8-05]
  it("go by the client's order, whatever it has a share of, if so wanted", () => {
    const server = { groups: EQUAL, groupPreference: "order" } as const;
    const keyShares = ["x25519"] as const;
    for (const [groups, group, retried] of [
      [["secp256r1", "x25519"], "secp256r1", true],
      [["x25519", "secp256r1"], "x25519", false],
    ] as const)
      expect(agreed({ groups, keyShares }, server)).toMatchObject({
        group,
        retried,
      });
  });

  it("hybrids and others may be equal", () => {
    const groups = ["x25519", "X25519MLKEM768"] as const;
    const server = { groups: [["X25519MLKEM768", "x25519"]] } as const;
    expect(agreed({ groups, keyShares: groups }, server).group).toBe("x25519");
    // By itself the hybrid is better, whatever is asked for first.
    const plain = { groups: ["X25519MLKEM768", "x25519"] } as const;
    expect(agreed({ groups, keyShares: groups }, plain).group).toBe(
      "X25519MLKEM768",
    );
  });

  it.each<[GroupName[], GroupName]>([
    [["secp384r1", "secp256r1", "x25519"], "secp256r1"],
    [["secp384r1", "x25519", "secp256r1"], "x25519"],
    [["secp384r1", "secp256r1"], "secp256r1"],
  ])("in TLS 1.2: %j", (groups, group) => {
    const versions = ["TLSv1.2"] as const;
    expect(agreed({ groups, versions }, { groups: EQUAL }).group).toBe(group);
  });

  it.each<[GroupName[], GroupName]>([
    [["secp256r1", "ffdhe3072", "ffdhe2048"], "ffdhe3072"],
    [["secp256r1", "ffdhe2048", "ffdhe3072"], "ffdhe2048"],
  ])("in TLS 1.2, the field of DHE: %j", (groups, group) => {
    const suites = ["TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"] as const;
    const versions = ["TLSv1.2"] as const;
    const common = { versions, cipherSuites: suites };
    const chosen = agreed(
      { ...common, groups },
      {
        ...common,
        groups: ["secp256r1", ["ffdhe2048", "ffdhe3072"]],
        credentials: [testCredential("rsa")],
      },
    );
    expect(chosen.group).toBe(group);
  });
});

describe("lists are checked", () => {
  it.each<[string, object, string]>([
    [
      "a name twice",
      { groups: ["x25519", ["x25519"]] },
      'groups: "x25519" twice',
    ],
    ["an unknown name", { groups: [["foo"]] }, 'groups: "foo"; allowed are'],
    [
      "no name",
      { cipherSuites: [[], AES13] },
      "cipherSuites: an empty inner list; it needs a name at least",
    ],
    [
      "no list",
      { cipherSuites: [7] },
      "cipherSuites: 7; names and lists of names are allowed",
    ],
    ["a list too deep", { groups: [[["x25519"]]] }, "groups: "],
  ])("%s", (_what, options, message) => {
    const make = () => testServerConfig(options);
    expect(make).toThrow(TlsUsageError);
    expect(make).toThrow(message);
  });
});
