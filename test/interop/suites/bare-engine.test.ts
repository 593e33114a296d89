import { bareEngine } from "../support/puretls/bare-engine.ts";
import { interopSuite } from "../support/scenarios/scenarios.ts";

interopSuite("openssl", {
  road: bareEngine,
  titles: /POLY1305|to secp256r1|client certificate|KeyUpdate|ALPN|refuses/,
});

for (const name of ["openssl", "gnutls", "mbedtls"] as const)
  interopSuite(name, { road: bareEngine, version: "TLSv1.2", titles: /PSK/ });
