/** Random scenarios: a kind of handshake, and one or two moves on it. */
import * as fc from "fast-check";
import type { LabRole, LabVersion } from "../names.ts";
import type { ScenarioData } from "../scenario/scenario.ts";
import type { Step } from "../scenario/steps.ts";
import type { Lab } from "../world/lab.ts";
import { type Ground, groundsOf } from "./ground.ts";
import type { Move, Must } from "./move.ts";
import { moveOn } from "./moves.ts";

/** A random scenario, with what its RFCs say that must come of it. */
export interface Program {
  readonly data: ScenarioData;
  readonly must: Must;
  /** Kinds of its moves, for coverage. */
  readonly kinds: readonly string[];
}

/** The sides that random scenarios are made for. */
export interface Field {
  readonly versions: readonly LabVersion[];
  readonly roles: readonly LabRole[];
}

/** Random scenarios of these versions and roles. */
export function programs(
  { versions, roles }: Field,
  lab: Lab,
): fc.Arbitrary<Program> {
  const grounds = versions.flatMap((version) =>
    roles.flatMap((role) => groundsOf(version, role, lab)),
  );
  return fc.oneof(
    ...grounds.map((ground) =>
      // Each of the two can be left out when it is shrunk.
      fc
        .tuple(
          fc.option(moveOn(ground), { freq: 6 }),
          fc.option(moveOn(ground), { freq: 1 }),
        )
        .map((moves) => moves.filter((move) => move !== null))
        .filter(({ length }) => length > 0)
        .map((moves) => programOf(ground, moves)),
    ),
  );
}

function programOf(ground: Ground, moves: readonly Move[]): Program {
  const { version, role, handshake } = ground;
  const after = moves.flatMap((move) => move.after);
  const early: Step[] =
    handshake.earlyData === true && role === "client"
      ? [{ step: "early_data", data: "6561726c79" }]
      : [];
  const steps: Step[] = [
    ...ground.rules,
    ...moves.flatMap(({ rules }) => rules),
    ...early,
    ...(after.length > 0
      ? [{ step: "expect_connected" } as const, ...after]
      : []),
    { step: "expect_refusal" },
  ];
  const kinds = moves.map(({ kind }) => kind);
  return {
    data: {
      ...{ version, role, handshake, steps },
      ...{ name: kinds.join(", "), requirements: [], tags: ["fuzz"] },
    },
    must: mustOf(moves),
    kinds,
  };
}

/** Two moves may hide each other: only one alone, or faults alone, decide. */
function mustOf(moves: readonly Move[]): Must {
  const [only] = moves;
  return moves.length === 1 && only !== undefined ? only.must : "either";
}
