/** The unit tests over instrumented code, one after the other. */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { instrumented } from "./find.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const plan = JSON.parse(readFileSync(process.env["PURETLS_MUTANTS"], "utf8"));

/** The tests that are about the protocol, and quick, come first. */
const ORDER = ["handshake", "engine", "record", "ech", "crypto", "x509", "ssl"];

class Sequencer {
  sort(files) {
    const rank = ({ moduleId }) => {
      const at = ORDER.indexOf(relative(ROOT, moduleId).split("/")[1]);
      return at < 0 ? ORDER.length : at;
    };
    return [...files].sort((a, b) => rank(a) - rank(b));
  }

  shard(files) {
    return files;
  }
}

export default defineConfig({
  root: ROOT,
  plugins: [
    {
      name: "mutants",
      enforce: "pre",
      transform(code, id) {
        const mutants = plan.files[relative(ROOT, id)];
        return mutants === undefined
          ? undefined
          : instrumented(readFileSync(id, "utf8"), mutants);
      },
    },
  ],
  test: {
    runner: fileURLToPath(new URL("try-mutants.mjs", import.meta.url)),
    include: plan.tests,
    exclude: ["test/{interop,mutants,architecture,docs,habits,size}/**"],
    setupFiles: ["test/support/equal-bytes.ts"],
    testTimeout: 60_000,
    isolate: false,
    pool: "forks",
    maxWorkers: 1,
    maxConcurrency: 1,
    sequence: { sequencer: Sequencer },
    silent: true,
    dangerouslyIgnoreUnhandledErrors: true,
    reporters: ["dot"],
  },
});
