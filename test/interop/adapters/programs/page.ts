/** Plays the acts in a page, by the gateway; sends what came of it to its server. */
import { connectWebSocket } from "../../../../src/adapters/web/index.ts";
import { play, type Settings } from "./acts.ts";

const parameters = new URLSearchParams(location.search);
const settings = JSON.parse(parameters.get("settings") ?? "{}") as Settings;
const gateway = parameters.get("gateway") ?? "";
const isStream = parameters.get("way") === "WebSocketStream";
if (isStream !== "WebSocketStream" in globalThis && isStream)
  throw new Error("there is no WebSocketStream");

const notes: string[] = [];
const told = await play(
  (port, options) =>
    connectWebSocket(`${gateway}${String(port)}`, {
      ...options,
      ...(!isStream && { WebSocket }),
    }),
  settings,
  (note) => notes.push(note),
).catch(String);
await fetch("/told", {
  method: "POST",
  body: JSON.stringify({ told, notes, agent: navigator.userAgent }),
});
