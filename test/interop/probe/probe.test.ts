/** `puretls probe` beside testssl.sh and sslyze: the same servers, the same findings. */
import { expect, it } from "vitest";
import type { Report } from "../../../src/cli/probe/report.ts";
import { sampled, THOROUGH } from "../../support/thorough.ts";
import { useCertificates } from "../support/certificates.ts";
import { describePeers, describeProgram } from "../support/scenarios/peers.ts";
import { CommandRun } from "../support/puretls/terminal.ts";
import { type Difference, DIFFERENCES } from "./differences.ts";
import {
  type Facts,
  factsOfReport,
  findSslyze,
  findTestssl,
  sslyze,
  testssl,
} from "./scanners.ts";
import { installedServers } from "./servers.ts";

describePeers(["openssl"], () => {
  const certificates = useCertificates();

  async function probe(port: number): Promise<Facts> {
    const run = new CommandRun(
      ...["probe", `localhost:${String(port)}`, "--delay", "0", "--json"],
      ...["--ca", certificates().ca],
    );
    expect(await run.exit, run.errors).toBe(0);
    const report: Report = JSON.parse(run.text);
    return factsOfReport(report);
  }

  const servers = sampled(installedServers(), 3);

  /** A server of each kind, by the name of the configuration. */
  async function started(): Promise<ReadonlyMap<string, number>> {
    return new Map(
      await Promise.all(
        servers.map(
          async ({ name, start }) =>
            [name, await start(certificates())] as const,
        ),
      ),
    );
  }

  let probed: Promise<ReadonlyMap<string, Facts>> | undefined;

  /** Once, whichever other scanners there are. */
  function probeAll(): Promise<ReadonlyMap<string, Facts>> {
    probed ??= probeEach();
    return probed;
  }

  async function probeEach(): Promise<ReadonlyMap<string, Facts>> {
    const found = new Map<string, Facts>();
    for (const [name, port] of await started())
      found.set(name, await probe(port));
    return found;
  }

  describeProgram("sslyze", "sslyze", findSslyze(), () => {
    it("finds the same", { timeout: 300_000 }, async () => {
      const [ours, theirs] = await Promise.all([
        probeAll(),
        started().then(sslyze),
      ]);
      agree("sslyze", ours, theirs);
    });
  });

  describeProgram("testssl", "testssl.sh", findTestssl(), () => {
    it("finds the same", { timeout: 300_000 }, async () => {
      const targets = await started();
      const theirs = Promise.all(
        servers.map(
          async ({ name, inDepth = false }) =>
            [name, await testssl(targets.get(name) ?? 0, inDepth)] as const,
        ),
      );
      const [ours, all] = await Promise.all([probeAll(), theirs]);
      agree("testssl", ours, new Map(all));
    });
  });
});

/** Prints the agreement as a table; fails for a difference without a reason. */
function agree(
  scanner: "sslyze" | "testssl",
  ours: ReadonlyMap<string, Facts>,
  theirs: ReadonlyMap<string, Facts>,
): void {
  const lines: string[] = [];
  const unexplained: string[] = [];
  const used = new Set<Difference>();
  for (const [name, own] of ours) {
    const other = theirs.get(name);
    const all = DIFFERENCES.find(
      (one) => one.scanner === scanner && one.fact === "all" && one.at === name,
    );
    if (other === undefined && all !== undefined) {
      used.add(all);
      continue;
    }
    const shared = [...own].filter(([fact]) => other?.has(fact));
    let same = 0;
    for (const [fact, value] of shared) {
      const said = other?.get(fact);
      if (said === value) {
        same++;
        continue;
      }
      const known = DIFFERENCES.find(
        (one) =>
          one.scanner === scanner &&
          one.fact === fact &&
          (one.at === "*" || one.at === name),
      );
      if (known !== undefined) used.add(known);
      else
        unexplained.push(
          `${name}: ${fact}\n  puretls ${value}\n  ${scanner} ${String(said)}`,
        );
    }
    const count = `${same} of ${shared.length}`;
    lines.push(`${name.padEnd(34)} ${count.padStart(8)}`);
    expect(shared.length, `${scanner} said nothing of ${name}`).toBeGreaterThan(
      1,
    );
  }
  const reasons = [...used].map(
    ({ at, fact, why }) => `${at}, ${fact}: ${why}`,
  );
  process.stdout.write(
    `\npuretls probe and ${scanner} agree\n${[...lines, ...reasons].join("\n")}\n`,
  );
  expect(unexplained.join("\n")).toBe("");
  const own = DIFFERENCES.filter((one) => one.scanner === scanner);
  if (THOROUGH) expect(own.filter((one) => !used.has(one))).toEqual([]);
}
