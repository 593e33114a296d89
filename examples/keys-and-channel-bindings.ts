/**
 * Keys of a connection that is up: new ones (KeyUpdate, RFC 9846 4.7.3), key
 * material for other protocols (exporters, RFC 5705 and RFC 9846 7.5), and
 * channel bindings, by which a login inside the connection knows the connection
 * (RFC 5929, RFC 9266; SCRAM's "-PLUS").
 */
import { memoryPair, SSLContext, type SSLSocket } from "puretls";
import { noble as provider } from "puretls/crypto/noble";
import { createSelfSigned } from "puretls/pki";

const made = createSelfSigned({ provider, hosts: ["a.example"] });

async function connect(
  maximumVersion: "TLSv1.2" | "TLSv1.3",
): Promise<[SSLSocket, SSLSocket]> {
  const [near, far] = memoryPair();
  const there = new SSLContext({
    protocol: "tlsServer",
    certChain: { cert: made.pem, key: made.key.toPem() },
  }).wrapSocket(far, { serverSide: true });
  const here = new SSLContext({
    maximumVersion,
    verifyLocations: { ca: made.pem },
  }).wrapSocket(near, { serverHostname: "a.example" });
  await Promise.all([here.ready, there.ready]);
  return [here, there];
}

function same(one: Uint8Array | null, other: Uint8Array | null): void {
  if (one === null || String(one) !== String(other))
    throw new Error("both sides should have the same");
}

const [here, there] = await connect("TLSv1.3");

// Both directions get new keys. After 2^24.5 records of AES-GCM, and after as
// many as a config says, that happens by itself.
await here.keyUpdate({ requestPeer: true });
await here.sendAll(Uint8Array.of(1));
await there.recv();

// 32 bytes that no other connection has, for a protocol of one's own.
const label = "EXPORTER-example.com-login";
same(
  here.exportKeyingMaterial(label, 32, Uint8Array.of(1)),
  there.exportKeyingMaterial(label, 32, Uint8Array.of(1)),
);

// What a client signs in its login, so that nobody can pass the login on.
same(
  here.getChannelBinding("tls-exporter"),
  there.getChannelBinding("tls-exporter"),
);
same(
  here.getChannelBinding("tls-server-end-point"),
  there.getChannelBinding("tls-server-end-point"),
);
if (here.getChannelBinding("tls-unique") !== null)
  throw new Error("TLS 1.3 has no tls-unique (RFC 9266)");
await Promise.all([here.close(), there.close()]);

// In TLS 1.2 there is one, and no KeyUpdate.
const [older, olderPeer] = await connect("TLSv1.2");
same(
  older.getChannelBinding("tls-unique"),
  olderPeer.getChannelBinding("tls-unique"),
);
const refused = await older.keyUpdate().then(
  () => false,
  () => true,
);
if (!refused) throw new Error("TLS 1.2 cannot change its keys");
await Promise.all([older.close(), olderPeer.close()]);
