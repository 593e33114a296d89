/**
 * Known answers for the key schedule of TLS 1.2: values that others published,
 * and OpenSSL's TLS1-PRF where openssl is installed.
 */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { asciiBytes, concat, fromHex, Secret, toHex } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  newMainSecret,
  prf,
  resumedMainSecret,
} from "../../src/handshake/keys/key-schedule12.ts";
import { PendingTranscript } from "../../src/handshake/keys/transcript.ts";
import { seededRandom } from "../support/seeded-random.ts";

const random = seededRandom("key schedule 1.2");
const HASHES = ["SHA-256", "SHA-384"] as const;
const openssl = spawnSync("openssl", ["version"]).stdout?.toString().trim();

/** `openssl kdf`, another implementation of RFC 5246 5. */
function judge(
  hash: (typeof HASHES)[number],
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  length: number,
): string {
  const { stdout, stderr } = spawnSync("openssl", [
    "kdf",
    ...[
      "-keylen",
      String(length),
      "-kdfopt",
      `digest:${hash.replace("-", "")}`,
    ],
    ...["-kdfopt", `hexsecret:${toHex(secret)}`],
    ...["-kdfopt", `hexseed:${toHex(concat(asciiBytes(label), seed))}`],
    "TLS1-PRF",
  ]);
  expect(stderr.toString()).toBe("");
  return stdout.toString().trim().replaceAll(":", "").toLowerCase();
}

describe("PRF, RFC 5246 5: vectors of the TLS working group's list", () => {
  it("SHA-256", () => {
    const out = prf(
      noble.hashes["SHA-256"],
      new Secret(fromHex("9bbe436ba940f017b17652849a71db35")),
      "test label",
      fromHex("a0ba9f936cda311827a6f796ffd5198c"),
      100,
    );
    expect(toHex(out)).toBe(
      "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a" +
        "6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab" +
        "4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701" +
        "87347b66",
    );
  });

  it("SHA-384", () => {
    const out = prf(
      noble.hashes["SHA-384"],
      new Secret(fromHex("b80b733d6ceefcdc71566ea48e5567df")),
      "test label",
      fromHex("cd665cf6a8447dd6ff8b27555edb7465"),
      148,
    );
    expect(toHex(out)).toBe(
      "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cd" +
        "e9ca0faa60be9fe34f82b1233c9146a0e534cb400fed2700884f9dc236f80edd" +
        "8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d918425" +
        "9b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee6" +
        "91c8f3a26854308d5eaa3be85e0990703d73e56f",
    );
  });
});

// [7627-5.2-06]
it("main secret, RFC 5246 8.1: NIST's vector", () => {
  const main = newMainSecret(
    new Secret(
      fromHex(
        "f8938ecc9edebc5030c0c6a441e213cd24e6f770a50dda07876f8d55da062bca" +
          "db386b411fd4fe4313a604fce6c17fbc",
      ),
    ),
    {
      transcript: new PendingTranscript().begin12(noble.hashes["SHA-256"]),
      randoms: {
        client: fromHex(
          "36c129d01a3200894b9179faac589d9835d58775f9b5ea3587cb8fd0364cae8c",
        ),
        server: fromHex(
          "f6c9575ed7ddd73e1f7d16eca115415812a43c2b747daaaae043abfb50053fce",
        ),
      },
      extended: false,
    },
  );
  expect(toHex(main.bytes)).toBe(
    "202c88c00f84a17a20027079604787461176455539e705be730890602c289a50" +
      "01e34eeb3a043e5d52a65e66125188bf",
  );
});

describe.skipIf(openssl === undefined)(
  `by ${openssl ?? "openssl, which is not installed"}`,
  () => {
    for (const name of HASHES) {
      const hash = noble.hashes[name];
      const randoms = { client: random(32), server: random(32) };
      const messages = [random(100), random(300)];
      const transcript = messages.reduce(
        (all, message) => all.add(message),
        new PendingTranscript().begin12(hash),
      );
      const digest = hash.hash(concat(...messages));
      const secret = random(48);

      // [7627-5.1-01]
      it(`${name}: main secret and extended main secret`, () => {
        const of = (extended: boolean): string =>
          toHex(
            newMainSecret(new Secret(secret.slice()), {
              transcript,
              randoms,
              extended,
            }).bytes,
          );
        const seed = concat(randoms.client, randoms.server);
        expect(of(false)).toBe(judge(name, secret, "master secret", seed, 48));
        const label = "extended master secret";
        expect(of(true)).toBe(judge(name, secret, label, digest, 48));
      });

      it(`${name}: both Finished`, () => {
        const main = resumedMainSecret(hash, new Secret(secret));
        expect(toHex(main.clientFinished(digest))).toBe(
          judge(name, secret, "client finished", digest, 12),
        );
        expect(toHex(main.serverFinished(digest))).toBe(
          judge(name, secret, "server finished", digest, 12),
        );
      });

      it(`${name}: the key block, cut in RFC 5246 6.3's order`, () => {
        const main = resumedMainSecret(hash, new Secret(secret));
        const block = main.keyBlock(randoms, { mac: 20, key: 16, iv: 4 });
        const seed = concat(randoms.server, randoms.client);
        expect(
          toHex(
            concat(
              block.clientMacKey,
              block.serverMacKey,
              block.clientKey.bytes,
              block.serverKey.bytes,
              block.clientIv,
              block.serverIv,
            ),
          ),
        ).toBe(judge(name, secret, "key expansion", seed, 80));
      });

      it(`${name}: the exporter, with a context and without`, () => {
        const main = resumedMainSecret(hash, new Secret(secret));
        const { client, server } = randoms;
        const label = "EXPERIMENTAL";
        const seed = concat(client, server);
        expect(toHex(main.exportKeyingMaterial(randoms, label, 70))).toBe(
          judge(name, secret, label, seed, 70),
        );
        const context = random(300);
        expect(
          toHex(main.exportKeyingMaterial(randoms, label, 70, context)),
        ).toBe(
          judge(
            name,
            secret,
            label,
            concat(seed, Uint8Array.of(300 >> 8, 300 & 255), context),
            70,
          ),
        );
      });
    }
  },
);
