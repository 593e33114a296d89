/**
 * External pre-shared keys (RFC 9846 2.2): both sides have a key under one
 * name, and no certificates.
 */
import { memoryPair, SSLContext } from "puretls";
import {
  createClientConfig,
  type ExternalPsk,
  createServerConfig,
  RAISE_NEED,
  TlsEngine,
} from "puretls/engine";
import { noble as provider } from "puretls/crypto/noble";
import { createVerifier, TrustStore } from "puretls/x509";

const psk: ExternalPsk = {
  identity: new TextEncoder().encode("device 7"),
  key: provider.random(32),
};

const here = TlsEngine.client(
  createClientConfig({
    provider,
    verifier: createVerifier({ provider, trustStore: new TrustStore() }),
    psk: () => psk,
  }),
  "a.example",
);
// The server may have to look it up elsewhere: RAISE_NEED makes it a need.
const there = TlsEngine.server(
  createServerConfig({ provider, credentials: [], psk: RAISE_NEED }),
);
there.receive(here.takeOutput());
const { need } = there;
if (need?.type !== "psk") throw new Error("no key is asked for");
const name = new TextDecoder().decode(need.request.identity);
if (name !== "device 7") throw new Error(`who is ${name}?`);
there.resume({ type: "psk_found", psk });

here.receive(there.takeOutput());
there.receive(here.takeOutput());
if (here.info?.pskIdentity === undefined) throw new Error("no PSK was used");
if (there.info === undefined) throw new Error("the handshake is not done");

// The same with the face of Python 3.13's ssl, in either version; TLS 1.2 has
// cipher suites of its own for this (RFC 5489). Both callbacks may take time.
for (const version of ["TLSv1.3", "TLSv1.2"] as const) {
  const client = new SSLContext({
    maximumVersion: version,
    checkHostname: false,
    verifyMode: "none", // the key shows who the server is
  });
  const server = new SSLContext({ protocol: "tlsServer" });
  if (version === "TLSv1.2")
    for (const context of [client, server])
      context.setCiphers("ECDHE-PSK-CHACHA20-POLY1305");
  client.setPskClientCallback(() =>
    Promise.resolve({ identity: "device 7", key: psk.key }),
  );
  server.setPskServerCallback((identity) =>
    Promise.resolve(identity === "device 7" ? psk.key : null),
  );
  const [near, far] = memoryPair();
  const one = client.wrapSocket(near);
  const other = server.wrapSocket(far, { serverSide: true });
  await Promise.all([one.ready, other.ready]);
  if (one.version() !== version) throw new Error("another version");
  await Promise.all([one.close(), other.close()]);
}
