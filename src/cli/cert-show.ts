/** `puretls cert show`. */
import { noble } from "../crypto/noble/index.ts";
import { parseCertificates } from "../x509/index.ts";
import { certificateText } from "./certificate-text.ts";
import {
  CommandError,
  readOperands,
  type Terminal,
  writeOut,
} from "./command.ts";
import { parsing, readInput } from "./input-file.ts";

/** @throws CommandError without a file, Error for one that does not parse */
export async function certShow(
  { positionals }: { readonly positionals: readonly string[] },
  terminal: Terminal,
): Promise<number> {
  const [file] = readOperands(positionals, 1);
  if (file === undefined) throw new CommandError("FILE is missing");
  const content = await readInput(file, terminal);
  const certificates = parsing(file, () => parseCertificates(content));
  const count = certificates.length.toString();
  for (const [i, certificate] of certificates.entries()) {
    const title = `certificate ${(i + 1).toString()} of ${count}`;
    const lines = certificateText(certificate, noble.hashes["SHA-256"]);
    const text = [title, ...lines.map((line) => `  ${line}`)].join("\n");
    await writeOut(terminal, `${i === 0 ? "" : "\n"}${text}\n`);
  }
  return 0;
}
