import { interopSuite } from "./support/scenarios.ts";

interopSuite("boringssl");
interopSuite("boringssl", { version: "TLSv1.2" });
