/**
 * Keys that a quantum computer shall not break: hybrid key exchange, which is on
 * by default, and certificates of ML-DSA (FIPS 204), which are not.
 */
import { memoryPair, SSLContext } from "puretls";
import { noble as provider } from "puretls/crypto/noble";
import { createCertificateAuthority } from "puretls/pki";

const signatureAlgorithms = ["mldsa65"];
const authority = createCertificateAuthority({
  provider,
  name: "Example CA",
  key: "ml-dsa-65",
});
const issued = authority.issueServer({
  hosts: ["a.example"],
  key: "ml-dsa-65",
});

const server = new SSLContext({
  protocol: "tlsServer",
  certChain: { cert: issued.chainPem, key: issued.key.toPem() },
  signatureAlgorithms,
});
const client = new SSLContext({
  verifyLocations: { ca: authority.pem },
  signatureAlgorithms,
});
// X25519MLKEM768 is the default; this one is for those who want P-384 in it.
for (const context of [server, client])
  context.setGroups(["SecP384r1MLKEM1024", "X25519MLKEM768"]);

const [near, far] = memoryPair();
const there = server.wrapSocket(far, { serverSide: true });
const here = client.wrapSocket(near, { serverHostname: "a.example" });
await Promise.all([here.ready, there.ready]);
if (here.group() !== "SecP384r1MLKEM1024" || here.serverSigalg() !== "mldsa65")
  throw new Error("something older was agreed on");
await Promise.all([here.close(), there.close()]);
