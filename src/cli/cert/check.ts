/** `puretls cert check`: how long certificates are still valid. */
import { noble } from "../../crypto/noble/index.ts";
import {
  CommandError,
  type readArguments,
  type Terminal,
  writeOut,
} from "../command.ts";
import { inputName, parsingLater, readInput } from "../input-file.ts";
import { readItems } from "../show/read.ts";
import { durationText, readDuration } from "./duration.ts";
import { passwordOf } from "./show.ts";
import { jsonText } from "../text/json.ts";

export const CHECK_OPTIONS = {
  within: { type: "string" },
  "password-file": { type: "string" },
  json: { type: "boolean" },
} as const;

type Arguments = ReturnType<typeof readArguments<typeof CHECK_OPTIONS>>;

interface Checked {
  readonly file: string;
  readonly subject: string | null;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly status: "valid" | "expiring" | "expired" | "not yet valid";
  /** Milliseconds that are left, negative behind the end. */
  readonly left: number;
}

/**
 * @returns 1 where one is not valid, or not for as long as it shall be
 * @throws CommandError for the command line, Error for a file without one
 */
export async function certCheck(
  { values, positionals }: Arguments,
  terminal: Terminal,
): Promise<number> {
  if (positionals.length === 0) throw new CommandError("FILE is missing");
  const within =
    values.within === undefined ? 0 : readDuration("--within", values.within);
  const password = passwordOf(values["password-file"]);
  const now = noble.now();
  const all: Checked[] = [];
  for (const file of positionals) {
    const content = await readInput(file, terminal);
    const items = await parsingLater(file, () => readItems(content, password));
    const found = items.flatMap((item) => {
      const { notBefore, notAfter } = item;
      if (item.kind !== "certificate") return [];
      if (notAfter === undefined || notBefore === undefined)
        throw new Error(`${inputName(file)}: a certificate without its times`);
      const left = notAfter - now;
      const status =
        left < 0
          ? "expired"
          : notBefore > now
            ? "not yet valid"
            : left < within
              ? "expiring"
              : "valid";
      const subject =
        item.facts.find(({ name }) => name === "subject")?.value ?? null;
      const [validFrom, validUntil] = [notBefore, notAfter].map((time) =>
        new Date(time).toISOString(),
      );
      if (validFrom === undefined || validUntil === undefined) return [];
      const name = inputName(file);
      return [
        { file: name, subject, validFrom, validUntil, status, left } as const,
      ];
    });
    if (found.length === 0)
      throw new Error(`${inputName(file)}: no certificate in it`);
    all.push(...found);
  }
  all.sort((one, other) => one.left - other.left);
  const isGood = all.every(({ status }) => status === "valid");
  const text =
    values.json === true
      ? jsonText({ ok: isGood, certificates: all.map(jsonOf) })
      : `${all.map(lineOf).join("\n")}\n`;
  await writeOut(terminal, text);
  return isGood ? 0 : 1;
}

function jsonOf({ left, ...rest }: Checked): object {
  return { ...rest, secondsLeft: Math.floor(left / 1000) };
}

function lineOf({ file, subject, validUntil, status, left }: Checked): string {
  const when =
    status === "expired"
      ? `expired ${durationText(left)} ago`
      : status === "not yet valid"
        ? "not valid yet"
        : `${status === "expiring" ? "expires in" : "valid for"} ${durationText(left)}`;
  return `${file}: ${subject ?? "(no subject)"}: ${when}, until ${validUntil}`;
}
