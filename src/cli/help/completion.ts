/** `puretls completion`: what a shell completes, out of the commands' help. */
import {
  type Command,
  CommandError,
  readArguments,
  readOperands,
  writeOut,
} from "../command.ts";
import { type HelpOption, optionsOf } from "./options-of.ts";

const HELP = `Usage: puretls completion bash|zsh|fish

Prints what completes the commands, options and values of puretls in a shell:

  bash   source <(puretls completion bash)       in ~/.bashrc
  zsh    puretls completion zsh > ~/.zfunc/_puretls
         with "fpath+=~/.zfunc; autoload -Uz compinit; compinit" in ~/.zshrc
  fish   puretls completion fish > ~/.config/fish/completions/puretls.fish

  --help             this
`;

const SHELLS = { bash, zsh, fish } as const;

/** A command line as far as its options: `cert make`. */
interface Line {
  readonly words: readonly string[];
  readonly summary: string;
  readonly options: readonly HelpOption[];
  /** The words that may follow it, `make` and `show` after `cert`. */
  readonly verbs: readonly Command[];
}

/** The command, which completes all commands and itself. */
export function completionOf(commands: () => readonly Command[]): Command {
  return {
    name: "completion",
    summary: "what completes commands and options in a shell",
    help: HELP,
    options: {},
    run: async (args, terminal) => {
      const { positionals } = readArguments(args, {});
      const [shell = ""] = readOperands(positionals, 1);
      if (!isShell(shell))
        throw new CommandError(
          `the shell is bash, zsh or fish, ${shell === "" ? "and is missing" : `not "${shell}"`}`,
        );
      await writeOut(terminal, SHELLS[shell](linesOf(commands())));
      return 0;
    },
  };
}

function isShell(text: string): text is keyof typeof SHELLS {
  return Object.hasOwn(SHELLS, text);
}

/** Each command, and each verb of one that has verbs. */
export function linesOf(commands: readonly Command[]): readonly Line[] {
  return commands.flatMap((command) => {
    const { name, summary, verbs = [] } = command;
    return [
      {
        ...{ words: [name], summary, verbs },
        options: verbs.length > 0 ? [] : optionsOf(command),
      },
      ...verbs.map((verb) => ({
        words: [name, verb.name],
        summary: verb.summary,
        options: optionsOf(verb),
        verbs: [],
      })),
    ];
  });
}

function topLevel(lines: readonly Line[]): readonly Line[] {
  return lines.filter(({ words }) => words.length === 1);
}

function namesOf(options: readonly HelpOption[]): readonly string[] {
  return options.flatMap(({ names, isOptional }) =>
    isOptional ? names.flatMap((name) => [name, `${name}=`]) : names,
  );
}

function bash(lines: readonly Line[]): string {
  const top = topLevel(lines)
    .map(({ words }) => words.join(" "))
    .join(" ");
  const next = lines.map(({ words, options, verbs }) => {
    const names = verbs.map(({ name }) => name);
    const all = [...names, ...namesOf(options), "--help"].join(" ");
    return `    "${words.join(" ")}") words="${all}" ;;`;
  });
  const values = lines.flatMap(({ words, options }) =>
    options.flatMap(({ names: [name = ""], value, isOptional, choices }) => {
      if (value === undefined) return [];
      const does =
        choices.length > 0
          ? `_puretls_words "${choices.join(" ")}" "$current"`
          : isFile(name, value)
            ? `_puretls_files "$current"`
            : ":";
      // A value that may be left out goes behind "=", never behind a space.
      const flag = isOptional ? `${name}=` : name;
      return [`    "${words.join(" ")} ${flag}") ${does}; return ;;`];
    }),
  );
  const verbLines = lines.flatMap(({ words, verbs }) =>
    verbs.length > 0 ? [`    ${words.join(" ")}) verb=2 ;;`] : [],
  );
  const known = topLevel(lines)
    .map(({ words }) => words.join(" "))
    .join("|");
  return `# bash completion of puretls, made by: puretls completion bash
_puretls_words() { COMPREPLY+=($(compgen -W "$1" -- "$2")); }
_puretls_files() {
  local IFS=$'\n'
  COMPREPLY+=($(compgen -f -- "$1"))
  compopt -o filenames 2>/dev/null
}
_puretls() {
  local current="\${COMP_WORDS[COMP_CWORD]}"
  local previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local line="\${COMP_WORDS[1]}" words="" verb=1
  COMPREPLY=()
  # bash takes "=" for a word of its own.
  if [ "$current" = "=" ]; then previous="$previous="; current=""
  elif [ "$previous" = "=" ]; then previous="\${COMP_WORDS[COMP_CWORD-2]}="
  fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    _puretls_words "${top} help --help --version" "$current"
    return
  fi
  case "$line" in
    ${known}) ;;
    help)
      [ "$COMP_CWORD" -gt 2 ] || _puretls_words "${top}" "$current"
      return ;;
    *) line=connect ;;
  esac
  case "$line" in
${verbLines.join("\n")}
  esac
  [ "$COMP_CWORD" -le "$verb" ] || [ "$verb" -eq 1 ] ||
    line="$line \${COMP_WORDS[2]}"
  case "$line $previous" in
${values.join("\n")}
  esac
  case "$line" in
${next.join("\n")}
  esac
  case "$current" in
    -*) _puretls_words "$words" "$current" ;;
    *)
      _puretls_words "$(printf '%s\\n' $words | grep -v '^-')" "$current"
      [ "$COMP_CWORD" -le "$verb" ] || _puretls_files "$current" ;;
  esac
  case "\${COMPREPLY[0]-}" in *=) compopt -o nospace 2>/dev/null ;; esac
}
complete -F _puretls puretls
`;
}

function zsh(lines: readonly Line[]): string {
  const functions = lines.map(({ words, options, verbs }) => {
    const specs = options.flatMap((option) =>
      option.names.map((name) => `    ${zshSpec(option, name)}`),
    );
    const name = `_puretls_${words.join("_")}`;
    if (verbs.length > 0)
      return `${name}() {
  local -a verbs=(
${verbs.map((verb) => `    ${quoted(`${verb.name}:${verb.summary}`)}`).join("\n")}
  )
  if (( CURRENT == 2 )); then _describe command verbs; return; fi
  local verb=$words[2]
  shift words; (( CURRENT-- ))
  (( $+functions[${name}_$verb] )) && ${name}_$verb
}`;
    return `${name}() {
  _arguments -s \\
${[...specs, "    '*:file:_files'"].join(" \\\n")}
}`;
  });
  return `#compdef puretls
# zsh completion of puretls, made by: puretls completion zsh
${functions.join("\n")}
_puretls() {
  local -a commands=(
${topLevel(lines)
  .map(({ words, summary }) => `    ${quoted(`${words.join(" ")}:${summary}`)}`)
  .join("\n")}
    'help:the options of a command'
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  local command=$words[2]
  shift words; (( CURRENT-- ))
  if [[ $command == help ]]; then _describe command commands
  elif (( $+functions[_puretls_$command] )); then _puretls_$command
  else _puretls_connect
  fi
}
_puretls "$@"
`;
}

function zshSpec(option: HelpOption, name: string): string {
  const { value, says, isOptional, choices } = option;
  const brackets = says.replaceAll(/[[\]:\\]/g, "\\$&");
  const files = isFile(name, value) ? "_files" : " ";
  const action = choices.length > 0 ? `(${choices.join(" ")})` : files;
  if (value === undefined) return quoted(`*${name}[${brackets}]`);
  const [flag, colon] = isOptional ? [`${name}=-`, "::"] : [name, ":"];
  return quoted(`*${flag}[${brackets}]${colon}${value}:${action}`);
}

/** Tells whether the value of an option is the name of a file or a folder. */
function isFile(name: string, value: string | undefined): boolean {
  return value === "FILE" || value === "DIR" || name === "--unix";
}

function fish(lines: readonly Line[]): string {
  const all: string[] = [];
  for (const { words, summary, options } of lines) {
    const [name = "", verb] = words;
    const under =
      verb === undefined
        ? "__fish_use_subcommand"
        : `__fish_seen_subcommand_from ${name}`;
    all.push(
      `complete -c puretls -n ${quoted(under)} -a ${quoted(verb ?? name)} -d ${quoted(summary)}`,
    );
    const seen = words
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join("; and ");
    for (const option of options)
      for (const one of option.names) all.push(fishOption(seen, option, one));
  }
  const top = topLevel(lines)
    .map(({ words }) => words.join(" "))
    .join(" ");
  all.push(
    `complete -c puretls -n '__fish_use_subcommand' -a help -d ${quoted("the options of a command")}`,
    `complete -c puretls -f -n '__fish_seen_subcommand_from help' -a ${quoted(top)}`,
  );
  return `# fish completion of puretls, made by: puretls completion fish
${all.join("\n")}
`;
}

function fishOption(
  seen: string,
  { value, says, isOptional, choices }: HelpOption,
  name: string,
): string {
  const flag = name.startsWith("--")
    ? `-l ${name.slice(2)}`
    : `-s ${name.slice(1)}`;
  const takes = [
    ...(value === undefined || isOptional ? [] : ["-r"]),
    ...(choices.length === 0 ? [] : [`-f -a ${quoted(choices.join(" "))}`]),
    ...(isFile(name, value) ? ["-F"] : []),
  ];
  return [
    `complete -c puretls -n ${quoted(seen)}`,
    ...[flag, ...takes, `-d ${quoted(says)}`],
  ].join(" ");
}

/** A word in single quotes, in which the shells here agree. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "’")}'`;
}
