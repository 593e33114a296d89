/** The manual page, out of the commands' help. */
import type { Command } from "../command.ts";
import { linesOf } from "./completion.ts";
import { type HelpOption, readHelp } from "./options-of.ts";

/** Returns the source of `puretls(1)`, in the man macros. */
export function manPage(commands: readonly Command[], version: string): string {
  const sections = commands.flatMap((command) =>
    command.verbs === undefined
      ? [section(`puretls ${command.name}`, command)]
      : command.verbs.map((verb) =>
          section(`puretls ${command.name} ${verb.name}`, verb),
        ),
  );
  const list = linesOf(commands).map(
    ({ words, summary }) =>
      `.TP\n.B ${escaped(words.join(" "))}\n${escaped(summary)}`,
  );
  return `.\\" Made by npm run build.
.TH PURETLS 1 "" "puretls ${version}" "User Commands"
.SH NAME
puretls \\- TLS 1.2 and 1.3 in pure TypeScript, on the command line
.SH SYNOPSIS
.B puretls
.I COMMAND
.RI [ OPTIONS ]
.br
.B puretls
.IR HOST [: PORT ]
.RI [ OPTIONS ]
.br
.B puretls
.RI https:// HOST / PATH
.SH COMMANDS
${list.join("\n")}
.SH OPTIONS OF EACH COMMAND
${sections.join("\n")}
.SH EXIT STATUS
.TP
.B 0
It went well.
.TP
.B 1
It failed: one line on stderr names the reason and the alert.
.TP
.B 2
The command line is wrong.
.TP
.B 130
It was interrupted; the peer has heard close_notify.
.SH ENVIRONMENT
.TP
.B NO_COLOR
No colours, on a terminal either.
.TP
.B SSLKEYLOGFILE
A file for the secrets of connections, as of
.BR \\-\\-keylog .
.SH SEE ALSO
.BR openssl (1),
.BR tshark (1)
`;
}

function section(title: string, { help }: Command): string {
  const { usage, paragraphs, options } = readHelp(help);
  const groups = new Map<string | undefined, HelpOption[]>();
  for (const option of options) {
    const group = groups.get(option.heading) ?? [];
    groups.set(option.heading, [...group, option]);
  }
  const [first, ...rest] = paragraphs;
  return [
    `.SS ${escaped(title)}`,
    ...usage.flatMap((line) => [".br", `.B ${escaped(line)}`]),
    ...(first === undefined ? [] : [paragraph(first)]),
    ...[...groups].flatMap(([heading, group]) => [
      ...(heading === undefined ? [] : [`.PP\n${escaped(heading)}:`]),
      ...group.map(optionLines),
    ]),
    ...rest.map(paragraph),
  ].join("\n");
}

/** Indented lines keep their form. */
function paragraph(text: string): string {
  const isFixed = text.split("\n").some((line) => line.startsWith("  "));
  return isFixed ? `.PP\n.nf\n${escaped(text)}\n.fi` : `.PP\n${escaped(text)}`;
}

function optionLines({ names, value, isOptional, says }: HelpOption): string {
  const flags = names.map((name) => `\\fB${escaped(name)}\\fR`).join(", ");
  const word = value === undefined ? "" : `\\fI${escaped(value)}\\fR`;
  const tail = isOptional ? `[=${word}]` : word === "" ? "" : ` ${word}`;
  return `.TP\n${flags}${tail}\n${escaped(wrapped(says))}`;
}

/** Escapes what roff takes for itself: backslashes, hyphens, dots in front. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\(rs")
    .replaceAll("-", "\\-")
    .replaceAll(/^([.'])/gm, "\\&$1");
}

/** Lines of a source that people can read, whatever a terminal makes of them. */
function wrapped(text: string): string {
  return text.replaceAll(/(.{1,66})(?: |$)/g, "$1\n").trimEnd();
}
