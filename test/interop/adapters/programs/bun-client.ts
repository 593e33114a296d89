/** Plays the acts in Bun; prints JSON. */
import { connect } from "../../../../src/adapters/bun/index.ts";
import { play, type Settings } from "./acts.ts";

const [, , , json = "{}"] = process.argv;
const settings = JSON.parse(json) as Settings;
const told = await play(
  (port, options) => connect({ hostname: "127.0.0.1", port, ...options }),
  settings,
);
console.log(JSON.stringify(told));
