/**
 * The provider in a realm that has nothing but ECMAScript: no `crypto`, no
 * `TextEncoder`, no timers. Importing must touch no global that a host adds.
 */
import { fileURLToPath } from "node:url";
import { createContext, Script } from "node:vm";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";

const entry = fileURLToPath(
  new URL("../../src/crypto/noble/index.ts", import.meta.url),
);

let bundle: Script;

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "provider",
    target: "es2022",
  });
  bundle = new Script(outputFiles[0]?.text ?? "");
});

describe("importing the noble provider", () => {
  it("asks for no crypto, even where there is one", () => {
    const realm = createContext({ asked: 0 });
    new Script(
      `Object.defineProperty(globalThis, "crypto", {
         get() { asked++; throw new Error("not while importing"); },
       });`,
    ).runInContext(realm);
    bundle.runInContext(realm);
    expect(new Script("asked").runInContext(realm)).toBe(0);
    // The trap works: asking for random bytes springs it.
    expect(
      () => void new Script("provider.noble.random(1)").runInContext(realm),
    ).toThrow("not while importing");
    expect(new Script("asked").runInContext(realm)).toBe(1);
  });

  it("works with nothing but ECMAScript and a random of the caller's", async () => {
    const realm = createContext({});
    bundle.runInContext(realm);
    const outcome: unknown = new Script(`
      const { noble } = provider;
      let state = 1;
      const random = (n) => Uint8Array.from({ length: n }, () =>
        (state = (state * 48271) % 2147483647) & 255);
      const done = [];
      for (const group of Object.values(noble.groups)) {
        const pair = group.generate(random);
        const answer = group.encapsulate(pair.share, random);
        if (String(pair.decapsulate(answer.share).bytes) ===
            String(answer.secret.bytes)) done.push(group.name);
      }
      const message = random(100);
      const scalar = random(32);
      const ec = { type: "ec", curve: "secp256r1",
        scalar: { bytes: scalar, length: 32 } };
      const ed = { type: "ed25519", seed: { bytes: scalar, length: 32 } };
      for (const [name, key] of [["ecdsa-sha256", ec], ["ed25519", ed]]) {
        const signature = noble.signers[name](key, message, random);
        const publicKey = noble.publicKeyOf(key);
        if (noble.verifiers[name](publicKey, message, signature))
          done.push(name);
      }
      for (const aead of Object.values(noble.aeads)) {
        const key = aead.key(random(aead.keyLength));
        const nonce = random(12);
        const sealed = new Uint8Array(100 + aead.tagLength);
        key.seal(nonce, nonce, message, sealed);
        const opened = key.open(nonce, nonce, sealed);
        if (String(opened) === String(message)) done.push(aead.name);
      }
      done.join(" ");
    `).runInContext(realm);
    const { noble } = await import("../../src/crypto/noble/index.ts");
    const wanted = [
      ...Object.keys(noble.groups),
      "ecdsa-sha256",
      "ed25519",
      ...Object.keys(noble.aeads),
    ];
    expect(outcome).toBe(wanted.join(" "));
    expect(wanted.length).toBeGreaterThan(12);
    expect(
      () => void new Script("provider.noble.random(1)").runInContext(realm),
    ).toThrow(/pass a crypto provider with a `random`/);
  });
});

it("the rows carry the names they are filed under", async () => {
  const { noble } = await import("../../src/crypto/noble/index.ts");
  const { hashes, aeads, cbcs, groups } = noble;
  const filed = [hashes, aeads, cbcs, groups].flatMap((rows) =>
    Object.entries<{ readonly name: string }>(rows).map(([name, row]) => [
      name,
      row.name,
    ]),
  );
  expect(filed.length).toBeGreaterThan(20);
  for (const [name, own] of filed) expect(own).toBe(name);
  expect(noble.now()).toBeCloseTo(Date.now(), -5);
});
