import { interopSuite } from "./support/scenarios.ts";

interopSuite("go");
interopSuite("go", { version: "TLSv1.2" });
