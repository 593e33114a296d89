/**
 * A stateless HelloRetryRequest (RFC 9846 4.3.2): the server's state after the
 * first hello travels in the cookie, and another server can continue from it.
 */
import {
  createClientConfig,
  createCredential,
  createRetryCookies,
  createServerConfig,
  TlsEngine,
} from "puretls/engine";
import { noble as provider } from "puretls/crypto/noble";
import { createCertificateAuthority } from "puretls/pki";
import { createVerifier, TrustStore } from "puretls/x509";

const authority = createCertificateAuthority({ provider, name: "Example CA" });
const issued = authority.issueServer({ hosts: ["a.example"], key: "ec-p256" });
const key = provider.random(32); // the servers have it in common

/** A server that wants another group than the client has sent a share of. */
function newServer(): TlsEngine {
  return TlsEngine.server(
    createServerConfig({
      provider,
      credentials: [
        createCredential({
          provider,
          chain: issued.chain,
          key: { algorithm: "ecPublicKey", key: issued.key.privateKey },
        }),
      ],
      groups: ["secp384r1"],
      retryCookies: createRetryCookies({ provider, key }),
    }),
  );
}

const trustStore = TrustStore.of(authority.der);
const verifier = createVerifier({ provider, trustStore });
const client = TlsEngine.client(
  createClientConfig({ provider, verifier }),
  "a.example",
);

const first = newServer();
first.receive(client.takeOutput());
client.receive(first.takeOutput()); // and `first` may be forgotten

const second = newServer();
for (;;) {
  const [out, back] = [client.takeOutput(), second.takeOutput()];
  if (out.length + back.length === 0) break;
  second.receive(out);
  client.receive(back);
}
if (!client.info?.helloRetried || second.info === undefined)
  throw new Error("the second server should have gone on");
