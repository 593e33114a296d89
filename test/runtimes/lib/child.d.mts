import type { ChildProcess } from "node:child_process";

export function start(
  file: string,
  args: readonly string[],
  options: { readonly signal: AbortSignal },
): { readonly child: ChildProcess; readonly ended: Promise<number | string> };
