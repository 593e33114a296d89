/** `puretls cert sign`: a certificate for a certificate signing request. */
import { noble } from "../../crypto/noble/index.ts";
import { CertificateRequest, type SignedCertificate } from "../../pki/index.ts";
import { domainToAscii } from "../../ssl/names/punycode.ts";
import {
  CommandError,
  type readArguments,
  readOperands,
  type Terminal,
  writeOut,
} from "../command.ts";
import { inputName, parsing, readInput } from "../input-file.ts";
import { generalNameText } from "../text/extension-text.ts";
import { subjectText } from "../text/name-text.ts";
import { timeText } from "../text/value-text.ts";
import { loadAuthority, readDays } from "./make.ts";
import { refuseExisting, writeFiles } from "./new-files.ts";
import { jsonText } from "../text/json.ts";

export const SIGN_OPTIONS = {
  ca: { type: "string" },
  "ca-key": { type: "string" },
  out: { type: "string" },
  host: { type: "string", multiple: true },
  client: { type: "boolean" },
  days: { type: "string" },
  force: { type: "boolean" },
  json: { type: "boolean" },
} as const;

type Arguments = ReturnType<typeof readArguments<typeof SIGN_OPTIONS>>;

/** @throws CommandError for the command line, Error for what is no request */
export async function certSign(
  { values, positionals }: Arguments,
  terminal: Terminal,
): Promise<number> {
  const [file] = readOperands(positionals, 1);
  if (file === undefined) throw new CommandError("REQUEST is missing");
  const { ca, "ca-key": caKey, force = false, client = false } = values;
  if (ca === undefined || caKey === undefined)
    throw new CommandError("--ca FILE and --ca-key FILE are needed");
  const out = values.out ?? pemFor(file);
  if (out !== "-" && !force) refuseExisting([out]);
  if (out === "-" && values.json === true)
    throw new CommandError("--json and --out - contradict each other");
  const days = readDays(values.days);
  const content = await readInput(file, terminal);
  const request = parsing(file, () => CertificateRequest.parse(noble, content));
  const authority = loadAuthority(ca, caKey);
  const asked = values.host?.map(domainToAscii) ?? request.names.hosts;
  if (!client && asked.length === 0)
    throw new CommandError(
      `${inputName(file)} asks for no host: name one with --host, or say --client`,
    );
  const validity = days === undefined ? {} : { days };
  const signed = authority.signRequest(request, {
    ...validity,
    ...(client ? { purpose: "client" } : { purpose: "server", hosts: asked }),
  });
  if (out === "-") await writeOut(terminal, signed.chainPem);
  else
    writeFiles([{ path: out, content: signed.chainPem, secret: false }], force);
  await tellMade(signed, out, values.json === true, terminal);
  return 0;
}

/** Tells what a certificate is, where it went to a file. */
export async function tellMade(
  { certificate }: SignedCertificate,
  file: string,
  asJson: boolean,
  terminal: Terminal,
): Promise<void> {
  const { subject, subjectAltName = [], notAfter } = certificate;
  const names = subjectAltName.map(generalNameText);
  if (asJson) {
    const object = {
      file,
      subject: subjectText(subject),
      names,
      notAfter: new Date(notAfter).toISOString(),
    };
    await writeOut(terminal, jsonText(object));
    return;
  }
  const whom = [subjectText(subject), ...names].filter((text) => text !== "");
  const line = `${file}: certificate for ${whom.join(", ")}, valid until ${timeText(notAfter)}\n`;
  if (file === "-") terminal.stderr.write(line);
  else await writeOut(terminal, line);
}

function pemFor(file: string): string {
  if (file === "-") return "-";
  const stem = file.replace(/\.(csr|req|der)$/i, "");
  return stem.endsWith(".pem")
    ? `${stem.slice(0, -4)}.cert.pem`
    : `${stem}.pem`;
}
