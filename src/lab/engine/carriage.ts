/** The way of a message into records, by the rules of a scenario. */
import type { LabMessage } from "../names.ts";
import type { Rules } from "./rules.ts";
import { type Carriage, PLAIN } from "./write-layer.ts";

/** The way of a message into records, as the rules have it. */
export function carriageOf(all: Rules, name: LabMessage): Carriage {
  const rules = all.take(name, [
    "split",
    "coalesce",
    "delay",
    "record",
    "protect",
  ]);
  return rules.reduce<Carriage>((carriage, rule) => {
    switch (rule.step) {
      case "split":
        return {
          ...carriage,
          pieces: rule.pieces,
          segments: rule.into === "segments",
        };
      case "coalesce":
        return { ...carriage, joins: true };
      case "delay":
        return { ...carriage, wait: rule.milliseconds };
      case "record":
        return { ...carriage, records: [...carriage.records, ...rule.edits] };
      case "protect":
        return { ...carriage, under: rule.under };
    }
  }, PLAIN);
}
