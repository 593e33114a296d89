/** Renders docs/lab-scenarios.md from the library. */
import { type LabScenario, stepText } from "../../../src/lab/index.ts";
import type { Requirement } from "../../requirements/catalogue.ts";

const HEAD = `# Scenarios of the lab

Made by \`npm run docs:lab\` from \`src/lab/library/\`; a test fails when it is out of date. Each row
is a scenario that ships with \`puretls/lab\`: its name, how the handshake goes on, and what
the peer must do. The first two parts of a name say the version and the role that is tested. The ids
are those of [rfc9846.md](rfc9846.md) and [tls12.md](tls12.md).
`;

const TITLES: Readonly<Record<string, string>> = {
  "tls13/server": "Servers of TLS 1.3",
  "tls13/client": "Clients of TLS 1.3",
  "tls12/server": "Servers of TLS 1.2",
  "tls12/client": "Clients of TLS 1.2",
};

/** The page: a table for each version and role that is tested. */
export function renderScenarios(
  all: readonly LabScenario[],
  ids: ReadonlyMap<string, Requirement>,
): string {
  const named = new Set(all.flatMap(({ data }) => data.requirements));
  const musts = [...ids.values()].filter(({ level }) => /MUST/.test(level));
  const covered = musts.filter(({ id }) => named.has(id)).length;
  const parts = Object.entries(TITLES).map(([prefix, title]) => {
    const mine = all.filter(({ name }) => name.startsWith(`${prefix}/`));
    return `## ${title}\n\n${mine.length} scenarios.\n\n${table(mine, prefix)}`;
  });
  const sum = `${all.length} scenarios, which name ${named.size} requirements, ${covered} of them MUSTs.\n`;
  return [HEAD, sum, ...parts].join("\n");
}

function table(all: readonly LabScenario[], prefix: string): string {
  const rows = all.map(({ name, data }) => {
    const { steps, handshake, requirements } = data;
    const expected = steps.filter(({ step }) => step.startsWith("expect"));
    const done = steps.filter((step) => !expected.includes(step));
    const last = expected.at(-1);
    const with_ = Object.entries(handshake).map(
      ([option, value]) => `${option} ${JSON.stringify(value)}`,
    );
    return [
      name.slice(prefix.length + 1),
      short([...with_, ...done.map(stepText)].join("; ")),
      last === undefined ? "" : stepText(last),
      requirements.join(" "),
    ];
  });
  return format([["scenario", "course", "wanted", "requirements"], ...rows]);
}

function short(text: string): string {
  const folded = text.replaceAll(/(?:[0-9a-f]{2}){17,}/g, (hex) => {
    return `${hex.slice(0, 8)}… (${hex.length / 2} bytes)`;
  });
  return folded.length > 160 ? `${folded.slice(0, 157)}…` : folded;
}

function format(rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("_", "\\_").replaceAll("|", "\\|")).join(" | ")} |`;
  const [head = [], ...body] = rows;
  const rule = `|${head.map(() => " --- |").join("")}`;
  return `${[line(head), rule, ...body.map(line)].join("\n")}\n`;
}
