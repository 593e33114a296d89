/** Reading PKCS#12 without blocking, next to reading it at once. */
import { webcrypto } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { node } from "../../src/crypto/node.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  createSelfSigned,
  Pkcs12Error,
  readPkcs12,
  readPkcs12Async,
} from "../../src/pki/index.ts";
import { openssl } from "./openssl.ts";

const own = createSelfSigned({ provider: noble, hosts: ["a.test"] });
const password = "Straße 5 €";

/** `openssl pkcs12 -export`. */
function exported(...args: readonly string[]): Uint8Array {
  return openssl(
    [
      ...["pkcs12", "-export", "-in", "c.pem", "-inkey", "k.pem"],
      ...["-out", "o.p12", "-passout", "file:password", ...args],
    ],
    { "c.pem": own.pem, "k.pem": own.key.toPem(), password: `${password}\n` },
  ).file("o.p12");
}

const getRandomValues = (array: Uint8Array) => webcrypto.getRandomValues(array);

/** Providers; without WebCrypto noble's goes in slices. */
const WAYS = {
  "node:crypto's PBKDF2": { provider: node, web: true },
  "WebCrypto's PBKDF2": { provider: noble, web: true },
  slices: { provider: noble, web: false },
} as const;

describe.each(Object.entries(WAYS))(
  "readPkcs12Async() by %s",
  (_name, { provider, web }) => {
    beforeAll(() => {
      if (!web) vi.stubGlobal("crypto", { getRandomValues });
    });
    afterAll(() => {
      vi.unstubAllGlobals();
    });

    it.each([
      [[]],
      [["-legacy"]],
      [["-macalg", "sha512"]],
      [["-keypbe", "des-ede3-cbc", "-certpbe", "aes-192-cbc"]],
    ])("reads what OpenSSL wrote: %j", async (args) => {
      const data = exported(...args);
      const there = await readPkcs12Async(data, { provider, password });
      const [identity] = there.identities;
      expect(identity?.key.toPem()).toBe(own.key.toPem());
      expect(identity?.chainPem).toBe(own.pem);
      expect(readPkcs12(data, { provider, password }).identities).toHaveLength(
        1,
      );
    });

    it("lets others run meanwhile, and reports its progress", async () => {
      const data = exported("-iter", "40000");
      let iterations = 0;
      let others = 0;
      const timer = setInterval(() => others++, 0);
      await readPkcs12Async(data, {
        ...{ provider, password },
        onProgress: (done) => (iterations += done),
      });
      clearInterval(timer);
      // The MAC's derivation is nobody's but ours; of PBKDF2 there are two.
      const slices = web ? [4 * 8192] : [4 * 8192, 9 * 4096, 9 * 4096];
      expect(iterations).toBe(slices.reduce((sum, one) => sum + one));
      expect(others).toBeGreaterThanOrEqual(4);
    });

    // Without WebCrypto it would take a minute.
    if (web)
      it("reads PBKDF2 of 600,000 iterations", async () => {
        const data = exported("-iter", "600000", "-nomaciter");
        const { identities } = await readPkcs12Async(data, {
          ...{ provider, password },
          onProgress: () => {
            throw new Error("it was not the runtime's");
          },
        });
        expect(identities).toHaveLength(1);
      });

    it("stops when told to, and when its listener throws", async () => {
      const data = exported("-iter", "60000");
      const controller = new AbortController();
      let slices = 0;
      const options = { provider, password, signal: controller.signal };
      const onProgress = () => {
        if (++slices === 3) controller.abort(new Error("enough"));
      };
      await expect(
        readPkcs12Async(data, { ...options, onProgress }),
      ).rejects.toThrow("enough");
      expect(slices).toBe(3);
      await expect(readPkcs12Async(data, options)).rejects.toThrow("enough");
      await expect(
        readPkcs12Async(data, {
          ...{ provider, password },
          onProgress: () => {
            throw new Error("mine");
          },
        }),
      ).rejects.toThrow("mine");
    });

    it("has the errors and the budget of reading at once", async () => {
      const data = exported();
      const reasonOf = (options: object) =>
        readPkcs12Async(data, { provider, password, ...options }).then(
          () => "read",
          (error: unknown) =>
            error instanceof Pkcs12Error ? error.reason : error,
        );
      expect(await reasonOf({ password: "wrong" })).toBe("wrong_password");
      expect(await reasonOf({ maximumIterations: 5000 })).toBe("too_expensive");
      expect(await reasonOf({ maximumIterations: 9000 })).toBe("read");
    });
  },
);
