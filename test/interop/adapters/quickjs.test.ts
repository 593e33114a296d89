/**
 * The loop of examples/engines/quickjs.mjs, with OpenSSL as the server: in QuickJS
 * where it is installed, and in Node with the same calls.
 */
import { join } from "node:path";
import { build } from "esbuild";
import { beforeAll, it } from "vitest";
import { PROJECT_ROOT } from "../../architecture/imports.ts";
import { entryPoints } from "../../docs/run.ts";
import { useCertificates } from "../support/certificates.ts";
import { probe } from "../support/probe.ts";
import { PeerProcess, startServer } from "../support/process.ts";
import { describeProgram } from "../support/scenarios/peers.ts";
import { temporaryFolder } from "../support/temporary.ts";

const certificates = useCertificates();
const folder = temporaryFolder();
const MODULES = join(
  PROJECT_ROOT,
  "test/interop/adapters/programs/quickjs-modules.mjs",
);

const ENGINES = [
  {
    engine: "qjs",
    source: "qjs of quickjs-ng, and the Debian package socat",
    command: ["qjs", "-m"],
    working: [["qjs", "--help"], /QuickJS-ng/],
  },
  {
    engine: "node",
    source: "the Debian package socat",
    command: [process.execPath],
    working: [[process.execPath, "--version"], /\d/],
  },
] as const;

for (const { engine, source, command, working } of ENGINES) {
  const [line, pattern] = working;
  const found = probe({
    source,
    working: [
      [line, pattern],
      [["socat", "-V"], /socat/],
    ],
  });
  describeProgram(engine, `the loop of QuickJS in ${engine}`, found, () => {
    const program = join(folder, `${engine}.mjs`);
    beforeAll(() =>
      build({
        entryPoints: [join(PROJECT_ROOT, "examples/engines/quickjs.mjs")],
        outfile: program,
        bundle: true,
        platform: "neutral",
        mainFields: ["module", "main"],
        conditions: ["module"],
        format: "esm",
        external: ["node:*", ...(engine === "qjs" ? ["qjs:*"] : [])],
        nodePaths: [join(PROJECT_ROOT, "node_modules")],
        alias: {
          ...Object.fromEntries(
            [...entryPoints()].map(([name, file]) => [
              name,
              join(PROJECT_ROOT, file),
            ]),
          ),
          ...(engine === "node" && { "qjs:os": MODULES, "qjs:std": MODULES }),
        },
        logLevel: "error",
      }),
    );

    it.each([
      ["talks with OpenSSL", "localhost", /olleh/],
      ["refuses another name", "other.test", /Hostname mismatch/],
    ])("%s", async (_title, name, says) => {
      const { ca, server } = certificates();
      const { cert, key } = server["ECDSA P-256"];
      const { port } = await startServer(
        (free) =>
          new PeerProcess("openssl", [
            ...["s_server", "-accept", `127.0.0.1:${String(free)}`, "-rev"],
            ...["-cert", cert, "-key", key, "-naccept", "1"],
          ]),
      );
      const run = [...command, program, name, ca].join(" ");
      const peer = new PeerProcess(
        "socat",
        [`TCP:127.0.0.1:${String(port)}`, `EXEC:"${run}",fdin=3,fdout=4`],
        "log",
      );
      await peer.logged(says);
    });
  });
}
