import { createPrivateKey } from "node:crypto";
import { equal, fromHex } from "../../../src/bytes.ts";
import type {
  CryptoProvider,
  PrivateKey,
  PublicKey,
  SignatureName,
} from "../../../src/crypto/provider.ts";
import { rsaPrivateKey } from "../../crypto/node-keys.ts";
import {
  wycheproof,
  type Case,
  type Expectation,
  type Outcome,
} from "../vectors.ts";

interface SignatureCase extends Case {
  readonly msg: string;
  readonly sig: string;
}

interface RsaGroup {
  readonly sha: string;
  readonly publicKey: {
    readonly modulus: string;
    readonly publicExponent: string;
  };
}

interface PssGroup extends RsaGroup {
  readonly mgf: string;
  readonly mgfSha: string;
  readonly sLen: number;
}

interface SigningGroup {
  readonly sha: string;
  readonly privateKeyPkcs8: string;
}

const pkcs1: Readonly<Record<string, SignatureName>> = {
  "SHA-1": "rsa-pkcs1-sha1",
  "SHA-256": "rsa-pkcs1-sha256",
  "SHA-384": "rsa-pkcs1-sha384",
  "SHA-512": "rsa-pkcs1-sha512",
};

const pss: Readonly<
  Record<string, { readonly name: SignatureName; readonly salt: number }>
> = {
  "SHA-256": { name: "rsa-pss-sha256", salt: 32 },
  "SHA-384": { name: "rsa-pss-sha384", salt: 48 },
  "SHA-512": { name: "rsa-pss-sha512", salt: 64 },
};

export function rsaSuites(provider: CryptoProvider): void {
  for (const [bits, hash] of [
    [2048, 256],
    [2048, 384],
    [2048, 512],
    [3072, 256],
    [3072, 384],
    [4096, 256],
    [4096, 512],
    [8192, 256],
  ] as const)
    pkcs1Suite(provider, `rsa_signature_${bits}_sha${hash}_test.json`);
  pkcs1SigningSuite(provider);
  for (const [bits, hash, salt] of [
    [2048, 256, 32],
    [2048, 384, 48],
    [3072, 256, 32],
    [4096, 256, 32],
    [4096, 384, 48],
    [4096, 512, 64],
  ] as const)
    pssSuite(provider, `rsa_pss_${bits}_sha${hash}_mgf1_${salt}_test.json`);
  pssSuite(provider, "rsa_pss_misc_test.json");
  wycheproof("rsa_pkcs1_2048_test.json", {
    judge: () => ({
      notApplicable:
        "there is no RSA decryption: in JavaScript it is an oracle",
    }),
  });
}

function pkcs1Suite(provider: CryptoProvider, file: string): void {
  wycheproof<RsaGroup, SignatureCase>(file, {
    judge: (test, group) =>
      verify(provider, pkcs1[group.sha], publicKey(group), test),
    expectation: (test) =>
      test.flags?.includes("MissingNull")
        ? {
            outcome: "rejected",
            reason:
              "RFC 8017 9.2: the NULL parameters are part of the encoding",
          }
        : undefined,
  });
}

function pssSuite(provider: CryptoProvider, file: string): void {
  wycheproof<PssGroup, SignatureCase>(file, {
    judge: (test, group) =>
      verify(provider, pss[group.sha]?.name, publicKey(group), test),
    expectation: (_test, group) => pssExpectation(group),
  });
}

function pssExpectation(group: PssGroup): Expectation | undefined {
  if (group.mgfSha !== group.sha)
    return { outcome: "rejected", reason: "MGF1 with another hash" };
  if (group.sLen !== pss[group.sha]?.salt)
    return { outcome: "rejected", reason: "a salt of another length" };
  return undefined;
}

function pkcs1SigningSuite(provider: CryptoProvider): void {
  wycheproof<SigningGroup, SignatureCase>("rsa_pkcs1_2048_sig_gen_test.json", {
    judge: (test, group) => {
      const name = pkcs1[group.sha];
      const sign = name === undefined ? undefined : provider.signers[name];
      if (sign === undefined)
        return { notApplicable: `no PKCS#1 v1.5 signatures with ${group.sha}` };
      const signature = sign(
        privateKey(group),
        fromHex(test.msg),
        provider.random,
      );
      return equal(signature, fromHex(test.sig)) ? "accepted" : "rejected";
    },
    expectation: (test) =>
      test.result === "acceptable"
        ? {
            outcome: "accepted",
            reason: "SHA-1 is for a policy above to refuse",
          }
        : undefined,
  });
}

function verify(
  provider: CryptoProvider,
  name: SignatureName | undefined,
  key: PublicKey,
  test: SignatureCase,
): Outcome {
  const row = name === undefined ? undefined : provider.verifiers[name];
  if (row === undefined)
    return { notApplicable: "a hash that TLS has no RSA signatures with" };
  return row(key, fromHex(test.msg), fromHex(test.sig))
    ? "accepted"
    : "rejected";
}

function publicKey({ publicKey: key }: RsaGroup): PublicKey {
  return {
    type: "rsa",
    modulus: unsigned(key.modulus),
    exponent: unsigned(key.publicExponent),
  };
}

/** Node reads the key: its encoding is not what is tested here. */
function privateKey({ privateKeyPkcs8 }: SigningGroup): PrivateKey {
  const pkcs8 = Buffer.from(privateKeyPkcs8, "hex");
  return rsaPrivateKey(
    createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }),
  );
}

/** Big-endian, without the leading zero that a signed integer needs. */
function unsigned(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  return bytes[0] === 0 ? bytes.subarray(1) : bytes;
}
