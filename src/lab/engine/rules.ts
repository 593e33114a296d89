/** The rules of a scenario that are in force, and how often each has met its message. */
import type { LabMessage } from "../names.ts";
import type { Rule } from "../scenario/steps.ts";

interface Kept {
  readonly rule: Rule;
  seen: number;
}

/** Kinds of rules that are asked for at different moments. */
type Kind = Rule["step"];

export class Rules {
  #kept: Kept[] = [];

  /** True where nothing is changed, and nothing need be looked up. */
  get isEmpty(): boolean {
    return this.#kept.length === 0;
  }

  add(rule: Rule): void {
    this.#kept.push({ rule, seen: 0 });
  }

  /**
   * The rules of those kinds for a message that is sent or received now. Each counts it,
   * and holds for the one that it names.
   *
   * @param transcript only rules that say so, where they say it
   */
  take<K extends Kind>(
    message: LabMessage,
    kinds: readonly K[],
    transcript?: "follows" | "keeps",
  ): Extract<Rule, { step: K }>[] {
    const found: Extract<Rule, { step: K }>[] = [];
    for (const kept of this.#kept) {
      const { rule } = kept;
      if (rule.message !== message || !isOf(rule, kinds)) continue;
      if (transcript && "transcript" in rule && rule.transcript !== transcript)
        continue;
      kept.seen++;
      const { nth = 1 } = rule;
      if (nth === 0 || nth === kept.seen) found.push(rule);
    }
    return found;
  }

  clone(): Rules {
    const copy = new Rules();
    copy.#kept = this.#kept.map((kept) => ({ ...kept }));
    return copy;
  }
}

function isOf<K extends Kind>(
  rule: Rule,
  kinds: readonly K[],
): rule is Extract<Rule, { step: K }> {
  return kinds.some((kind) => kind === rule.step);
}
