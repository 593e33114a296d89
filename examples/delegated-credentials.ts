/**
 * Delegated credentials (RFC 9345): the certificate's key stays at home, and a
 * key that lives for a day signs in its place at the edge.
 */
import {
  acceptDelegatedCredentials,
  createClientConfig,
  createCredential,
  DELEGATION_USAGE,
  delegateCredential,
  createServerConfig,
  TlsEngine,
} from "puretls/engine";
import { noble as provider } from "puretls/crypto/noble";
import { createCertificateAuthority, generateKey } from "puretls/pki";
import { createVerifier, TrustStore } from "puretls/x509";

// At home: a certificate that says that its key may delegate.
const authority = createCertificateAuthority({ provider, name: "Example CA" });
const issued = authority.issueServer({
  hosts: ["a.example"],
  key: "ec-p384",
  extensions: [{ oid: DELEGATION_USAGE, value: Uint8Array.of(5, 0) }],
  notBefore: Date.now() - 3_600_000,
});
const own = createCredential({
  provider,
  chain: issued.chain,
  key: { algorithm: "ecPublicKey", key: issued.key.privateKey },
});

// For the edge: a key of its own, good for a day.
const key = generateKey({ provider, type: "ed25519" });
const delegated = delegateCredential({
  provider,
  credential: own,
  role: "server",
  publicKeyInfo: key.publicKeyInfo(),
  key: { algorithm: key.algorithm, key: key.privateKey },
  scheme: "ed25519",
});

const edge = TlsEngine.server(
  createServerConfig({ provider, credentials: [delegated] }),
);
const trustStore = TrustStore.of(authority.der);
const client = TlsEngine.client(
  createClientConfig({
    provider,
    verifier: createVerifier({ provider, trustStore }),
    delegatedCredentials: acceptDelegatedCredentials(),
  }),
  "a.example",
);
for (;;) {
  const [out, back] = [client.takeOutput(), edge.takeOutput()];
  if (out.length + back.length === 0) break;
  edge.receive(out);
  client.receive(back);
}
if (client.info?.peerSignatureScheme !== "ed25519")
  throw new Error("the delegated key should have signed");
