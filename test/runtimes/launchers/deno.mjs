/** Deno: its own sockets, and those of Node that it has too. */
import { connect, listen } from "puretls/deno";
import { runProgram } from "../program/program.mjs";
import { nodeEnvironment } from "./node-environment.mjs";

await runProgram(
  nodeEnvironment({
    "puretls/deno": {
      connect: (options) => connect({ hostname: "127.0.0.1", ...options }),
      listen,
    },
  }),
);
