/** Limits on the work that one verification may cost: peers choose the input. */
import { X509Error } from "./errors.ts";
import * as fault from "./faults.ts";

/** How much work one verification may cost. */
export interface Budgets {
  /** Signature checks that the cache did not answer. */
  readonly signatures: number;
  /** Issuers looked at while paths are tried. */
  readonly steps: number;
  /** Names compared with name constraints. */
  readonly nameComparisons: number;
}

/**
 * A real path needs some three signatures, ten steps and a few hundred name
 * comparisons (a bundle of thirty constrained names and a hundred SANs).
 */
export const DEFAULT_BUDGETS: Budgets = {
  signatures: 32,
  steps: 4096,
  nameComparisons: 250_000,
};

/** What is left. Running out is an error that ends the whole verification. */
export class Budget {
  #signatures: number;
  #steps: number;
  #nameComparisons: number;

  constructor(budgets: Budgets) {
    this.#signatures = budgets.signatures;
    this.#steps = budgets.steps;
    this.#nameComparisons = budgets.nameComparisons;
  }

  /** @throws X509Error `signature_budget_exceeded` */
  spendSignature(): void {
    if (--this.#signatures < 0)
      throw new X509Error(fault.signature_budget_exceeded);
  }

  /** @throws X509Error `path_budget_exceeded` */
  spendStep(): void {
    if (--this.#steps < 0) throw new X509Error(fault.path_budget_exceeded);
  }

  /** @throws X509Error `name_budget_exceeded` */
  spendNameComparisons(count: number): void {
    this.#nameComparisons -= count;
    if (this.#nameComparisons < 0)
      throw new X509Error(fault.name_budget_exceeded);
  }
}

/** Whether an error means that a budget ended, so that no other path is tried. */
export function endsBudget(error: X509Error): boolean {
  return error.code.endsWith("_budget_exceeded");
}
