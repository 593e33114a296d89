import { interopSuite } from "./support/scenarios.ts";

interopSuite("gnutls");
interopSuite("gnutls", { version: "TLSv1.2" });
