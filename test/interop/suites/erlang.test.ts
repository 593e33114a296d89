import { interopSuite } from "../support/scenarios/scenarios.ts";

interopSuite("erlang");
interopSuite("erlang", { version: "TLSv1.2" });
