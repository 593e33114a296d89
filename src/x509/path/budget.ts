/** Limits on the work that one verification may cost: peers choose the input. */
import { X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";

/** Limits on the work of one verification. */
export interface Budgets {
  /**
   * Signature checks that the cache did not answer. One by P-384 or Ed448 counts
   * as two, by P-521 as three, by RSA of more than 4096 bits as the square says.
   */
  readonly signatures: number;
  /** Issuers looked at while paths are tried. */
  readonly steps: number;
  /** Names compared with name constraints. */
  readonly nameComparisons: number;
}

/**
 * A real path needs some three signatures, ten steps and a few hundred name
 * comparisons (a bundle of thirty constrained names and a hundred SANs).
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createVerifier, DEFAULT_BUDGETS, TrustStore } from "puretls/x509";
 *
 * const signatures = DEFAULT_BUDGETS.signatures / 2;
 * const trustStore = new TrustStore();
 * createVerifier({ provider, trustStore, budgets: { signatures } });
 * ```
 */
export const DEFAULT_BUDGETS: Budgets = {
  signatures: 32,
  steps: 4096,
  nameComparisons: 250_000,
};

/**
 * The work that is left. Running out is an error that ends the whole
 * verification.
 */
export class Budget {
  #signatures: number;
  #steps: number;
  #nameComparisons: number;

  constructor(budgets: Budgets) {
    this.#signatures = budgets.signatures;
    this.#steps = budgets.steps;
    this.#nameComparisons = budgets.nameComparisons;
  }

  /**
   * @param cost in checks by a common key
   * @throws X509Error `signature_budget_exceeded`
   */
  spendSignature(cost = 1): void {
    this.#signatures -= cost;
    if (this.#signatures < 0)
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

/**
 * Tells whether an error means that a budget ended, so that no other path is
 * tried.
 */
export function endsBudget(error: X509Error): boolean {
  return error.code.endsWith("_budget_exceeded");
}
