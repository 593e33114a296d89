import { interopSuite } from "./support/scenarios.ts";

interopSuite("erlang");
