import { interopSuite } from "./support/scenarios.ts";

interopSuite("curl");
interopSuite("curl", { version: "TLSv1.2" });
