/** `puretls cert verify`. */
import { printable } from "../bytes.ts";
import { noble } from "../crypto/noble/index.ts";
import { domainToAscii } from "../ssl/punycode.ts";
import {
  type Certificate,
  createVerifier,
  CrlStore,
  parseCertificates,
  TrustStore,
  verifyMessage,
  X509Error,
} from "../x509/index.ts";
import {
  CommandError,
  readChoice,
  type readArguments,
  readOperands,
  type Terminal,
  writeOut,
} from "./command.ts";
import { inputName, parsing, readInput } from "./input-file.ts";
import { subjectText } from "./name-text.ts";
import { orFault } from "./value-text.ts";

export const VERIFY_OPTIONS = {
  ca: { type: "string" },
  name: { type: "string" },
  purpose: { type: "string" },
  strict: { type: "boolean" },
  crl: { type: "string", multiple: true },
  "crl-all": { type: "boolean" },
  at: { type: "string" },
} as const;

type Arguments = ReturnType<typeof readArguments<typeof VERIFY_OPTIONS>>;

/** @throws CommandError for the command line, Error for a chain that fails */
export async function certVerify(
  { values, positionals }: Arguments,
  terminal: Terminal,
): Promise<number> {
  const [file] = readOperands(positionals, 1);
  if (file === undefined) throw new CommandError("FILE is missing");
  if (values.ca === undefined) throw new CommandError("--ca FILE is missing");
  const purpose = readChoice("--purpose", values.purpose, ["server", "client"]);
  const now = readDate(values.at) ?? noble.now();
  const crls = await readCrls(values, terminal);
  const trusted = await readCertificates(values.ca, terminal);
  const received = await readCertificates(file, terminal);
  const verifier = createVerifier({
    provider: noble,
    trustStore: TrustStore.of(...trusted),
    profile: values.strict === true ? "strict" : "default",
    ...crls,
  });
  try {
    const { path } = verifier.verify(
      { certificates: received.map(({ der }) => der) },
      {
        purpose: `${purpose}Auth`,
        serverName:
          values.name === undefined ? undefined : domainToAscii(values.name),
        now,
      },
    );
    await writeOut(terminal, pathText(inputName(file), path));
    return 0;
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    throw new Error(`${inputName(file)}: ${verdict(error)}`, { cause: error });
  }
}

async function readCertificates(
  file: string,
  terminal: Terminal,
): Promise<readonly Certificate[]> {
  const content = await readInput(file, terminal);
  return parsing(file, () => parseCertificates(content));
}

async function readCrls(
  values: Arguments["values"],
  terminal: Terminal,
): Promise<{ crls?: CrlStore; crlCheck?: "leaf" | "chain" }> {
  const { crl = [], "crl-all": all = false } = values;
  if (crl.length === 0) {
    if (all) throw new CommandError("--crl-all goes with --crl FILE");
    return {};
  }
  const crls = new CrlStore();
  for (const file of crl) {
    const content = await readInput(file, terminal);
    parsing(file, () => crls.add(content));
  }
  return { crls, crlCheck: all ? "chain" : "leaf" };
}

/** In the words of `openssl verify`, and then in ours. */
function verdict(error: X509Error): string {
  const { verifyCode, depth = 0, message } = error;
  const theirs = verifyMessage(verifyCode);
  const ours = message === theirs ? "" : `: ${message}`;
  return `error ${verifyCode.toString()} at ${depth.toString()} depth lookup: ${theirs}${ours}`;
}

function pathText(name: string, path: readonly Certificate[]): string {
  const lines = path.map(({ subject }, depth) => {
    const trusted = depth === path.length - 1 ? " (trusted)" : "";
    return `  ${depth.toString()}  ${orFault(() => subjectText(subject))}${trusted}\n`;
  });
  return `${printable(name)}: OK\n${lines.join("")}`;
}

const DATE = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d))?$/;

function readDate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const day = DATE.exec(text)?.[1];
  const time = Date.parse(text);
  // A 31st of February must not become the 3rd of March.
  const isDay =
    day !== undefined &&
    !Number.isNaN(Date.parse(day)) &&
    new Date(day).toISOString().startsWith(day);
  if (!isDay || Number.isNaN(time))
    throw new CommandError(
      `--at takes 2027-01-31 or 2027-01-31T12:00:00Z, not "${text}"`,
    );
  return time;
}
