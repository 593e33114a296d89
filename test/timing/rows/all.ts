/** Every row of the table, in its order. */
import type { Row } from "../row.ts";
import { cbcRows } from "./cbc.ts";
import { comparisonRows } from "./comparisons.ts";
import { controlRows } from "./controls.ts";
import { publicKeyRows } from "./public-key.ts";

export const ROWS: readonly Row[] = [
  ...controlRows,
  ...comparisonRows,
  ...publicKeyRows,
  ...cbcRows,
];
