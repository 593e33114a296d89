import { interopSuite } from "./support/scenarios.ts";

interopSuite("mbedtls", { version: "TLSv1.2" });
