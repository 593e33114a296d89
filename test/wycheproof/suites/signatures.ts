import { fromHex } from "../../../src/bytes.ts";
import type {
  CryptoProvider,
  PublicKey,
  SignatureName,
} from "../../../src/crypto/provider.ts";
import { wycheproof, type Case, type Outcome } from "../vectors.ts";

interface SignatureCase extends Case {
  readonly msg: string;
  readonly sig: string;
  readonly ctx?: string;
}

interface EcdsaGroup {
  readonly publicKey: {
    readonly curve: "secp256r1" | "secp384r1" | "secp521r1";
    readonly uncompressed: string;
  };
}

interface EddsaGroup {
  readonly publicKey: { readonly pk: string };
}

interface MlDsaGroup {
  readonly publicKey: string;
}

/** Verifies a case with a row of the provider. */
function verify(
  provider: CryptoProvider,
  name: SignatureName,
  key: PublicKey,
  test: SignatureCase,
): Outcome {
  const row = provider.verifiers[name];
  if (row === undefined)
    return { notApplicable: `the provider has no ${name}` };
  return row(key, fromHex(test.msg), fromHex(test.sig))
    ? "accepted"
    : "rejected";
}

export function ecdsaSuites(provider: CryptoProvider): void {
  const run = (file: string, name: SignatureName): void =>
    wycheproof<EcdsaGroup, SignatureCase>(file, {
      judge: (test, { publicKey }) => {
        const { curve, uncompressed } = publicKey;
        const point = fromHex(uncompressed);
        return verify(provider, name, { type: "ec", curve, point }, test);
      },
    });
  run("ecdsa_secp256r1_sha256_test.json", "ecdsa-sha256");
  run("ecdsa_secp384r1_sha384_test.json", "ecdsa-sha384");
  run("ecdsa_secp521r1_sha512_test.json", "ecdsa-sha512");
}

export function eddsaSuites(provider: CryptoProvider): void {
  const run = (file: string, type: "ed25519" | "ed448"): void =>
    wycheproof<EddsaGroup, SignatureCase>(file, {
      judge: (test, { publicKey }) =>
        verify(provider, type, { type, key: fromHex(publicKey.pk) }, test),
    });
  run("ed25519_test.json", "ed25519");
  run("ed448_test.json", "ed448");
}

export function mlDsaSuites(provider: CryptoProvider): void {
  const run = (
    file: string,
    type: "ml-dsa-44" | "ml-dsa-65" | "ml-dsa-87",
  ): void =>
    wycheproof<MlDsaGroup, SignatureCase>(file, {
      judge: (test, { publicKey }) =>
        verify(provider, type, { type, key: fromHex(publicKey) }, test),
      expectation: (test) =>
        test.ctx !== undefined && test.ctx !== ""
          ? {
              outcome: "rejected",
              reason: "signed with a context, and X.509 and TLS have none",
            }
          : undefined,
    });
  run("mldsa_44_verify_test.json", "ml-dsa-44");
  run("mldsa_65_verify_test.json", "ml-dsa-65");
}
