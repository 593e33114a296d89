/** The processes that a server started, which may be in groups of their own. */
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** A process and all below it; where there is no /proc, the process alone. */
export function processTree(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const [pid, parent] of everyProcess())
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

function everyProcess(): (readonly [pid: number, parent: number])[] {
  if (!existsSync("/proc/self/stat")) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(name)] as const);
}

/** The parent, or 0 of a process that has ended since. */
function parentOf(pid: string): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name, in parentheses, may have spaces: state and parent.
    return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return 0;
  }
}
