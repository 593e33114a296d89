/** Reads the options out of a command's help, the one place that tells of them. */
import type { Command } from "../command.ts";

export interface HelpOption {
  /** As they are typed: `--ca`; of `-4, -6` there are two. */
  readonly names: readonly string[];
  /** The word that stands for its value; undefined for one without. */
  readonly value: string | undefined;
  /** The value goes behind `=` and may be left out. */
  readonly isOptional: boolean;
  /** The words that its value can be; none: any. */
  readonly choices: readonly string[];
  readonly says: string;
  /** The heading that it stands under. */
  readonly heading: string | undefined;
}

export interface HelpText {
  /** Command lines. */
  readonly usage: readonly string[];
  /** Paragraphs, options left out. */
  readonly paragraphs: readonly string[];
  readonly options: readonly HelpOption[];
}

/** The options of a command, with the words that their values can be. */
export function optionsOf({ help, options }: Command): readonly HelpOption[] {
  return readHelp(help).options.map((option) => {
    const [name = ""] = option.names;
    const { choices = [] } = options[name.replace(/^--/, "")] ?? {};
    return { ...option, choices };
  });
}

/** The column of the text beside options. */
const COLUMN = 21;

export function readHelp(help: string): HelpText {
  const usage: string[] = [];
  const paragraphs: string[] = [];
  const options: HelpOption[] = [];
  let heading: string | undefined;
  for (const block of help.trimEnd().split(/\n{2,}/)) {
    const lines = block.split("\n");
    const prose: string[] = [];
    for (const line of lines) {
      const usageLine = /^(?:Usage:| {6}) (puretls .*)$/.exec(line)?.[1];
      const option = readOption(line, heading);
      const last = options.at(-1);
      if (usageLine !== undefined) usage.push(usageLine);
      else if (option !== undefined) options.push(option);
      else if (last !== undefined && line.startsWith(" ".repeat(COLUMN - 2)))
        options[options.length - 1] = continued(last, line.trim());
      else if (/^[A-Z].*:$/.test(line) && lines.length > 1)
        heading = line.slice(0, -1);
      else if (line.trim() !== "") prose.push(line);
    }
    if (prose.length > 0) paragraphs.push(prose.join("\n"));
  }
  return { usage, paragraphs, options };
}

function continued(option: HelpOption, more: string): HelpOption {
  return { ...option, says: `${option.says} ${more}`.trim() };
}

function readOption(
  line: string,
  heading: string | undefined,
): HelpOption | undefined {
  const match =
    /^ {2}(-{1,2}[\w-]+(?:, -{1,2}[\w-]+)*)(\[=[A-Z]+\])?(?: ([A-Z][\w:.]*))?(?: {1,}(.*))?$/.exec(
      line,
    );
  if (match === null) return undefined;
  const [, names = "", optional, value, says = ""] = match;
  return {
    names: names.split(", "),
    value: optional === undefined ? value : optional.replaceAll(/[[\]=]/g, ""),
    isOptional: optional !== undefined,
    choices: [],
    says: says.trim(),
    heading,
  };
}
