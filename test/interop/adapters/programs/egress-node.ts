/** The egress of examples/sandbox-egress with the transports of the same bundle. */
export { createEgress } from "../../../../examples/sandbox-egress/egress.mjs";
export { memoryPair } from "../../../../src/index.ts";
