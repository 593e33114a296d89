import { expect } from "vitest";
import { concat, equal, fromHex } from "../../../src/bytes.ts";
import type { AeadName, CryptoProvider } from "../../../src/crypto/provider.ts";
import { wycheproof, type Case, type Outcome } from "../vectors.ts";

interface AeadGroup {
  readonly ivSize: number;
  readonly keySize: number;
  readonly tagSize: number;
}

interface AeadCase extends Case {
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
}

export function aeadSuites(provider: CryptoProvider): void {
  const run = (file: string, names: readonly AeadName[]): void =>
    wycheproof<AeadGroup, AeadCase>(file, {
      judge: (test, group) => judge(provider, names, test, group),
    });
  run("aes_gcm_test.json", ["AES-128-GCM", "AES-256-GCM"]);
  run("aes_ccm_test.json", [
    "AES-128-CCM",
    "AES-128-CCM-8",
    "AES-256-CCM",
    "AES-256-CCM-8",
  ]);
  run("chacha20_poly1305_test.json", ["ChaCha20-Poly1305"]);
}

function judge(
  provider: CryptoProvider,
  names: readonly AeadName[],
  test: AeadCase,
  group: AeadGroup,
): Outcome {
  const rows = names.map((name) => provider.aeads[name]);
  if (group.ivSize !== 96) return { notApplicable: "TLS nonces have 96 bits" };
  const aead = rows.find(
    (row) =>
      row?.keyLength === group.keySize / 8 &&
      row.tagLength === group.tagSize / 8,
  );
  if (aead === undefined)
    return { notApplicable: "TLS has no such key or tag length" };
  const key = aead.key(fromHex(test.key));
  const nonce = fromHex(test.iv);
  const aad = fromHex(test.aad);
  const plaintext = fromHex(test.msg);
  const sealed = concat(fromHex(test.ct), fromHex(test.tag));
  const opened = key.open(nonce, aad, sealed);
  if (opened === undefined) return "rejected";
  expect(opened).toEqual(plaintext);
  const out = new Uint8Array(sealed.length);
  key.seal(nonce, aad, plaintext, out);
  return equal(out, sealed) ? "accepted" : "rejected";
}
