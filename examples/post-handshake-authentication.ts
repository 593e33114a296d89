/**
 * Post-handshake authentication (RFC 9846 4.7.2, Python's
 * `verify_client_post_handshake`): the server asks who the client is only when
 * that matters, on a connection that is under way.
 */
import { memoryPair, SSLContext } from "puretls";
import { noble as provider } from "puretls/crypto/noble";
import { createCertificateAuthority } from "puretls/pki";

const authority = createCertificateAuthority({ provider, name: "Example CA" });
const site = authority.issueServer({ hosts: ["a.example"] });
const ann = authority.issueClient({ name: "Ann" });

const server = new SSLContext({
  protocol: "tlsServer",
  certChain: { cert: site.chainPem, key: site.key.toPem() },
  verifyLocations: { ca: authority.pem },
  verifyMode: "required",
  postHandshakeAuth: true, // asks for nothing in the handshake
});
const client = new SSLContext({
  certChain: { cert: ann.chainPem, key: ann.key.toPem() },
  verifyLocations: { ca: authority.pem },
  postHandshakeAuth: true, // says that it can be asked
});

const [near, far] = memoryPair();
const there = server.wrapSocket(far, { serverSide: true });
const here = client.wrapSocket(near, { serverHostname: "a.example" });
await Promise.all([here.ready, there.ready]);
if (there.getPeerCert() !== null) throw new Error("nobody has asked yet");

// "/private": now the server wants to know.
there.verifyClientPostHandshake();

// The client answers while it reads, the server learns of it while it reads.
const answer = here.recv();
await here.sendAll(new TextEncoder().encode("GET /private"));
await there.recv();
await there.sendAll(new TextEncoder().encode("hello, "));
await answer;
await here.sendAll(new TextEncoder().encode("go on"));
await there.recv();
const peer = there.getPeerCert();
if (!JSON.stringify(peer).includes("Ann")) throw new Error("who is it?");
await Promise.all([here.close(), there.close()]);
