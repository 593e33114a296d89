/** `puretls cert show`. */
import { readFileSync } from "node:fs";
import { noble } from "../../crypto/noble/index.ts";
import {
  CommandError,
  type readArguments,
  readOperands,
  type Terminal,
  writeOut,
} from "../command.ts";
import { inputName, parsingLater, readInput } from "../input-file.ts";
import { type Item, itemJson, itemLines } from "../show/item.ts";
import { readItems } from "../show/read.ts";
import { jsonText } from "../text/json.ts";

export const SHOW_OPTIONS = {
  json: { type: "boolean" },
  checkend: { type: "string" },
  "password-file": { type: "string" },
} as const;

type Arguments = ReturnType<typeof readArguments<typeof SHOW_OPTIONS>>;

/**
 * @returns 0; 1 where an object cannot be read, and with `--checkend` where a
 *   certificate ends within that time, or there is none
 * @throws CommandError for the command line, Error for a file of nothing
 */
export async function certShow(
  { values, positionals }: Arguments,
  terminal: Terminal,
): Promise<number> {
  const [file] = readOperands(positionals, 1);
  if (file === undefined) throw new CommandError("FILE is missing");
  const seconds = readSeconds(values.checkend);
  const password = passwordOf(values["password-file"]);
  const content = await readInput(file, terminal);
  const items = await parsingLater(file, () => readItems(content, password));
  const until =
    seconds === undefined ? undefined : noble.now() + seconds * 1000;
  const ends = until === undefined ? undefined : endsBefore(items, until);
  const name = inputName(file);
  await writeOut(
    terminal,
    values.json === true ? shownJson(name, items, ends) : textOf(items, ends),
  );
  const isUnreadable = items.some((item) => item.unreadable !== undefined);
  return isUnreadable || ends === true ? 1 : 0;
}

function textOf(items: readonly Item[], ends: boolean | undefined): string {
  const counts = new Map<string, number>();
  const texts = items.map((item) => {
    const { kind } = item;
    const number = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, number);
    const total = items.filter((one) => one.kind === kind).length;
    const title = `${kind} ${number.toString()} of ${total.toString()}`;
    const lines = itemLines(item).map((line) => `  ${line}`);
    return `${[title, ...lines].join("\n")}\n`;
  });
  if (ends !== undefined)
    texts.push(
      ends ? "Certificate will expire\n" : "Certificate will not expire\n",
    );
  return texts.join("\n");
}

function shownJson(
  file: string,
  items: readonly Item[],
  ends: boolean | undefined,
): string {
  const shown = {
    file,
    items: items.map(itemJson),
    ...(ends !== undefined && { expires: ends }),
  };
  return jsonText(shown);
}

/** As `openssl x509 -checkend`, of all certificates. */
function endsBefore(items: readonly Item[], time: number): boolean {
  const certificates = items.filter(({ kind }) => kind === "certificate");
  return (
    certificates.length === 0 ||
    certificates.some(({ notAfter = -Infinity }) => notAfter < time)
  );
}

/** The bounds of OpenSSL's, which has a number of 64 bits. */
function readSeconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^-?\d{1,12}$/.test(text))
    throw new CommandError(`--checkend takes seconds, not "${text}"`);
  return Number(text);
}

/** The first line, as OpenSSL reads `-passin file:`. */
export function passwordOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  return readFileSync(path, "utf8").split(/\r?\n/, 1)[0] ?? "";
}
