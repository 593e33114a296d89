import { interopSuite } from "../support/scenarios/scenarios.ts";

interopSuite("nss");
interopSuite("nss", { version: "TLSv1.2" });
