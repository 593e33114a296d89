/** Moves: random things that a side does wrong, each with what it must come to. */
import * as fc from "fast-check";
import {
  alpnMoves,
  changesOf,
  downgradeMoves,
  extensionMoves,
  strictMoves,
} from "./field-moves.ts";
import type { Ground } from "./ground.ts";
import type { Move } from "./move.ts";
import {
  afterMoves,
  coalesceMoves,
  orderMoves,
  recordMoves,
  signatureMoves,
} from "./wire-moves.ts";

/** Any move on that ground. */
export function moveOn(ground: Ground): fc.Arbitrary<Move> {
  return fc.oneof(
    { weight: 6, arbitrary: changesOf(ground) },
    { weight: 3, arbitrary: orderMoves(ground) },
    { weight: 2, arbitrary: recordMoves(ground) },
    { weight: 3, arbitrary: afterMoves(ground) },
    ...[
      ...extensionMoves(ground),
      ...signatureMoves(ground),
      ...strictMoves(ground),
      ...downgradeMoves(ground),
      ...alpnMoves(ground),
      ...coalesceMoves(ground),
    ].map((arbitrary) => ({ weight: 1, arbitrary })),
  );
}
