export interface Link {
  readonly href: string;
  /** Counted from 1. */
  readonly line: number;
}
export function linksOf(text: string): Link[];
export function anchorsOf(text: string): ReadonlySet<string>;
