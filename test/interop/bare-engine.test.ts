import { bareEngine } from "./support/bare-engine.ts";
import { interopSuite } from "./support/scenarios.ts";

interopSuite("openssl", {
  road: bareEngine,
  titles: /POLY1305|to secp256r1|client certificate|KeyUpdate|ALPN|refuses/,
});
