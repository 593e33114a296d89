/**
 * A client of few kibibytes: TLS 1.3 alone, two cipher suites, two groups, and
 * one feature. Bundlers leave out all that it does not import.
 */
import {
  aes128Gcm,
  chaCha20Poly1305,
  type CryptoProvider,
  ecdsaVerifierWith,
  hashes,
  noble,
  p256,
  pssVerifier,
  secp256r1,
  systemRandom,
  x25519Ladder,
} from "puretls/crypto/noble";
import { createCredential, TlsEngine } from "puretls/engine";
import {
  createClientConfigOf,
  recordSizes,
  createServerConfig,
} from "puretls/engine/tls13";
import { createCertificateAuthority } from "puretls/pki";
import { createVerifierOf, constrainedNames, TrustStore } from "puretls/x509";

const provider: CryptoProvider = {
  name: "small",
  random: systemRandom,
  now: () => Date.now(),
  fastAes: false,
  hashes,
  aeads: {
    "AES-128-GCM": aes128Gcm,
    "ChaCha20-Poly1305": chaCha20Poly1305,
  },
  cbcs: {},
  groups: { x25519: x25519Ladder, secp256r1 },
  verifiers: {
    "ecdsa-sha256": ecdsaVerifierWith({ secp256r1: p256 }, "SHA-256"),
    "rsa-pss-sha256": pssVerifier("SHA-256"),
  },
  signers: {},
};

const authority = createCertificateAuthority({ provider: noble, name: "CA" });
const issued = authority.issueServer({ hosts: ["a.test"], key: "ec-p256" });

const trustStore = new TrustStore();
trustStore.add(authority.pem);
const verifier = createVerifierOf([constrainedNames], { provider, trustStore });
const options = { provider, verifier, recordSizeLimit: 4096 };
const client = TlsEngine.client(
  createClientConfigOf([recordSizes], options),
  "a.test",
);

// Without the feature the option is refused before a byte goes out.
try {
  createClientConfigOf([], options);
  throw new Error("recordSizeLimit should need recordSizes");
} catch (error) {
  if (!String(error).includes("needs the feature recordSizes")) throw error;
}

// Any server will do: this one has everything.
const server = TlsEngine.server(
  createServerConfig({
    provider: noble,
    credentials: [
      createCredential({
        provider: noble,
        chain: issued.chain,
        key: { algorithm: "ecPublicKey", key: issued.key.privateKey },
      }),
    ],
  }),
);
for (;;) {
  const [out, back] = [client.takeOutput(), server.takeOutput()];
  if (out.length + back.length === 0) break;
  server.receive(out);
  client.receive(back);
}
if (client.info?.group !== "x25519" && client.info?.group !== "secp256r1")
  throw client.error ?? new Error("no connection");
