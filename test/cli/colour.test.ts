import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { traceColours } from "../../src/cli/text/colour.ts";

const LINES = [
  "          -- ClientHello 220 B --------------------->",
  "          <--------------------- ServerHello 122 B --",
  "            [server: server_handshake_traffic_secret]",
  "#1           -- alert (close_notify) 2 B -------------->",
];
const terminal = Object.assign(new PassThrough(), { isTTY: true });

it("colours the rungs of a ladder on a terminal, and no other line", () => {
  const colour = traceColours(terminal, { TERM: "xterm" });
  expect(LINES.map((line) => colour(line).slice(0, 5))).toEqual([
    "\u001b[36m",
    "\u001b[32m",
    "\u001b[2m ",
    "\u001b[33m",
  ]);
  for (const line of LINES) expect(colour(line)).toContain(line);
  for (const line of ["", "      name: -- x >", "0000  01  msg_type"])
    expect(colour(line)).toBe(line);
});

it.each([
  ["no terminal", new PassThrough(), {}],
  ["NO_COLOR", terminal, { NO_COLOR: "1" }],
  ["a dumb terminal", terminal, { TERM: "dumb" }],
])("has none for %s", (_what, stream, env) => {
  for (const line of LINES) expect(traceColours(stream, env)(line)).toBe(line);
});

it("an empty NO_COLOR is none", () => {
  const colour = traceColours(terminal, { NO_COLOR: "" });
  expect(colour(LINES[0] ?? "")).not.toBe(LINES[0]);
});
