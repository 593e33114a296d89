/** `puretls cert verify`. */
import { printable, toHex } from "../../bytes.ts";
import { noble } from "../../crypto/noble/index.ts";
import { systemCertificates } from "../../net/node-platform.ts";
import { readableAnchors } from "../../ssl/material/anchors.ts";
import { domainToAscii } from "../../ssl/names/punycode.ts";
import {
  type Certificate,
  createVerifier,
  CrlStore,
  parseCertificates,
  type Profile,
  TrustStore,
  verifyMessage,
  X509Error,
} from "../../x509/index.ts";
import {
  CommandError,
  type readArguments,
  readOperands,
  type Terminal,
  writeOut,
} from "../command.ts";
import { inputName, parsing, readInput } from "../input-file.ts";
import { subjectText } from "../text/name-text.ts";
import { orFault } from "../text/value-text.ts";
import { jsonText } from "../text/json.ts";

export const VERIFY_OPTIONS = {
  ca: { type: "string", multiple: true },
  untrusted: { type: "string", multiple: true },
  name: { type: "string" },
  purpose: { type: "string", choices: ["server", "client"] },
  strict: { type: "boolean" },
  lint: { type: "boolean" },
  crl: { type: "string", multiple: true },
  "crl-all": { type: "boolean" },
  at: { type: "string" },
  json: { type: "boolean" },
} as const;

type Arguments = ReturnType<typeof readArguments<typeof VERIFY_OPTIONS>>;

/** @throws CommandError for the command line, Error for a chain that fails */
export async function certVerify(
  { values, positionals }: Arguments,
  terminal: Terminal,
): Promise<number> {
  const [file] = readOperands(positionals, 1);
  if (file === undefined) throw new CommandError("FILE is missing");
  if (values.strict === true && values.lint === true)
    throw new CommandError("--strict and --lint: lint has all rules of strict");
  const { purpose = "server" } = values;
  const now = readDate(values.at) ?? noble.now();
  const crls = await readCrls(values, terminal);
  const trustStore = await readTrustStore(values.ca, terminal);
  const received = [...(await readCertificates(file, terminal))];
  for (const more of values.untrusted ?? [])
    received.push(...(await readCertificates(more, terminal)));
  const verifier = createVerifier({
    provider: noble,
    trustStore,
    profile: profileOf(values),
    ...crls,
  });
  const name = inputName(file);
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
    await writeOut(
      terminal,
      values.json === true
        ? jsonText({ file: name, ok: true, path: path.map(entryOf) })
        : pathText(name, path),
    );
    return 0;
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    if (values.json !== true)
      throw new Error(`${name}: ${verdict(error)}`, { cause: error });
    await writeOut(
      terminal,
      jsonText({ file: name, ok: false, error: faultOf(error) }),
    );
    return 1;
  }
}

function profileOf({ strict, lint }: Arguments["values"]): Profile {
  return lint === true ? "issuance" : strict === true ? "strict" : "default";
}

/**
 * The certificates of the files, or what the system trusts without any; a line on
 * stderr for each that cannot be read.
 */
export async function readTrustStore(
  files: readonly string[] | undefined,
  terminal: Terminal,
): Promise<TrustStore> {
  const store = new TrustStore();
  if (files === undefined)
    for (const source of systemCertificates())
      store.addBundle(readableAnchors(source).bundle, "the system");
  for (const file of files ?? []) {
    const content = await readInput(file, terminal);
    parsing(file, () => store.add(content, inputName(file)));
  }
  if (store.size === 0)
    throw new Error(
      "this system names no certificates to trust: give some by --ca FILE",
    );
  for (const { source, position, error } of store.skipped)
    terminal.stderr.write(
      `${printable(source)}: certificate ${position.toString()} skipped: ${error.message}\n`,
    );
  return store;
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

/** Describes a certificate of the path for `--json`. */
function entryOf(certificate: Certificate): object {
  const { serialNumber, notBefore, notAfter, der } = certificate;
  return {
    subject: orFault(() => subjectText(certificate.subject)),
    issuer: orFault(() => subjectText(certificate.issuer)),
    serialNumber: toHex(serialNumber),
    notBefore: new Date(notBefore).toISOString(),
    notAfter: new Date(notAfter).toISOString(),
    sha256: toHex(noble.hashes["SHA-256"].hash(der)),
  };
}

function faultOf({ code, verifyCode, depth, message }: X509Error): object {
  const openssl = verifyMessage(verifyCode);
  return { code, verifyCode, openssl, depth: depth ?? 0, message };
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
