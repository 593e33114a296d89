import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as nodeTls from "node:tls";
import { describe, expect, it } from "vitest";
import * as ours from "../../src/node-tls/index.ts";
import { PROJECT_ROOT } from "../architecture/imports.ts";

const page = readFileSync(
  join(PROJECT_ROOT, "docs/coming-from-node-tls.md"),
  "utf8",
);

/** The rows of the table under that heading: members, and true for those there are. */
function rowsOf(heading: string): Map<string, boolean> {
  const [, section = ""] = page.split(`### ${heading}\n`);
  const [table = ""] = section.split("\n#");
  const rows = new Map<string, boolean>();
  for (const line of table.split("\n")) {
    const [, names = "", says = ""] = /^\| (`.*?`) +\| (\w+)/.exec(line) ?? [];
    for (const [, name = ""] of names.matchAll(/`(\w+)`/g))
      rows.set(name, says === "Yes");
  }
  return rows;
}

/** Members of a class that are no secret of Node's. */
function membersOf(prototype: object): string[] {
  return Object.getOwnPropertyNames(prototype).filter(
    (name) => name !== "constructor" && !name.startsWith("_"),
  );
}

function presentIn(object: object, rows: Map<string, boolean>): string[] {
  return [...rows]
    .filter(([name, isThere]) => name in object !== isThere)
    .map(([name]) => name);
}

describe("the table of members", () => {
  it("has all of Node's, and is what the module has", () => {
    const rows = rowsOf("Module");
    const known = Object.keys(nodeTls).filter((name) => name !== "default");
    expect(known.filter((name) => !rows.has(name))).toEqual([]);
    expect(presentIn(ours, rows)).toEqual([]);
  });

  it("has all of Node's TLSSocket, and is what ours has", () => {
    const rows = rowsOf("TLSSocket");
    const theirs = membersOf(nodeTls.TLSSocket.prototype);
    expect(theirs.filter((name) => !rows.has(name))).toEqual([]);
    const socket = new ours.TLSSocket();
    expect(presentIn(socket, rows)).toEqual([]);
    socket.destroy();
  });

  it("has all of Node's Server, and is what ours has", () => {
    const rows = rowsOf("Server");
    const theirs = membersOf(nodeTls.Server.prototype);
    expect(theirs.filter((name) => !rows.has(name))).toEqual([]);
    expect(presentIn(new ours.Server(), rows)).toEqual([]);
  });

  it("has options", () => {
    expect(rowsOf("Options").size).toBeGreaterThan(50);
  });
});
