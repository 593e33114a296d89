/** `puretls ciphers`: what a cipher string selects. */
import { SSLContext } from "../ssl/ssl-context.ts";
import {
  type Command,
  readArguments,
  readOperands,
  writeOut,
} from "./command.ts";

const HELP = `Usage: puretls ciphers [LIST]

Prints the cipher suites that a context has, best first, as OpenSSL's program
does with -v. LIST is a cipher string, as "ECDHE+AESGCM:!aRSA": it selects among
the suites of TLS 1.2. Without it, the suites that are on by default.

  --strict           refuse words that mean nothing
`;

export const ciphers: Command = {
  name: "ciphers",
  summary: "the cipher suites that a cipher string selects",
  help: HELP,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(args, {
      strict: { type: "boolean" },
    });
    const [list] = readOperands(positionals, 1);
    const context = new SSLContext();
    if (list !== undefined)
      context.setCiphers(list, { strict: values.strict === true });
    const lines = context.getCiphers().map(({ description }) => description);
    await writeOut(terminal, `${lines.join("\n")}\n`);
    return 0;
  },
};
