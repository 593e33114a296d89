/** Cipher strings as OpenSSL reads them, over generated strings. */
import { execFileSync, spawnSync } from "node:child_process";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SSLContext, SSLError } from "../../src/index.ts";
import { describePython, PythonSsl } from "./python.ts";

/**
 * All words of ciphers(1), and names of suites: ours, others', unknown ones.
 */
const WORDS =
  `ALL COMPLEMENTOFALL DEFAULT COMPLEMENTOFDEFAULT HIGH MEDIUM LOW eNULL NULL
  aNULL kRSA RSA kDHE kEDH DH DHE EDH ADH kECDHE kEECDH ECDH ECDHE EECDH AECDH
  aRSA aECDSA ECDSA aDSS DSS kPSK kECDHEPSK kDHEPSK kRSAPSK aPSK PSK SRP kSRP aSRP AES
  AES128 AES256 AESGCM AESCCM AESCCM8 CHACHA20 ARIA ARIA128 ARIA256 ARIAGCM CAMELLIA
  CAMELLIA128 CAMELLIA256 3DES DES RC4 RC2 SEED IDEA CBC MD5 SHA SHA1 SHA256 SHA384
  SSLv3 TLSv1 TLSv1.0 TLSv1.2 FIPS kGOST GOST94
  ECDHE-RSA-AES128-GCM-SHA256 AES256-SHA PSK-AES128-CBC-SHA DHE-RSA-AES256-CCM8
  ADH-AES256-SHA NOSUCH TLS_AES_128_GCM_SHA256 ecdhe`.split(/\s+/);

const joined = fc
  .array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 3 })
  .map((words) => words.join("+"))
  // OpenSSL keeps words of strength in one number: two of them in a rule give
  // nothing, and COMPLEMENTOFDEFAULT gets lost in company. Not worth copying.
  .filter(
    (words) =>
      (words.match(/HIGH|MEDIUM|LOW|FIPS/g) ?? []).length < 2 &&
      !/\+COMPLEMENTOFDEFAULT|COMPLEMENTOFDEFAULT\+/.test(words),
  );
const rule = fc.oneof(
  { weight: 6, arbitrary: joined },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom("!", "-", "+"), joined)
      .map(([operator, words]) => operator + words),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom("@STRENGTH", "@SECLEVEL=1", "@SECLEVEL=3"),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("@SECLEVEL=9", "@FOO", "*", "!", "AES+", "é"),
  },
);
const cipherString = fc
  .tuple(
    fc.constantFrom(
      "",
      "",
      "ALL:",
      "HIGH:",
      "DEFAULT:",
      "DEFAULT",
      "SUITEB128",
    ),
    fc.array(fc.tuple(rule, fc.constantFrom(":", ":", ",", " ", ";", "::")), {
      minLength: 1,
      maxLength: 8,
    }),
  )
  .map(([head, rules]) => head + rules.map((part) => part.join("")).join(""));

/** Names of all suites of TLS 1.2 here. */
const OURS = new Set(namesOf("ALL"));

function namesOf(list: string): string[] {
  const context = new SSLContext({ protocol: "tlsServer" });
  context.setCiphers(list);
  return context
    .getCiphers()
    .map(({ name }) => name)
    .filter((name) => !name.startsWith("TLS_"));
}

/**
 * The suites that puretls selects; undefined if the list is invalid or selects
 * none.
 */
function ours(list: string): string[] | undefined {
  try {
    return namesOf(list);
  } catch (error) {
    if (error instanceof SSLError) return undefined;
    throw error;
  }
}

/** Of theirs what we have too; undefined for nothing. */
function shared(theirs: readonly string[] | null): string[] | undefined {
  const names = (theirs ?? []).filter((name) => OURS.has(name));
  return names.length > 0 ? names : undefined;
}

/** Suites that OpenSSL has not: RFC 8442's. */
const NOT_THEIRS = /^ECDHE-PSK-AES(128|256)-(GCM|CCM)/;

const withoutOwn = (names: string[] | undefined): string[] | undefined => {
  const left = names?.filter((name) => !NOT_THEIRS.test(name));
  return left?.length === 0 ? undefined : left;
};

describePython("cipher strings", (interpreter) => {
  let python: PythonSsl;
  beforeAll(() => {
    python = new PythonSsl(interpreter);
  });
  afterAll(() => {
    python.end();
  });

  const theirs = async (lists: readonly string[]) => {
    const answer = await python.call({ ciphers: lists });
    if (!("value" in answer)) throw new Error(answer.message);
    return answer.value as (string[] | null)[];
  };

  it("X-74 X-81: every word alone, and what it leaves of all", async () => {
    const lists = WORDS.flatMap((word) => [word, `ALL:!${word}`, `+${word}`]);
    const answers = await theirs(lists);
    for (const [i, list] of lists.entries())
      expect([list, withoutOwn(ours(list))]).toEqual([
        list,
        shared(answers[i] ?? null),
      ]);
    expect(OURS.size).toBe(70);
  });

  it("X-70 X-71 X-72 X-73 X-75 X-76: strings of all kinds, in their order", async () => {
    const lists = fc.sample(cipherString, { numRuns: 4000, seed: 5 });
    const answers = await theirs(lists);
    let selected = 0;
    for (const [i, list] of lists.entries()) {
      const wanted = shared(answers[i] ?? null);
      if (wanted !== undefined) selected++;
      expect([list, withoutOwn(ours(list))]).toEqual([list, wanted]);
    }
    expect(selected).toBeGreaterThan(1000);
  });

  it("X-79 X-80: what is told of every suite", async () => {
    await python.call({
      new: "ciphers",
      context: { calls: [["set_ciphers", "ALL:@SECLEVEL=0"]] },
    });
    const answer = await python.call({ on: "ciphers", call: ["get_ciphers"] });
    const all = "value" in answer ? (answer.value as { name: string }[]) : [];
    const context = new SSLContext();
    context.setCiphers("ALL");
    const told = context.getCiphers().map((cipher) => ({
      id: cipher.id,
      name: cipher.name,
      protocol: cipher.protocol,
      description: cipher.description,
      strength_bits: cipher.strengthBits,
      alg_bits: cipher.algBits,
      aead: cipher.aead,
      symmetric: cipher.symmetric,
      digest: cipher.digest,
      kea: cipher.kea,
      auth: cipher.auth,
    }));
    let compared = 0;
    for (const cipher of told) {
      const other = all.find(({ name }) => name === cipher.name);
      if (other === undefined) continue;
      expect(cipher).toEqual(other);
      compared++;
    }
    expect(compared).toBe(69);
  });
});

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

describe.skipIf(!hasOpenssl)(
  "cipher strings, next to `openssl ciphers`",
  () => {
    it("X-70: the same as the program prints", () => {
      for (const list of [
        "DEFAULT",
        "ECDHE+AESGCM:ECDHE+CHACHA20:!aRSA",
        "HIGH:!kRSA:!PSK:+SHA1:@STRENGTH",
        "ALL:-AES:AES256:!aECDSA",
        "ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM",
      ]) {
        const printed = execFileSync("openssl", ["ciphers", list], {
          encoding: "utf8",
        });
        expect(withoutOwn(ours(list))).toEqual(
          shared(printed.trim().split(":")),
        );
      }
    });
  },
);

describe("setCiphers", () => {
  it("X-76: refuses unknown words when it is strict", () => {
    const context = new SSLContext();
    expect(() => {
      context.setCiphers("AES:NOSUCH", { strict: true });
    }).toThrow(SSLError);
    context.setCiphers("AES:MEDIUM:NOSUCH");
  });

  it("X-70 X-74: system profiles are refused", () => {
    expect(() => {
      new SSLContext().setCiphers("PROFILE=SYSTEM");
    }).toThrow("profiles");
  });

  it("X-75 L-02: @SECLEVEL sets the level", () => {
    const context = new SSLContext();
    context.setCiphers("AES:@SECLEVEL=3");
    expect(context.securityLevel).toBe(3);
    context.setCiphers("AES:@SECLEVEL=0");
    expect(context.securityLevel).toBe(0);
    context.setCiphers("AES");
    expect(context.securityLevel).toBe(0);
  });

  it("X-70: takes lists of names, OpenSSL's and IANA's", () => {
    const context = new SSLContext();
    context.setCiphers(["AES128-SHA", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]);
    expect(context.getCiphers().map(({ name }) => name)).toEqual([
      "TLS_CHACHA20_POLY1305_SHA256",
      "TLS_AES_128_GCM_SHA256",
      "TLS_AES_256_GCM_SHA384",
      "AES128-SHA",
      "ECDHE-RSA-AES128-GCM-SHA256",
    ]);
    for (const no of [[], ["NOSUCH"], ["TLS_AES_128_GCM_SHA256"]])
      expect(() => {
        context.setCiphers(no);
      }).toThrow(SSLError);
    expect(() => {
      context.setCiphers(7 as never);
    }).toThrow(TypeError);
  });

  it("X-77 Q-01: leaves TLS 1.3 as it is", () => {
    const context = new SSLContext();
    context.setCiphersuites("TLS_AES_256_GCM_SHA384");
    context.setCiphers("ECDHE-RSA-AES128-GCM-SHA256");
    expect(() => {
      context.setCiphers("TLS_AES_128_GCM_SHA256");
    }).toThrow(SSLError);
    expect(context.getCiphers().map(({ name }) => name)).toEqual([
      "TLS_AES_256_GCM_SHA384",
      "ECDHE-RSA-AES128-GCM-SHA256",
    ]);
  });

  it("F-06 X-02 X-81: only forward secrecy with an AEAD is on by default", () => {
    for (const { name, aead, kea } of new SSLContext().getCiphers())
      expect([name, aead, /any|ecdhe/.test(kea)]).toEqual([name, true, true]);
    expect(
      [...OURS].filter((name) => /NULL|RC4|DES|EXP|MD5/.test(name)),
    ).toEqual([]);
  });
});
