/**
 * Several certificates, the choice among them by the parsed ClientHello, a key
 * that signs somewhere else, and a verifier that takes its time. Each of them
 * may be a promise: the handshake waits, and nothing else does.
 */
import { memoryPair, SSLContext, type SSLSocket } from "puretls";
import { noble as provider } from "puretls/crypto/noble";
import { createCertificateAuthority } from "puretls/pki";
import { ja4 } from "puretls/trace";
import { createVerifier, TrustStore } from "puretls/x509";
import { SIGNATURE_SCHEMES } from "puretls/engine";

const authority = createCertificateAuthority({ provider, name: "Example CA" });
const later = (): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, 1));

/** A context with a certificate of each kind; the client's offer decides. */
function siteOf(host: string): SSLContext {
  const context = new SSLContext({ protocol: "tlsServer" });
  for (const kind of ["ec-p256", "rsa-2048"] as const) {
    const { chainPem, key } = authority.issueServer({
      hosts: [host],
      key: kind,
    });
    context.loadCertChain({ cert: chainPem, key: key.toPem() });
  }
  return context;
}

// The key of this one is in an HSM: only its signatures come out.
const { chainPem, key: hidden } = authority.issueServer({
  hosts: ["hsm.example"],
  key: "ec-p256",
});
const hsm = new SSLContext({ protocol: "tlsServer" });
hsm.loadCertChain({
  cert: chainPem,
  key: {
    sign: async (scheme, content) => {
      await later();
      const sign = provider.signers[SIGNATURE_SCHEMES[scheme].signature];
      if (sign === undefined) throw new Error(`no ${scheme}`);
      return sign(hidden.privateKey, content, provider.random);
    },
  },
});

const sites = new Map([
  ["a.example", siteOf("a.example")],
  ["hsm.example", hsm],
]);
const seen: string[] = [];
const front = new SSLContext({
  protocol: "tlsServer",
  sniCallback: async (_connection, name, _context, clientHello) => {
    seen.push(ja4(clientHello.raw)); // what software is it likely to be?
    await later(); // a look into a database
    const context = sites.get(name ?? "");
    return context && { context };
  },
});

/** A verifier of one's own; this one asks ours after a while. */
const verifier = createVerifier({
  provider,
  trustStore: TrustStore.of(authority.der),
});

async function visit(
  host: string,
  signatureAlgorithms?: string,
): Promise<SSLSocket> {
  const client = new SSLContext({
    verifier: {
      verify: async (peer, at) => {
        await later();
        return verifier.verify(peer, at);
      },
    },
    ...(signatureAlgorithms !== undefined && { signatureAlgorithms }),
  });
  const [near, far] = memoryPair();
  const there = front.wrapSocket(far, { serverSide: true });
  const here = client.wrapSocket(near, { serverHostname: host });
  await Promise.all([here.ready, there.ready]);
  await Promise.all([here.close(), there.close()]);
  return here;
}

const modern = await visit("a.example");
if (modern.serverSigalg() !== "ecdsa_secp256r1_sha256") throw new Error();
const rsaOnly = await visit("a.example", "RSA-PSS+SHA256:RSA+SHA256");
if (rsaOnly.serverSigalg() !== "rsa_pss_rsae_sha256") throw new Error();
const signed = await visit("hsm.example");
if (signed.serverSigalg() !== "ecdsa_secp256r1_sha256") throw new Error();
if (!seen.every((fingerprint) => fingerprint.startsWith("t13d")))
  throw new Error("all of them speak TLS 1.3 and name a host");
