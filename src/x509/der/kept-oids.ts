/**
 * Dotted forms of OBJECT IDENTIFIERs, kept by their content: certificates say
 * the same few over and over, and would each hold strings of their own.
 */
import { type Bytes, equal } from "../../bytes.ts";

/**
 * Most entries: whatever peers send, these do not grow beyond a few kilobytes.
 */
const MOST = 256;
const LONGEST = 16;

interface KeptOid {
  readonly content: Bytes;
  readonly dotted: string;
}

const kept = new Map<number, KeptOid>();

/** The dotted form, where it was kept. */
export function keptOid(content: Uint8Array): string | undefined {
  const found = kept.get(hashOf(content));
  return found !== undefined && equal(found.content, content)
    ? found.dotted
    : undefined;
}

/** Of two with one hash the first stays; the other is decoded each time. */
export function keepOid(content: Uint8Array, dotted: string): void {
  const hash = hashOf(content);
  if (content.length <= LONGEST && kept.size < MOST && !kept.has(hash))
    kept.set(hash, { content: content.slice(), dotted });
}

function hashOf(content: Uint8Array): number {
  let hash = content.length;
  for (let i = 0; i < content.length; i++)
    hash = (Math.imul(hash, 31) + (content[i] ?? 0)) & 0x3fffffff;
  return hash;
}
