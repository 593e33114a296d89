/** Programs that refuse to run as root, and the accounts of their packages. */
import { execFile } from "node:child_process";
import { chmodSync, chownSync, copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "../../support/temporary.ts";
import type { Files } from "../run.ts";

const run = promisify(execFile);

const isRoot = process.getuid?.() === 0;

/** The beginning of a command line that runs as the account, where root may. */
export function runAs(account: string): readonly string[] {
  const ids = [`--reuid=${account}`, `--regid=${account}`, "--clear-groups"];
  return isRoot ? ["setpriv", ...ids] : [];
}

/** Runs a program to its end, as the account. */
export async function runOnce(
  account: string,
  command: readonly string[],
): Promise<void> {
  const [program = "", ...args] = [...runAs(account), ...command];
  await run(program, args, { timeout: 60_000, cwd: "/" });
}

/** A folder that belongs to the account, with the server's certificate. */
export function folderOf(
  account: string,
  files: Files,
): { readonly folder: string; readonly files: Files } {
  const folder = temporaryFolder();
  const copy = (from: string, name: string): string => {
    const to = join(folder, name);
    copyFileSync(from, to);
    chmodSync(to, 0o600);
    giveTo(account, to);
    return to;
  };
  giveTo(account, folder);
  return {
    folder,
    files: {
      ...files,
      ca: copy(files.ca, "ca.crt"),
      serverCert: copy(files.serverCert, "server.crt"),
      serverKey: copy(files.serverKey, "server.key"),
    },
  };
}

/** Makes the account the owner. */
export function giveTo(account: string, path: string): void {
  if (isRoot) chownSync(path, ...idsOf(account));
}

function idsOf(account: string): [user: number, group: number] {
  const rows = readFileSync("/etc/passwd", "utf8").split("\n");
  const row = rows.find((one) => one.startsWith(`${account}:`));
  const [, , user, group] = row?.split(":") ?? [];
  if (user === undefined || group === undefined)
    throw new Error(`/etc/passwd has no account ${account}`);
  return [Number(user), Number(group)];
}
