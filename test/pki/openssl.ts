/** The `openssl` command as a reference: files in a folder of their own. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface OpensslAnswer {
  readonly status: number;
  /** Standard output and standard error. */
  readonly text: string;
  /** A file that the command wrote. */
  readonly file: (name: string) => Uint8Array;
}

/** Runs `openssl` where the given files are; a failure is an answer too. */
export function openssl(
  args: readonly string[],
  files: Readonly<Record<string, string | Uint8Array>> = {},
): OpensslAnswer {
  const folder = mkdtempSync(join(tmpdir(), "puretls-pki-"));
  try {
    for (const [name, content] of Object.entries(files))
      writeFileSync(join(folder, name), content);
    const run = spawnSync("openssl", args, { cwd: folder, encoding: "utf8" });
    if (run.error !== undefined) throw run.error;
    const wanted = new Map<string, Uint8Array>();
    const out = args[args.indexOf("-out") + 1];
    if (args.includes("-out") && out !== undefined && run.status === 0)
      wanted.set(out, new Uint8Array(readFileSync(join(folder, out))));
    return {
      status: run.status ?? -1,
      text: run.stdout + run.stderr,
      file: (name) => {
        const content = wanted.get(name);
        if (content === undefined)
          throw new Error(`openssl wrote no ${name}: ${run.stderr}`);
        return content;
      },
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `openssl verify -x509_strict`, with the CA's PEM as the only trust. */
export function opensslVerify(
  trusted: string,
  leaf: string,
  options: { untrusted?: string; args?: readonly string[] } = {},
): OpensslAnswer {
  const { untrusted = "", args = [] } = options;
  const more = untrusted === "" ? [] : ["-untrusted", "untrusted.pem"];
  return openssl(
    [
      "verify",
      "-x509_strict",
      "-no-CApath",
      "-no-CAstore",
      "-CAfile",
      "ca.pem",
      ...more,
      ...args,
      "leaf.pem",
    ],
    { "ca.pem": trusted, "leaf.pem": leaf, "untrusted.pem": untrusted },
  );
}
