/**
 * External pre-shared keys (RFC 8446 2.2): both sides have a key under one
 * name, and no certificates.
 */
import {
  clientConfig,
  type ExternalPsk,
  serverConfig,
  TlsEngine,
} from "puretls/engine";
import { noble as provider } from "puretls/crypto/noble";
import { createVerifier, TrustStore } from "puretls/x509";

const psk: ExternalPsk = {
  identity: new TextEncoder().encode("device 7"),
  key: provider.random(32),
};

const here = TlsEngine.client(
  clientConfig({
    provider,
    verifier: createVerifier({ provider, trustStore: new TrustStore() }),
    psk: () => psk,
  }),
  "a.example",
);
// The server may have to look it up elsewhere: "ask" makes it a need.
const there = TlsEngine.server(
  serverConfig({ provider, credentials: [], psk: "ask" }),
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
