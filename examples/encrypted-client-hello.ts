/**
 * Encrypted Client Hello (RFC 9849): the name that is asked for stays between
 * client and server, and a client with an old key learns the new one.
 */
import {
  createEchKey,
  createEchClient,
  createEchServer,
  encodeEchConfigList,
} from "puretls/ech";
import {
  createClientConfig,
  createCredential,
  createServerConfig,
  TlsEngine,
} from "puretls/engine";
import { noble as provider } from "puretls/crypto/noble";
import { createCertificateAuthority } from "puretls/pki";
import { createVerifier, TrustStore } from "puretls/x509";

const authority = createCertificateAuthority({ provider, name: "Example CA" });
const issued = authority.issueServer({
  hosts: ["front.example", "hidden.example"],
  key: "ec-p256",
});

// The server: two keys, of which the newer one is published.
const publicName = "front.example";
const old = createEchKey({ provider, publicName, configId: 1 });
const current = createEchKey({ provider, publicName, configId: 2 });
const server = createServerConfig({
  provider,
  credentials: [
    createCredential({
      provider,
      chain: issued.chain,
      key: { algorithm: "ecPublicKey", key: issued.key.privateKey },
    }),
  ],
  encryptedClientHello: createEchServer({ provider, keys: [current] }),
});

// The client: its config list comes from an HTTPS record in the DNS, where it
// is the parameter `ech`, or from an earlier refusal.
function connect(configList: Uint8Array) {
  const trustStore = TrustStore.of(authority.der);
  const here = TlsEngine.client(
    createClientConfig({
      provider,
      verifier: createVerifier({ provider, trustStore }),
      encryptedClientHello: createEchClient(configList),
    }),
    "hidden.example",
  );
  const there = TlsEngine.server(server);
  for (;;) {
    const [out, back] = [here.takeOutput(), there.takeOutput()];
    if (out.length + back.length === 0) return { here, there };
    there.receive(out);
    here.receive(back);
  }
}

const refused = connect(encodeEchConfigList([old.config])).here.error;
if (refused?.reason !== "ech_rejected" || !refused.echRetryConfigs)
  throw new Error("an old key should have been refused");

const { there } = connect(refused.echRetryConfigs);
if (there.info?.serverName !== "hidden.example")
  throw new Error("the new key should have been taken");
