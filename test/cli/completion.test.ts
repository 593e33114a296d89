/** Completion by the shells, the manual page, and the help that both come from. */
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import type { Command } from "../../src/cli/command.ts";
import { manPage } from "../../src/cli/help/man-page.ts";
import { readHelp } from "../../src/cli/help/options-of.ts";
import { version } from "../../src/cli/version.ts";
import { oneLine, run, scratch } from "./support.ts";

const files = scratch();
afterAll(() => {
  files.remove();
});

/** Commands with options of their own, by the words that call them. */
const lines: readonly (readonly [string, Command])[] = COMMANDS.flatMap(
  (command) =>
    command.verbs === undefined
      ? [[command.name, command] as const]
      : command.verbs.map(
          (verb) => [`${command.name} ${verb.name}`, verb] as const,
        ),
);

it.each(lines)("the help of %s names its options, all of them", (_, one) => {
  const told = readHelp(one.help).options;
  const own = Object.entries(one.options).map(([name, option]) => ({
    name: option.short === undefined ? `--${name}` : `-${option.short}`,
    takes: option.type === "string",
  }));
  expect(
    told
      .flatMap(({ names, value }) =>
        names.map((name) => ({ name, takes: value !== undefined })),
      )
      .filter(({ name }) => name !== "--help")
      .sort((a, b) => a.name.localeCompare(b.name)),
  ).toEqual(own.sort((a, b) => a.name.localeCompare(b.name)));
  for (const { says } of told) expect(says).not.toBe("");
});

it.each(lines)("puretls help %s is its --help", async (words, one) => {
  const help = await run(["help", ...words.split(" ")]);
  expect(help).toMatchObject({ code: 0, err: "", out: one.help });
  expect((await run([...words.split(" "), "x", "-h"])).out).toBe(one.help);
  for (const line of one.help.split("\n"))
    expect(line.length).toBeLessThanOrEqual(80);
});

/** Options whose values are words of a list. */
const choices = lines.flatMap(([words, { options }]) =>
  Object.entries(options).flatMap(([name, option]) =>
    option.choices === undefined
      ? []
      : [[`${words} --${name}`, option.choices] as const],
  ),
);

it.each(choices)(
  "%s takes %j alone, and bash completes them",
  async (line, all) => {
    const words = line.split(" ");
    const { code, err } = await run([
      ...words.slice(0, -1),
      `${words.at(-1) ?? ""}=x`,
    ]);
    expect(code).toBe(2);
    expect(oneLine(err)).toContain(
      `${words.at(-1) ?? ""} takes ${all.slice(0, -1).join(", ")} or ${all.at(-1) ?? ""}, not "x"`,
    );
    const isOptional = line.endsWith("--trace");
    expect(await completed(`puretls ${line}${isOptional ? "=" : " "}`)).toEqual(
      all,
    );
  },
);

/** The words that bash offers behind a command line. */
async function completed(line: string): Promise<string[]> {
  const script = files.write(
    "completion.bash",
    (await run(["completion", "bash"])).out,
  );
  // What readline does: "=" is a word of its own.
  const words = line.split(/(=)| /).filter((word) => word !== undefined);
  const text = [
    `source ${script}`,
    `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})`,
    `COMP_CWORD=${String(words.length - 1)}`,
    "_puretls",
    `printf '%s\\n' "\${COMPREPLY[@]}"`,
  ].join("\n");
  const out = execFileSync("bash", ["--norc", "-c", text], {
    cwd: files.folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return out.split("\n").filter((word) => word !== "");
}

it.each<[string, readonly string[]]>([
  ["puretls con", ["connect"]],
  ["puretls c", ["connect", "cert", "ciphers", "completion"]],
  ["puretls help exp", ["explain"]],
  ["puretls cert re", ["renew"]],
  ["puretls connect HOST --starttls p", ["pop3", "postgres"]],
  ["puretls HOST --starttls s", ["smtp", "sieve"]],
  ["puretls connect HOST --session-", ["--session-out", "--session-in"]],
  ["puretls connect HOST --tra", ["--trace", "--trace="]],
  [
    "puretls connect HOST --trace=",
    ["ladder", "fields", "hex", "secrets", "json"],
  ],
  ["puretls connect HOST --trace=f", ["fields"]],
  ["puretls HOST --trace=h", ["hex"]],
  ["puretls explain --st", ["--stream"]],
  ["puretls explain two", ["two words.pcap"]],
  ["puretls connect HOST --ca two", ["two words.pcap"]],
  ["puretls connect HOST --servername two", []],
  ["puretls cert make HOST --key-type ec-p3", ["ec-p384"]],
  ["puretls cert make HOST --client x", []],
  ["puretls cert sign --client two", ["two words.pcap"]],
  ["puretls cert trust --system de", ["debian"]],
  ["puretls completion ", []],
])("bash completes %j", async (line, wanted) => {
  writeFileSync(files.path("two words.pcap"), "");
  const offered = await completed(line);
  expect(offered.filter((word) => word !== "completion.bash")).toEqual(
    wanted.length === 0 && line.endsWith(" ") ? ["two words.pcap"] : wanted,
  );
});

it.each<[string, string]>([
  ["puretls con", "connect"],
  ["puretls cert re", "renew"],
  ["puretls connect HOST --starttls pop", "pop3"],
  ["puretls explain --st", "--stream"],
  ["puretls help exp", "explain"],
])("fish completes %j where it is installed", async (line, wanted) => {
  const { out } = await run(["completion", "fish"]);
  const script = files.write("completion.fish", out);
  const fish = spawnSync(
    "fish",
    ["--no-config", "-c", `source ${script}; complete -C '${line}'`],
    { cwd: files.folder, encoding: "utf8" },
  );
  if (fish.error !== undefined) return;
  expect(fish.stdout.split(/\s/)).toContain(wanted);
});

it.each(["bash", "zsh", "fish"])("%s has every option", async (shell) => {
  const { code, out, err } = await run(["completion", shell]);
  expect([code, err]).toEqual([0, ""]);
  for (const [words, { help }] of lines) {
    for (const word of words.split(" ")) expect(out).toContain(word);
    for (const { names } of readHelp(help).options)
      for (const name of names)
        expect(out).toContain(
          shell !== "fish"
            ? name
            : name.startsWith("--")
              ? `-l ${name.slice(2)}`
              : `-s ${name.slice(1)}`,
        );
  }
});

it.each([
  ["bash", ["-n"]],
  ["zsh", ["-n"]],
  ["fish", ["--no-execute"]],
] as const)("%s reads its own", async (shell, options) => {
  const script = files.write(
    `script.${shell}`,
    (await run(["completion", shell])).out,
  );
  try {
    execFileSync(shell, [...options, script], { stdio: "pipe" });
  } catch (error) {
    const isMissing =
      error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!isMissing || shell === "bash") throw error;
  }
});

it.each([[[]], [["ksh"]], [["bash", "x"]]])(
  "completion %j is wrong use",
  async (args) => {
    const { code, err } = await run(["completion", ...args]);
    expect(code).toBe(2);
    expect(oneLine(err)).toMatch(/shell is bash, zsh or fish|too many/);
  },
);

it("man reads the manual page without a warning, and shows every option", () => {
  const path = files.write("puretls.1", manPage(COMMANDS, version()));
  const man = spawnSync("man", ["--warnings", "-P", "cat", "-l", path], {
    env: { ...process.env, MANWIDTH: "120", LC_ALL: "C.UTF-8" },
    encoding: "utf8",
  });
  // Not there, or of a system that has no pages.
  if (man.error !== undefined || !man.stdout.includes("NAME")) return;
  expect([man.status, man.stderr]).toEqual([0, ""]);
  const plain = man.stdout.replaceAll(/.\u0008/g, "");
  for (const [words, { help }] of lines) {
    expect(plain).toContain(`puretls ${words}`);
    for (const { names } of readHelp(help).options)
      for (const name of names) expect(plain).toContain(name);
  }
});
