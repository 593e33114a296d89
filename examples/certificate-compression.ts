/** Certificate compression (RFC 8879): fewer bytes for the same chain. */
import { zlib } from "puretls/compression";
import {
  type CertificateCompressor,
  createClientConfig,
  createCredential,
  createServerConfig,
  TlsEngine,
} from "puretls/engine";
import { noble as provider } from "puretls/crypto/noble";
import { createCertificateAuthority } from "puretls/pki";
import { createVerifier, TrustStore } from "puretls/x509";

const root = createCertificateAuthority({ provider, name: "Example CA" });
const authority = root.issueIntermediate({ name: "Example CA 2" });
const issued = authority.issueServer({ hosts: ["a.example"], key: "ec-p256" });

/** Bytes that the server sends. */
function bytesOf(rows: readonly CertificateCompressor[]): number {
  const there = TlsEngine.server(
    createServerConfig({
      provider,
      credentials: [
        createCredential({
          provider,
          chain: issued.chain,
          key: { algorithm: "ecPublicKey", key: issued.key.privateKey },
        }),
      ],
      certificateCompression: rows,
    }),
  );
  const trustStore = TrustStore.of(root.der);
  const here = TlsEngine.client(
    createClientConfig({
      provider,
      verifier: createVerifier({ provider, trustStore }),
      certificateCompression: rows,
    }),
    "a.example",
  );
  let sent = 0;
  for (;;) {
    const [out, back] = [here.takeOutput(), there.takeOutput()];
    if (out.length + back.length === 0) break;
    sent += back.length;
    there.receive(out);
    here.receive(back);
  }
  if (here.info === undefined) throw new Error(here.error?.message);
  return sent;
}

if (!(bytesOf([zlib]) < bytesOf([]))) throw new Error("nothing was saved");
