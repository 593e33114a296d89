import { describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import { createCredential } from "../../src/engine/index.ts";
import { PkiKey } from "../../src/pki/index.ts";
import { parsePrivateKey } from "../../src/x509/index.ts";
import { nodeKeyPair } from "../crypto/node-keys.ts";
import {
  newPair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../support/engines.ts";
import { testAuthority, testServer } from "../support/pki.ts";
import { RestrictedPssKey } from "../support/pss-keys.ts";

function rsaCredential(
  signatureSchemes?: readonly ("rsa_pss_rsae_sha512" | "rsa_pss_rsae_sha256")[],
) {
  const { chain, key } = testServer("rsa");
  return createCredential({
    provider: noble,
    chain,
    key: { algorithm: "rsaEncryption", key },
    ...(signatureSchemes && { signatureSchemes }),
  });
}

function schemeOf(serverCredential: ReturnType<typeof rsaCredential>) {
  const { client } = shuttle(
    newPair(
      testClientConfig(),
      testServerConfig({ credentials: [serverCredential] }),
    ),
  );
  return client.info?.peerSignatureScheme ?? client.error?.alert;
}

describe("signature schemes of a credential", () => {
  it("come before those of the config", () => {
    expect(schemeOf(rsaCredential())).toBe("rsa_pss_rsae_sha256");
    const other = rsaCredential(["rsa_pss_rsae_sha512", "rsa_pss_rsae_sha256"]);
    expect(schemeOf(other)).toBe("rsa_pss_rsae_sha512");
  });

  it("are all that it signs with", () => {
    expect(schemeOf(rsaCredential([]))).toBe("handshake_failure");
  });
});

// [9846-4.3.3-07] [9846-4.3.3-09]
describe.each([
  ["TLSv1.2", "no_shared_cipher"],
  ["TLSv1.3", "no_shared_signature_scheme"],
] as const)("a small RSA key (%s)", (version, reason) => {
  /** Returns why a server cannot sign with a key of so many bits. */
  const refusalOf = (modulusLength: number) => {
    const { privateKey } = nodeKeyPair("rsa", { modulusLength });
    const key = parsePrivateKey(
      privateKey.export({ type: "pkcs8", format: "pem" }),
    );
    const { chain } = testAuthority().issueServer({
      hosts: ["localhost"],
      key: new PkiKey({ provider: noble, privateKey: key.key }),
    });
    const credential = createCredential({
      ...{ provider: noble, chain, key, securityLevel: 0 },
    });
    const signatureSchemes = ["rsa_pss_rsae_sha512"] as const;
    const { server } = shuttle(
      newPair(
        testClientConfig({ signatureSchemes }),
        testServerConfig({ versions: [version], credentials: [credential] }),
      ),
    );
    return server.error?.reason;
  };

  // RFC 8017 9.1.1: 64 bytes of hash, 64 of salt, two more, and a bit on top.
  it("signs with RSASSA-PSS over SHA-512 from 1034 bits on", () => {
    expect(refusalOf(1033)).toBe(reason);
    // It is the client that does not want such a key.
    expect(refusalOf(1034)).toBe("peer_alert");
  });
});

describe.each(["TLSv1.2", "TLSv1.3"] as const)(
  "an RSASSA-PSS key with parameters (%s)",
  (version) => {
    const versions = [version];
    const credentialOf = (hash: "sha256" | "sha384" | "sha512") => {
      const key = new RestrictedPssKey(hash);
      const { chain } = testAuthority().issueServer({
        hosts: ["localhost"],
        key,
      });
      return createCredential({
        provider: noble,
        chain,
        key: { algorithm: "id-RSASSA-PSS", key: key.privateKey },
      });
    };

    it.each(["sha256", "sha384", "sha512"] as const)(
      "signs over its hash alone: %s",
      (hash) => {
        const pair = shuttle(
          newPair(
            testClientConfig({ versions }),
            testServerConfig({ credentials: [credentialOf(hash)] }),
          ),
        );
        expect(pair.client.info?.peerSignatureScheme).toBe(
          `rsa_pss_pss_${hash}`,
        );
      },
    );

    // [9846-4.3.3-12b]
    it("does not sign where the peer takes another hash alone", () => {
      const { server } = shuttle(
        newPair(
          testClientConfig({
            versions,
            signatureSchemes: ["rsa_pss_pss_sha256", "ecdsa_secp256r1_sha256"],
          }),
          testServerConfig({ credentials: [credentialOf("sha384")] }),
        ),
      );
      expect(server.error?.alert).toBe("handshake_failure");
    });

    // [9846-4.3.3-12b]
    it("is refused by a peer where it signs over another hash", () => {
      const { client } = shuttle(
        newPair(
          testClientConfig({ versions }),
          testServerConfig({
            credentials: [{ ...credentialOf("sha384"), pssHash: "sha256" }],
          }),
        ),
      );
      expect(client.error?.reason).toBe("wrong_signature_scheme");
      expect(client.error?.alert).toBe("illegal_parameter");
    });
  },
);
