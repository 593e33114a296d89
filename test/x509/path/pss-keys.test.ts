/** Issuers with an RSASSA-PSS key whose parameters name the only hash. */
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import { createVerifier, OID, TrustStore } from "../../../src/x509/index.ts";
import {
  bytes,
  caExtensions,
  ed25519Key,
  explicit,
  int,
  type Issued,
  leaf,
  leafExtensions,
  NOW,
  oid,
  root,
  seq,
  type TestKey,
  testKey,
} from "../../support/der-builder.ts";
import { compareWithOpenssl, strong } from "./openssl-cases.ts";

const HASHES = {
  sha256: [OID.sha256, 32],
  sha384: [OID.sha384, 48],
} as const;
type Hash = keyof typeof HASHES;

/** AlgorithmIdentifier of RSASSA-PSS over one hash, RFC 4055 3.1. */
function algorithmOf(hash: Hash): Uint8Array {
  const [type, saltLength] = HASHES[hash];
  const one = seq(oid(type), bytes(5, 0));
  return seq(
    oid(OID.rsassaPss),
    seq(
      explicit(0, one),
      explicit(1, seq(oid(OID.mgf1), one)),
      explicit(2, int(saltLength)),
    ),
  );
}

/** A key that signs over one hash, and whose parameters allow another. */
function pssKey(signs: Hash, allowed: Hash): TestKey {
  // Behind the headers of the rsaEncryption key.
  const key = strong.spki.subarray(4 + 15);
  return {
    ...testKey(strong.key, `rsa-pss-${signs}`),
    algorithm: algorithmOf(signs),
    spki: seq(algorithmOf(allowed), key),
  };
}

function chain(signs: Hash, allowed: Hash) {
  const key = pssKey(signs, allowed);
  const top = root(6, { key, extensions: caExtensions(key) });
  return { top, end: leaf(top, { extensions: leafExtensions(key) }) };
}

function verdictOf(top: Issued, end: Issued): string {
  const trustStore = TrustStore.of(top.der);
  const verifier = createVerifier({ provider: noble, trustStore });
  try {
    verifier.verify(
      { certificates: [end.der] },
      { purpose: "serverAuth", serverName: "example.com", now: NOW },
    );
    return "ok";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "?";
  }
}

describe("an issuer whose key is for one hash", () => {
  const codeOf = (signs: Hash, allowed: Hash): string => {
    const { top, end } = chain(signs, allowed);
    return verdictOf(top, end);
  };

  // [9846-4.3.3-12a]
  it.each([
    ["sha256", "sha256", "ok"],
    ["sha384", "sha384", "ok"],
    ["sha256", "sha384", "signature_key_mismatch"],
    ["sha384", "sha256", "signature_key_mismatch"],
  ] as const)("signs over %s, allowed %s: %s", (signs, allowed, code) => {
    expect(codeOf(signs, allowed)).toBe(code);
  });
});

describe("an issuer whose key is not of the signature's kind", () => {
  /** A leaf signed by one key, under a root that has another. */
  const codeOf = (signer: TestKey, key: TestKey): string => {
    const top = root(6, { key, extensions: caExtensions(key) });
    const extensions = leafExtensions(key);
    return verdictOf(top, leaf({ ...top, key: signer }, { extensions }));
  };
  const unrestricted: TestKey = {
    ...testKey(strong.key, "rsa-pss-sha256"),
    algorithm: algorithmOf("sha256"),
    spki: seq(seq(oid(OID.rsassaPss)), strong.spki.subarray(4 + 15)),
  };

  // [9846-4.3.3-12a]
  it("a key for RSASSA-PSS signs by nothing else", () => {
    expect(codeOf(unrestricted, unrestricted)).toBe("ok");
    expect(codeOf(strong, unrestricted)).toBe("signature_key_mismatch");
  });

  it("RSASSA-PSS is by an RSA key", () => {
    const key = ed25519Key(6);
    expect(codeOf(unrestricted, key)).toBe("signature_key_mismatch");
    expect(codeOf(strong, key)).toBe("signature_key_mismatch");
  });
});

compareWithOpenssl("RSASSA-PSS keys for one hash", {
  "that sign over it": () => {
    const { top, end } = chain("sha384", "sha384");
    return { code: "ok", leaf: end, trusted: [top] };
  },
  "that sign over another": () => {
    const { top, end } = chain("sha256", "sha384");
    return {
      theirCode: 7,
      code: "signature_key_mismatch",
      leaf: end,
      trusted: [top],
    };
  },
});
