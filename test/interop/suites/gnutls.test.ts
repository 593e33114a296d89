import { interopSuite } from "../support/scenarios/scenarios.ts";

interopSuite("gnutls");
interopSuite("gnutls", { version: "TLSv1.2" });
