import { interopSuite } from "../support/scenarios/scenarios.ts";

interopSuite("java");
interopSuite("java", { version: "TLSv1.2" });
