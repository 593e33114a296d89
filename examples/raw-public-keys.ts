/** Raw public keys (RFC 7250): two devices that know each other's key. */
import {
  createClientConfig,
  createRawPublicKeyCredential,
  createServerConfig,
  TlsEngine,
} from "puretls/engine";
import { noble as provider } from "puretls/crypto/noble";
import { generateKey } from "puretls/pki";
import { createVerifier, trustRawPublicKeys, TrustStore } from "puretls/x509";

const keys = {
  sensor: generateKey({ provider, type: "ed25519" }),
  hub: generateKey({ provider, type: "ec-p256" }),
};

function credentialOf(key: (typeof keys)["sensor"]) {
  return createRawPublicKeyCredential({
    provider,
    publicKeyInfo: key.publicKeyInfo(),
    key: { algorithm: key.algorithm, key: key.privateKey },
  });
}

// No authority is trusted: a certificate would be refused.
const verifier = createVerifier({ provider, trustStore: new TrustStore() });

const sensor = TlsEngine.client(
  createClientConfig({
    provider,
    verifier,
    credentials: [credentialOf(keys.sensor)],
    rawPublicKeys: trustRawPublicKeys([keys.hub.publicKeyInfo()]),
  }),
);
const hub = TlsEngine.server(
  createServerConfig({
    provider,
    verifier,
    credentials: [credentialOf(keys.hub)],
    clientAuthentication: "required",
    rawPublicKeys: trustRawPublicKeys([keys.sensor.publicKeyInfo()]),
  }),
);
for (;;) {
  const [out, back] = [sensor.takeOutput(), hub.takeOutput()];
  if (out.length + back.length === 0) break;
  hub.receive(out);
  sensor.receive(back);
}
if (hub.info?.peerRawPublicKey?.algorithm !== "ed25519")
  throw new Error("the hub should know the sensor by its key");
