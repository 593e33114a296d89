/**
 * OCSP stapling (RFC 6066 8): the server sends a recent response of its CA that
 * the certificate is not revoked; a certificate with must-staple (RFC 7633) is
 * rejected without one.
 */
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
  hosts: ["a.example"],
  key: "ec-p256",
  mustStaple: true,
});

/**
 * Connects once; returns the reason of the failure, or undefined if there was
 * none.
 */
function connect(ocspResponse: Uint8Array | undefined): string | undefined {
  const there = TlsEngine.server(
    createServerConfig({
      provider,
      credentials: [
        createCredential({
          provider,
          chain: issued.chain,
          key: { algorithm: "ecPublicKey", key: issued.key.privateKey },
          ...(ocspResponse && { ocspResponse }),
        }),
      ],
    }),
  );
  const trustStore = TrustStore.of(authority.der);
  const here = TlsEngine.client(
    createClientConfig({
      provider,
      verifier: createVerifier({ provider, trustStore }),
      ocspStapling: true,
    }),
    "a.example",
  );
  for (;;) {
    const [out, back] = [here.takeOutput(), there.takeOutput()];
    if (out.length + back.length === 0) return here.error?.message;
    there.receive(out);
    here.receive(back);
  }
}

const good = authority.createOcspResponse(issued.certificate);
if (connect(good) !== undefined) throw new Error("a good response was refused");
if (connect(undefined) === undefined) throw new Error("nothing was asked for");

authority.revoke(issued.certificate);
const bad = authority.createOcspResponse(issued.certificate);
if (!/revoked/.test(connect(bad) ?? "")) throw new Error("still accepted");
