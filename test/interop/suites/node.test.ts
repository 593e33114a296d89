import { interopSuite } from "../support/scenarios/scenarios.ts";

interopSuite("node");
interopSuite("node", { version: "TLSv1.2" });
interopSuite("node24");
