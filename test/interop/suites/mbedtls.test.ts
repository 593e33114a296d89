import { interopSuite } from "../support/scenarios/scenarios.ts";

interopSuite("mbedtls", { version: "TLSv1.2" });
