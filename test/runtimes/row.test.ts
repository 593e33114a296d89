/** The runner of the matrix: a row that fails, hangs or is not there. */
import { expect, it } from "vitest";
import { start } from "./lib/child.mjs";
import { type Context, type Result, runRow } from "./lib/row.mjs";

function row(
  run: (context: Context) => Promise<void> | void,
  timeLimit?: number,
): Promise<Result> {
  const found = {
    name: "made up",
    find: () => ({ version: "1.0" }),
    run: async (context: Context) => {
      await run(context);
    },
  };
  return runRow(found, {}, timeLimit);
}

it("passes when all checks do and the program came to its end", async () => {
  const { version, checks, failures } = await row(({ emit }) => {
    emit({ check: "one", ok: true });
    emit({ done: true });
  });
  expect({ version, failures }).toEqual({ version: "1.0", failures: [] });
  expect(checks).toHaveLength(1);
});

it.each<[string, (context: Context) => void, RegExp]>([
  [
    "with a check",
    ({ emit }) => {
      emit({ check: "one", ok: false, error: "no" });
      emit({ done: true });
    },
    /^one: no$/,
  ],
  [
    "without an end",
    ({ emit }) => emit({ check: "one", ok: true }),
    /did not come to its end/,
  ],
  [
    "with its launcher",
    () => {
      throw new Error("gone");
    },
    /^gone$/,
  ],
])("fails %s", async (_, run, failure) => {
  const { failures } = await row(run);
  expect(failures).toEqual([expect.stringMatching(failure)]);
});

it("ends what hangs, with its children", async () => {
  let ended: Promise<number | string> | undefined;
  const { failures } = await row(({ signal }) => {
    const args = ["-e", "setInterval(() => {}, 1000)"];
    ({ ended } = start(process.execPath, args, { signal }));
    return new Promise(() => {});
  }, 300);
  expect(failures).toEqual(["not done after 0.3 s"]);
  expect(await ended).toBe("SIGKILL");
});

it("is skipped with the reason when its runtime is missing", async () => {
  const { skipped, failures } = await runRow(
    {
      name: "made up",
      find: () => ({ missing: "no such engine" }),
      run: () => Promise.reject(new Error("it was run")),
    },
    {},
  );
  expect({ skipped, failures }).toEqual({
    skipped: "no such engine",
    failures: [],
  });
});
