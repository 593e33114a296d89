/** `--trace` against OpenSSL, whose own key log and trace are the judge. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { beforeAll, expect, it } from "vitest";
import { latin1 } from "../../../src/bytes.ts";
import { useCertificates } from "../support/certificates.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { PeerProcess, startServer } from "../support/process.ts";
import { CommandRun } from "../support/puretls/terminal.ts";
import { temporaryFolder } from "../support/temporary.ts";

describePeers(["openssl"], () => {
  const certificates = useCertificates();

  function openssl(...more: string[]) {
    const { cert, key } = certificates().server["ECDSA P-256"];
    return startServer(
      (free) =>
        new PeerProcess("openssl", [
          ...["s_server", "-accept", `127.0.0.1:${String(free)}`],
          ...["-cert", cert, "-key", key, "-rev", ...more],
        ]),
    );
  }

  it.each(["-tls1_3", "-tls1_2"])(
    "=secrets tells what s_server logs (%s)",
    async (version) => {
      const log = join(temporaryFolder(), `server${version}.log`);
      const { port } = await openssl(version, "-keylogfile", log);
      const run = new CommandRun(
        ...["connect", `localhost:${String(port)}`],
        ...["--ca", certificates().ca, "--quiet", "--trace=secrets"],
      );
      run.stdin.write("abc\n");
      await run.printed(() => run.text === "cba\n");
      run.interrupt();
      await run.exit;
      const told = run.errors.replaceAll(/\s+/g, "");
      const lines = readFileSync(log, "utf8").split("\n");
      const secrets = lines.flatMap(
        (line) =>
          /^[A-Z][A-Z0-9_]+ [0-9a-f]{64} ([0-9a-f]+)$/i.exec(line)?.[1] ?? [],
      );
      expect(secrets.length).toBeGreaterThan(0);
      for (const secret of secrets) expect(told).toContain(`out${secret}`);
    },
  );

  const outfile = join(temporaryFolder(), "cli", "main.mjs");
  beforeAll(() => {
    buildSync({
      entryPoints: ["src/cli/main.ts"],
      ...{ bundle: true, platform: "node", format: "esm", outfile },
    });
  });

  /** `puretls` in a terminal of 72 columns. */
  function session(environment: string, ...args: readonly string[]) {
    const command = [process.execPath, outfile, ...args].join(" ");
    return new PeerProcess("script", [
      "-qec",
      `stty cols 72; export TERM=xterm; ${environment} ${command}`,
      "/dev/null",
    ]);
  }

  it.each([
    ["in colours", "env -u NO_COLOR", true],
    ["without colours where NO_COLOR is set", "NO_COLOR=1", false],
  ])("draws the ladder on a terminal, %s", async (_, environment, coloured) => {
    const { port } = await openssl();
    const at = `localhost:${String(port)}`;
    const own = ["connect", at, "--ca", certificates().ca, "--trace"];
    const terminal = session(environment, ...own);
    await terminal.prints("verification");
    terminal.write("abc\n");
    await terminal.prints("cba");
    const raw = latin1(terminal.output()).replaceAll("\r", "");
    terminal.write("\u0003");
    expect(raw.includes("\u001b[36m          -- ClientHello")).toBe(coloured);
    expect(raw.includes("\u001b")).toBe(coloured);
    const shown = raw.replaceAll(/\u001b\[\d+m/g, "");
    expect(shown).toMatch(/^client +server\n/m);
    expect(shown).toMatch(/^ +-- ClientHello \d+ B -+>$/m);
    expect(shown).toMatch(/^ +<-+ CertificateVerify \d+ B --$/m);
    expect(shown).toMatch(/^ +-- application_data \d+ B -+>$/m);
    for (const line of shown.split("\n"))
      expect(line.length).toBeLessThanOrEqual(72);
  });

  it("shows a probe's progress and its findings on a terminal", async () => {
    const { port } = await openssl();
    const at = `localhost:${String(port)}`;
    const own = ["probe", at, "--ca", certificates().ca, "--delay", "1"];
    const terminal = session("", ...own);
    await terminal.exit();
    const shown = latin1(terminal.output());
    expect(shown).toMatch(/TLSv?1\.3/);
    expect(shown).toMatch(/grade/i);
    // Progress writes over itself.
    expect(shown).toMatch(/\r(?!\n)/);
  });
});
