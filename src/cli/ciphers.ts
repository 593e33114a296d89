/** `puretls ciphers`: what a cipher string selects. */
import { SSLContext } from "../ssl/ssl-context.ts";
import {
  type Command,
  readArguments,
  readOperands,
  writeOut,
} from "./command.ts";
import { jsonText } from "./text/json.ts";

const HELP = `Usage: puretls ciphers [LIST]

Prints the cipher suites that a context has, best first, as OpenSSL's program
does with -v. LIST is a cipher string, as "ECDHE+AESGCM:!aRSA": it selects among
the suites of TLS 1.2. Without it, the suites that are on by default.

  --strict           refuse words that mean nothing
  --json             the same as JSON on stdout
`;

const OPTIONS = {
  strict: { type: "boolean" },
  json: { type: "boolean" },
} as const;

export const ciphers: Command = {
  name: "ciphers",
  summary: "the cipher suites that a cipher string selects",
  help: HELP,
  options: OPTIONS,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(args, OPTIONS);
    const [list] = readOperands(positionals, 1);
    const context = new SSLContext();
    if (list !== undefined)
      context.setCiphers(list, { strict: values.strict === true });
    if (values.json === true) {
      const ciphers = context.getCiphers();
      await writeOut(terminal, jsonText({ ciphers }));
      return 0;
    }
    const lines = context.getCiphers().map(({ description }) => description);
    await writeOut(terminal, `${lines.join("\n")}\n`);
    return 0;
  },
};
