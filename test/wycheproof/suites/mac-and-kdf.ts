import { equal, fromHex } from "../../../src/bytes.ts";
import type { CryptoProvider, HashName } from "../../../src/crypto/provider.ts";
import { wycheproof, type Case } from "../vectors.ts";

interface MacGroup {
  readonly tagSize: number;
}

interface MacCase extends Case {
  readonly key: string;
  readonly msg: string;
  readonly tag: string;
}

interface HkdfCase extends Case {
  readonly ikm: string;
  readonly salt: string;
  readonly info: string;
  readonly size: number;
  readonly okm: string;
}

export function macAndKdfSuites(provider: CryptoProvider): void {
  hmacSuite(provider, "hmac_sha1_test.json", "SHA-1");
  hmacSuite(provider, "hmac_sha256_test.json", "SHA-256");
  hmacSuite(provider, "hmac_sha384_test.json", "SHA-384");
  hkdfSuite(provider, "hkdf_sha256_test.json", "SHA-256");
  hkdfSuite(provider, "hkdf_sha384_test.json", "SHA-384");
}

function hmacSuite(
  provider: CryptoProvider,
  file: string,
  name: HashName,
): void {
  const hash = provider.hashes[name];
  wycheproof<MacGroup, MacCase>(file, {
    judge: (test, group) => {
      const mac = hash.hmac(fromHex(test.key), fromHex(test.msg));
      const tag = mac.subarray(0, group.tagSize / 8);
      return equal(tag, fromHex(test.tag)) ? "accepted" : "rejected";
    },
  });
}

function hkdfSuite(
  provider: CryptoProvider,
  file: string,
  name: HashName,
): void {
  const hash = provider.hashes[name];
  wycheproof<object, HkdfCase>(file, {
    judge: (test) => {
      try {
        const key = hash.hkdfExtract(fromHex(test.salt), fromHex(test.ikm));
        const okm = hash.hkdfExpand(key, fromHex(test.info), test.size);
        return equal(okm, fromHex(test.okm)) ? "accepted" : "rejected";
      } catch {
        return "rejected";
      }
    },
  });
}
