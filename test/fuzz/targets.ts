/** All that the fuzzer can be pointed at. */
import { engine } from "./engine/target.ts";
import { parsers } from "./parsers/target.ts";
import { sockets } from "./sockets/target.ts";
import type { Target } from "./target.ts";

export const TARGETS: readonly Target[] = [engine, parsers, sockets];
