import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** The variable, or `--mode thorough`, which every system's shell can write. */
function isThoroughRun(mode: string): boolean {
  return mode === "thorough" || process.env["PURETLS_THOROUGH"] === "1";
}

/** The environment that `test/support/thorough.ts` reads, in every worker. */
function environmentOf(mode: string): Record<string, string> {
  return isThoroughRun(mode) ? { PURETLS_THOROUGH: "1" } : {};
}

export default defineConfig(({ mode }) => ({
  test: {
    // One worker less, the default, leaves half of a machine with two cores idle.
    maxWorkers: availableParallelism(),
    projects: [
      {
        test: {
          name: "unit",
          env: environmentOf(mode),
          include: ["test/**/*.test.ts"],
          exclude: ["test/interop/**"],
          setupFiles: ["test/support/equal-bytes.ts"],
          testTimeout: 60_000,
          // A worker loads src/ and makes the tests' certificates once, not once
          // for each of two hundred files. What a file changes it puts back.
          isolate: false,
          // `npm run check:types` reads the same files, with the same outcome.
          typecheck: {
            enabled: isThoroughRun(mode),
            include: ["test/**/*.test-d.ts"],
            tsconfig: "./tsconfig.json",
          },
        },
      },
      {
        test: {
          name: "interop",
          env: environmentOf(mode),
          include: ["test/interop/**/*.test.ts"],
          setupFiles: ["test/support/equal-bytes.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
}));
