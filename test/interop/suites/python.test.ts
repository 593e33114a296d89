import { interopSuite } from "../support/scenarios/scenarios.ts";

interopSuite("python");
interopSuite("python", { version: "TLSv1.2" });
