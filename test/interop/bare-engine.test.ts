import { bareEngine } from "./support/bare-engine.ts";
import { interopSuite } from "./support/scenarios.ts";

interopSuite("openssl", {
  road: bareEngine,
  titles: /POLY1305|to secp256r1|client certificate|KeyUpdate|ALPN|refuses/,
});

for (const name of ["openssl", "gnutls", "mbedtls"] as const)
  interopSuite(name, { road: bareEngine, version: "TLSv1.2", titles: /PSK/ });
