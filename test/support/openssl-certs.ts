/** The `openssl` program as a second opinion and as a maker of files. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Tells whether `openssl` 3 is installed. */
export function hasOpenssl(): boolean {
  const { status, stdout } = spawnSync("openssl", ["version"], {
    encoding: "utf8",
  });
  return status === 0 && stdout.startsWith("OpenSSL 3");
}

/** A folder of its own, gone after the work. */
export function inScratch<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "puretls-x509-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs `openssl`; throws with its words when it fails. */
export function openssl(args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync("openssl", args, {
    cwd,
    encoding: "utf8",
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`openssl ${args.join(" ")}: ${stderr}`);
  return stdout;
}

export interface OpensslChain {
  readonly leaf: string;
  readonly intermediates?: readonly string[];
  readonly trusted: readonly string[];
  readonly crls?: readonly string[];
  /** Seconds since the epoch. */
  readonly time: number;
  /** Further options, such as `-x509_strict`. */
  readonly options?: readonly string[];
}

export interface OpensslVerdict {
  /** 0 when the chain is good. */
  readonly code: number;
  readonly message: string;
  readonly depth: number;
}

/** The verdict of `openssl verify` on a chain: its first error. */
export function opensslVerify(chain: OpensslChain): OpensslVerdict {
  return inScratch((folder) => {
    const file = (name: string, pems: readonly string[]): string => {
      const path = join(folder, name);
      writeFileSync(path, pems.join(""));
      return path;
    };
    const { intermediates = [], crls = [], options = [] } = chain;
    const args = ["verify", "-no-CApath", "-no-CAstore"];
    args.push("-attime", chain.time.toString());
    // The paths of those who sign lists end in the store alone.
    if (options.includes("-extended_crl")) args.push("-CAfile");
    else args.push("-no-CAfile", "-trusted");
    args.push(file("trusted.pem", chain.trusted));
    if (intermediates.length > 0)
      args.push("-untrusted", file("untrusted.pem", intermediates));
    if (crls.length > 0) args.push("-CRLfile", file("crls.pem", crls));
    args.push(...options, file("leaf.pem", [chain.leaf]));
    const { status, stdout, stderr } = spawnSync("openssl", args, {
      encoding: "utf8",
    });
    const found = /error (\d+) at (\d+) depth lookup: (.*)/.exec(stderr);
    if (found === null) {
      if (status === 0) return { code: 0, message: "ok", depth: 0 };
      throw new Error(`openssl verify: ${stdout}${stderr}`);
    }
    const [, code = "", depth = "", message = ""] = found;
    return { code: Number(code), message, depth: Number(depth) };
  });
}
