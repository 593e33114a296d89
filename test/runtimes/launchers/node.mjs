/** Node: packages from node_modules, the input from a file. */
import { runProgram } from "../program/program.mjs";
import { nodeEnvironment } from "./node-environment.mjs";

await runProgram(nodeEnvironment());
