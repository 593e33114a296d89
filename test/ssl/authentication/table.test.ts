import { THOROUGH } from "../../support/thorough.ts";
import { describe, expect, it } from "vitest";
import { type Connected, connect } from "./connect.ts";
import { earlyDataAllowed, outcomeOf, type Row, rows, WAYS } from "./rule.ts";

/** Lists what the row's connection does against the rule. */
function faults(row: Row, connected: Connected): string[] {
  const said: string[] = [];
  const wanted = outcomeOf(row);
  if (connected.outcome !== wanted)
    said.push(`${connected.outcome} instead of ${wanted}`);
  if (connected.earlyData && !earlyDataAllowed(row))
    said.push("early data was delivered");
  const { asked } = connected;
  if (row.chosen !== undefined && asked.listening > 0)
    said.push("the listening context's verifier was asked");
  if (
    row.verifier !== "default" &&
    connected.outcome === "right" &&
    (row.chosen === undefined ? asked.listening : asked.chosen) === 0
  )
    said.push("the verifier in force was not asked");
  return said;
}

function titleOf({ chosen, ...row }: Row): string {
  const policy =
    chosen === undefined
      ? row.listening
      : `${row.listening}, then ${chosen.mode} with ${chosen.trust} trust`;
  return `${row.version} ${row.way}: ${policy}, ${row.verifier} verifier, client presents ${row.shown}`;
}

/** All of them where PURETLS_THOROUGH is set, else a seventh of each way. */
const STRIDE = THOROUGH ? 1 : 7;

describe("whatever a client presents, by whatever way,", () => {
  const all = rows();

  // All rows of a way take longer than a test may on a machine with other work.
  const timeout = THOROUGH ? 300_000 : 60_000;
  it.each(WAYS)(
    "a client is accepted as the rule says: %s",
    { timeout },
    async (way) => {
      const wrong: string[] = [];
      let resumed = 0;
      const some = all
        .filter((row) => row.way === way)
        .filter((_row, index) => index % STRIDE === 0);
      for (const row of some) {
        const connected = await connect(row);
        for (const fault of faults(row, connected))
          wrong.push(`${titleOf(row)}: ${fault}`);
        if (connected.resumed) resumed++;
      }
      expect(wrong).toEqual([]);
      // Rows that are to resume must do so, or they would prove nothing.
      if (way === "ticket" || way === "store" || way === "early data")
        expect(resumed).toBeGreaterThan(some.length / 5);
    },
  );
});
