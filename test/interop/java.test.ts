import { interopSuite } from "./support/scenarios.ts";

interopSuite("java");
interopSuite("java", { version: "TLSv1.2" });
