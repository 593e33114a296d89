/** Signature schemes: those there are, those of TLS 1.2, and weak certificates. */
import { describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  createCredential,
  type ServerOptions,
  SIGNATURE_SCHEMES,
} from "../../src/engine/index.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";
import {
  Certificate,
  createVerifier,
  OID,
  TrustStore,
} from "../../src/x509/index.ts";
import { oid } from "../support/der-encode.ts";
import {
  newPair,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../support/engines.ts";
import { keyFromFile } from "../support/pki.ts";

describe("the table of signature schemes", () => {
  const codes: readonly number[] = Object.values(SIGNATURE_SCHEMES).map(
    ({ code }) => code,
  );

  // [9846-4.3.3-20] [9846-4.3.3-21]
  it("has no MD5, no SHA-224, no DSA and no pair that was never allocated", () => {
    // HashAlgorithm 0 to 6 and SignatureAlgorithm 0 to 3 of RFC 5246.
    const pairs = codes.filter((code) => code >> 8 <= 6 && (code & 255) <= 3);
    expect(pairs.toSorted((a, b) => a - b)).toEqual([
      0x0201, 0x0203, 0x0401, 0x0403, 0x0501, 0x0503, 0x0601, 0x0603,
    ]);
  });
});

function outcome(
  client: Partial<ClientOptions>,
  server: Partial<ServerOptions>,
) {
  return shuttle(newPair(testClientConfig(client), testServerConfig(server)));
}

describe("a handshake of TLS 1.2", () => {
  const TLS12 = { versions: ["TLSv1.2"] } as const;
  const asks = { clientAuthentication: "required" } as const;
  const both = ["ecdsa_secp256r1_sha256", "rsa_pss_rsae_sha256"] as const;

  // [9846-4.3.3-22] [9846-4.3.3-18]
  it("may have ECDSA of any curve under the scheme of another", () => {
    const signatureSchemes = ["ecdsa_secp256r1_sha256"] as const;
    const credentials = [testCredential("ec-p384")];
    const pair = outcome({ ...TLS12, signatureSchemes }, { credentials });
    expect(pair.client.error ?? pair.server.error).toBeUndefined();
    expect(pair.client.info?.peerSignatureScheme).toBe(signatureSchemes[0]);
    const late = outcome({ signatureSchemes }, { credentials });
    expect(late.server.error?.reason).toBe("no_shared_signature_scheme");
  });

  // [9846-4.3.3-23]
  it("takes RSASSA-PSS of either side", () => {
    const { client, server } = outcome(
      {
        ...TLS12,
        signatureSchemes: both,
        credentials: [testCredential("rsa", "client")],
      },
      { ...asks, signatureSchemes: both, credentials: [testCredential("rsa")] },
    );
    expect(client.error ?? server.error).toBeUndefined();
    for (const { info } of [client, server])
      expect(info?.peerSignatureScheme).toBe("rsa_pss_rsae_sha256");
  });
});

describe("a certificate signed over MD5", () => {
  const authority = createCertificateAuthority({
    provider: noble,
    name: "signs with RSA",
    key: keyFromFile("rsa-2048.pem"),
  });
  const { chain, key } = authority.issueServer({
    hosts: ["localhost"],
    key: "ec-p256",
  });

  /** The same, with md5WithRSAEncryption for sha256WithRSAEncryption. */
  function overMd5(der: Uint8Array): Uint8Array {
    const bytes = Buffer.from(der);
    const sha256 = oid(OID.sha256WithRSAEncryption);
    const md5 = oid("1.2.840.113549.1.1.4");
    expect(md5).toHaveLength(sha256.length);
    let found = 0;
    for (;;) {
      const at = bytes.indexOf(sha256);
      if (at < 0) break;
      bytes.set(md5, at);
      found++;
    }
    expect(found).toBe(2);
    return Uint8Array.from(bytes);
  }

  const verifier = createVerifier({
    provider: noble,
    trustStore: TrustStore.of(authority.pem),
  });

  // [9846-4.5.1.3-04]
  it.each(["TLSv1.2", "TLSv1.3"] as const)(
    "is a bad_certificate (%s)",
    (version) => {
      const versions = [version];
      const [leaf = new Uint8Array(0), ...rest] = chain;
      const credential = createCredential({
        provider: noble,
        chain,
        key: { algorithm: "ecPublicKey", key: key.privateKey },
      });
      const connect = (der: Uint8Array) =>
        outcome(
          { verifier, versions },
          { credentials: [{ ...credential, chain: [der, ...rest] }] },
        );
      expect(connect(leaf).client.error).toBeUndefined();
      const { client, server } = connect(overMd5(leaf));
      expect(client.error?.alert).toBe("bad_certificate");
      expect(server.error?.alert).toBe("bad_certificate");
    },
  );
});

// [9846-4.5.1.2-01]
it("certificates that puretls/pki issues are of version 3", () => {
  for (const role of ["server", "client"] as const)
    for (const der of testCredential("ec-p256", role).chain)
      expect(Certificate.parse(der).version).toBe(3);
});

// [9846-4.5.1-15]
it("a credential without a certificate is refused before it is used", () => {
  const [leaf] = testCredential().chain;
  expect(leaf).toBeDefined();
  expect(() =>
    createCredential({
      provider: noble,
      chain: [],
      key: {
        algorithm: "ecPublicKey",
        key: keyFromFile("rsa-2048.pem").privateKey,
      },
    }),
  ).toThrow("the chain has no certificate");
});
