import { interopSuite } from "./support/scenarios.ts";

interopSuite("erlang");
interopSuite("erlang", { version: "TLSv1.2" });
