/**
 * A server's certificate that may delegate, RFC 9345 4.2, and its credential.
 */
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  createCredential,
  DELEGATION_USAGE,
  delegateCredential,
} from "../../../src/engine/index.ts";
import { testAuthority, testKey } from "../../support/pki.ts";

/** One of its own key, which is of P-384, and one of a delegated key of P-256. */
export function delegation() {
  const issued = testAuthority().issueServer({
    hosts: ["localhost"],
    key: "ec-p384",
    notBefore: Date.now() - 3_600_000,
    extensions: [{ oid: DELEGATION_USAGE, value: Uint8Array.of(5, 0) }],
  });
  const delegatedKey = testKey("ec-p256");
  const own = createCredential({
    provider: noble,
    chain: issued.chain,
    key: { algorithm: "ecPublicKey", key: issued.key.privateKey },
  });
  const delegated = delegateCredential({
    provider: noble,
    credential: own,
    role: "server",
    publicKeyInfo: delegatedKey.publicKeyInfo(),
    key: { algorithm: "ecPublicKey", key: delegatedKey.privateKey },
    scheme: "ecdsa_secp256r1_sha256",
  });
  return { issued, own, delegated };
}
