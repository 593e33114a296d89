/** `puretls lab list`. */
import { printable } from "../../bytes.ts";
import { type Arguments, type Terminal, writeOut } from "../command.ts";
import { jsonText } from "../text/json.ts";
import type { LIST_OPTIONS } from "./options.ts";
import { scenariosOf } from "./scenarios.ts";

export async function labList(
  { values, positionals }: Arguments<typeof LIST_OPTIONS>,
  terminal: Terminal,
): Promise<number> {
  const scenarios = scenariosOf(positionals, values.only);
  if (values.json === true) {
    await writeOut(terminal, jsonText(scenarios.map(({ data }) => data)));
    return 0;
  }
  const lines = scenarios.map(({ data }) => {
    const { name, version, role, requirements } = data;
    const tests = role === "client" ? "server" : "client";
    const ids = requirements.length === 0 ? "" : ` [${requirements.join(" ")}]`;
    return `${version} ${tests.padEnd(6)} ${printable(name)}${printable(ids)}`;
  });
  await writeOut(terminal, `${lines.join("\n")}\n`);
  return 0;
}
