import { interopSuite } from "../support/scenarios/scenarios.ts";

interopSuite("curl");
interopSuite("curl", { version: "TLSv1.2" });
