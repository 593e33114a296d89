import { interopSuite } from "./support/scenarios.ts";

interopSuite("node");
interopSuite("node24");
