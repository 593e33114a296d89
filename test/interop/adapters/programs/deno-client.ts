/** Plays the acts in Deno, by the adapter and by streams; prints JSON. */
import { connect } from "../../../../src/adapters/deno/index.ts";
import { connectOver } from "../../../../src/adapters/web/index.ts";
import type { WebByteStreams } from "../../../../src/net/web-streams.ts";
import { play, type Settings } from "./acts.ts";

declare const Deno: {
  connect(options: { port: number }): Promise<WebByteStreams>;
};

const [, , way = "", json = "{}"] = process.argv;
const settings = JSON.parse(json) as Settings;
const told = await play(
  way === "streams"
    ? async (port, options) =>
        connectOver(await Deno.connect({ port }), options)
    : (port, options) => connect({ port, ...options }),
  settings,
);
console.log(JSON.stringify(told));
