import { interopSuite } from "../support/scenarios/scenarios.ts";

interopSuite("boringssl");
interopSuite("boringssl", { version: "TLSv1.2" });
