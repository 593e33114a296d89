/** `puretls cert renew`: a certificate anew, before it expires. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { latin1 } from "../../bytes.ts";
import { noble } from "../../crypto/noble/index.ts";
import { generateKey, type PkiKey } from "../../pki/index.ts";
import { modulusBits } from "../../x509/keys/public-key.ts";
import {
  type Certificate,
  parseCertificates,
  X509Error,
} from "../../x509/index.ts";
import { parsePem } from "../../x509/keys/pem.ts";
import {
  CommandError,
  type readArguments,
  readOperands,
  type Terminal,
  writeOut,
} from "../command.ts";
import { parsing, readInput } from "../input-file.ts";
import { durationText, readDuration } from "./duration.ts";
import { KEY_TYPES, loadAuthority, readDays } from "./make.ts";
import { refuseExisting, writeFiles } from "./new-files.ts";
import { tellMade } from "./sign.ts";
import { jsonText } from "../text/json.ts";

export const RENEW_OPTIONS = {
  ca: { type: "string" },
  "ca-key": { type: "string" },
  within: { type: "string" },
  "new-key": { type: "string" },
  days: { type: "string" },
  out: { type: "string" },
  force: { type: "boolean" },
  json: { type: "boolean" },
} as const;

type Arguments = ReturnType<typeof readArguments<typeof RENEW_OPTIONS>>;

/** @throws CommandError for the command line, Error for a foreign certificate */
export async function certRenew(
  { values, positionals }: Arguments,
  terminal: Terminal,
): Promise<number> {
  const [file] = readOperands(positionals, 1);
  if (file === undefined) throw new CommandError("FILE is missing");
  if (file === "-") throw new CommandError("a file is renewed, and no stdin");
  const { ca, "ca-key": caKey, out, force = false } = values;
  const newKey = values["new-key"];
  if (ca === undefined || caKey === undefined)
    throw new CommandError("--ca FILE and --ca-key FILE are needed");
  const days = readDays(values.days);
  const within =
    values.within === undefined
      ? Infinity
      : readDuration("--within", values.within);
  const asJson = values.json === true;
  const content = await readInput(file, terminal);
  const [old] = parsing(file, () => parseCertificates(content));
  if (old === undefined) throw new Error(`${file}: no certificate in it`);
  const kept = `${file}.old`;
  if (out === undefined && !isReplaceable(content))
    throw new CommandError(
      `${file}: not only certificates in PEM, of which the rest would be lost: --out FILE writes elsewhere`,
    );
  const left = old.notAfter - noble.now();
  if (left > within) {
    const text = asJson
      ? jsonText({ file, renewed: false })
      : `${file}: valid for ${durationText(left)}, not renewed\n`;
    await writeOut(terminal, text);
    return 0;
  }
  const target = out ?? file;
  // The old one of the last renewal makes room, and nothing else does.
  const isRoom = !existsSync(kept) || isReplaceable(readFileSync(kept));
  const place = out ?? (isRoom ? undefined : kept);
  const news = [place, newKey].filter((path) => path !== undefined);
  if (!force) refuseExisting(news);
  const key = newKey === undefined ? undefined : keyLike(old, file);
  const authority = loadAuthority(ca, caKey);
  const renewed = parsing(file, () =>
    authority.renew(old, {
      ...(days !== undefined && { days }),
      ...(key !== undefined && { key }),
    }),
  );
  if (newKey !== undefined && key !== undefined)
    writeFiles([{ path: newKey, content: key.toPem(), secret: true }], force);
  if (out === undefined) replace(file, kept, renewed.chainPem);
  else
    writeFiles(
      [{ path: out, content: renewed.chainPem, secret: false }],
      force,
    );
  await tellMade(renewed, target, asJson, terminal);
  return 0;
}

/** Tells whether a file has certificates in PEM and nothing else. */
function isReplaceable(content: Uint8Array): boolean {
  try {
    const blocks = parsePem(latin1(content));
    return blocks.every(({ label }) => label === "CERTIFICATE");
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return false;
  }
}

/** There is a whole file in its place at any time, with the mode of the old. */
function replace(file: string, kept: string, content: string): void {
  const next = `${file}.new`;
  rmSync(kept, { force: true });
  copyFileSync(file, kept);
  writeFileSync(next, content, { flag: "wx", mode: 0o600 });
  chmodSync(next, statSync(file).mode & 0o777);
  renameSync(next, file);
}

/** A new key of the kind that a certificate has. */
function keyLike({ subjectPublicKeyInfo }: Certificate, file: string): PkiKey {
  const { key, algorithm } = subjectPublicKeyInfo;
  const type = KEY_TYPES.find((one) => one === typeOf(key));
  if (type === undefined || algorithm === "id-RSASSA-PSS")
    throw new CommandError(
      `--new-key makes ${KEY_TYPES.join(", ")}, and ${file} has another kind of key`,
    );
  return generateKey({ provider: noble, type });
}

const CURVES = {
  secp256r1: "ec-p256",
  secp384r1: "ec-p384",
  secp521r1: "ec-p521",
} as const;

function typeOf(key: Certificate["subjectPublicKeyInfo"]["key"]): string {
  if (key.type === "rsa") return `rsa-${modulusBits(key.modulus).toString()}`;
  return key.type === "ec" ? CURVES[key.curve] : key.type;
}
