/** See switches.mjs. */
export class Switches {
  active: number;
  differing: Set<number>;
  turn(number: number): void;
}
