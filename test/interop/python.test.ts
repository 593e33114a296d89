import { interopSuite } from "./support/scenarios.ts";

interopSuite("python");
interopSuite("python", { version: "TLSv1.2" });
