/**
 * The switches of instrumented code. One mutant at a time is on; of the others is
 * noted whether they would have made a difference, for a test in which a mutant
 * does what the code does cannot notice it.
 */

/** Calls after which a mutant is taken to go on for ever. */
const FOR_EVER = 3_000_000;

const COMPARISONS = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

export class Switches {
  /** The mutant that is on; 0 for none. */
  active = 0;
  /** Mutants that made a difference since the set was made. */
  differing = new Set();
  #calls = 0;

  turn(number) {
    this.active = number;
    this.#calls = 0;
  }

  value(number, value, other) {
    return this.#choose(number, value, other);
  }

  compare(number, a, b, operator, other) {
    const value = COMPARISONS[operator](a, b);
    return this.#choose(number, value, COMPARISONS[other](a, b));
  }

  /** Tells whether the statement behind it is run. */
  does(number) {
    return this.#choose(number, true, false);
  }

  #choose(number, value, other) {
    if (this.active === 0) {
      if (Boolean(value) !== other) this.differing.add(number);
      return value;
    }
    if (++this.#calls > FOR_EVER) throw new Error("the mutant does not end");
    return this.active === number ? other : value;
  }
}
