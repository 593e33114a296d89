/**
 * Certificate Transparency (RFC 6962): a certificate counts only if logs that
 * the client knows have published it, and signed that they have.
 */
import { memoryPair, SSLContext, SSLError } from "puretls";
import { noble as provider } from "puretls/crypto/noble";
import { createCertificateAuthority, generateKey } from "puretls/pki";
import { type Certificate, requireTimestamps } from "puretls/x509";

const authority = createCertificateAuthority({ provider, name: "Example CA" });
const issued = authority.issueServer({ hosts: ["a.example"] });
const log = generateKey({ provider, type: "ec-p256" });

/**
 * Connects with these timestamps stapled; returns the reason of the client's
 * error, if any.
 */
async function connect(scts: readonly Uint8Array[]): Promise<string | null> {
  const server = new SSLContext({
    protocol: "tlsServer",
    certChain: { cert: issued.chainPem, key: issued.key.toPem(), scts },
  });
  const client = new SSLContext({
    verifyLocations: { ca: authority.pem },
    transparency: requireTimestamps({
      provider,
      logs: [{ key: log.publicKeyInfo() }],
      minimum: 1,
    }),
  });
  const [near, far] = memoryPair();
  const there = server.wrapSocket(far, { serverSide: true });
  there.ready.catch(() => undefined);
  const here = client.wrapSocket(near, { serverHostname: "a.example" });
  try {
    await here.ready;
    return null;
  } catch (error) {
    if (!(error instanceof SSLError)) throw error;
    return error.reason;
  }
}

/** The log's answer when a certificate is submitted, RFC 6962 3.2. */
function publish({ der }: Certificate): Uint8Array {
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigUint64(0, BigInt(Date.now() - 1000));
  const size = [der.length >> 16, der.length >> 8, der.length];
  const entry = [0, 0, ...time, 0, 0, ...size, ...der, 0, 0];
  const sign = provider.signers["ecdsa-sha256"];
  if (sign === undefined) throw new Error("no ECDSA");
  const content = Uint8Array.from(entry);
  const signature = sign(log.privateKey, content, provider.random);
  const id = provider.hashes["SHA-256"].hash(log.publicKeyInfo());
  const head = [0, ...id, ...time, 0, 0, 4, 3, 0, signature.length];
  return Uint8Array.from([...head, ...signature]);
}

if ((await connect([publish(issued.certificate)])) !== null)
  throw new Error("the timestamp should have been enough");
if ((await connect([])) !== "CERTIFICATE_VERIFY_FAILED")
  throw new Error("nobody vouched for it");
