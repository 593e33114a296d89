/** The form of a measurement: two classes of inputs to one operation. */
import { noble } from "../../src/crypto/noble/index.ts";
import { node } from "../../src/crypto/node.ts";
import type { Random } from "./random.ts";

/** 0 or 1: the first or the second of a row's classes. */
export type Class = 0 | 1;

export interface Row {
  /** The operation, with the algorithm. */
  readonly name: string;
  readonly provider: ProviderName;
  readonly classes: readonly [string, string];
  /** Measured operations of one seed, of both classes together. */
  readonly samples: number;
  /** Sets up keys for one seed. */
  make(random: Random): Subject;
}

/**
 * An operation on inputs that stand in the same arrays whatever the class, so
 * that memory, allocations and their history are alike for both.
 */
export interface Subject {
  /** Writes an input of that class. Not measured. */
  prepare(which: Class): void;
  /** The operation. Measured. */
  run(): void;
  /**
   * The class of what was run where only the result tells; undefined: neither.
   * Not measured.
   */
  classOf?(): Class | undefined;
}

/** The providers measured. */
export const PROVIDERS = { noble, node } as const;

export type ProviderName = keyof typeof PROVIDERS;

export const PROVIDER_NAMES: readonly ProviderName[] = ["noble", "node"];

/** A part of a provider that the rows cannot do without. */
export function present<T>(part: T | undefined): T {
  if (part === undefined) throw new Error("the provider lacks this part");
  return part;
}

/** Runs what ends in an error for every input, and drops the error. */
export function failing(work: () => unknown): void {
  try {
    work();
  } catch {
    return;
  }
  throw new Error("this input should have been refused");
}
