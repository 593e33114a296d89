import { describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import { createCredential } from "../../src/engine/index.ts";
import {
  newPair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../support/engines.ts";
import { testServer } from "../support/pki.ts";

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
