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
import { type Configuration, installedServers } from "./servers.ts";

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

  /** A server of each kind, by the name of the configuration. */
  async function started(
    servers: readonly Configuration[],
  ): Promise<ReadonlyMap<string, number>> {
    return new Map(
      await Promise.all(
        servers.map(
          async ({ name, start }) =>
            [name, await start(certificates())] as const,
        ),
      ),
    );
  }

  async function probeEach(targets: Targets): Promise<Found> {
    const found = new Map<string, Facts>();
    for (const [name, port] of targets) found.set(name, await probe(port));
    return found;
  }

  /**
   * Asks both; where they differ without a reason both are asked once more, since
   * a scanner leaves out what a busy machine answers late.
   */
  async function compare(
    scanner: Scanner,
    servers: readonly Configuration[],
    scan: (targets: Targets) => Promise<Found>,
  ): Promise<void> {
    const targets = await started(servers);
    const ask = async (some: Targets): Promise<readonly [Found, Found]> =>
      Promise.all([probeEach(some), scan(some)]);
    const [ours, theirs] = (await ask(targets)).map((one) => new Map(one));
    if (ours === undefined || theirs === undefined) throw new Error("no facts");
    const doubtful = [...targets].filter(
      ([name]) => compared(scanner, name, ours, theirs).unexplained.length > 0,
    );
    if (doubtful.length > 0) {
      const [own, others] = await ask(new Map(doubtful));
      for (const [name, facts] of own) ours.set(name, facts);
      for (const [name, facts] of others) theirs.set(name, facts);
    }
    agree(scanner, ours, theirs);
  }

  describeProgram("sslyze", "sslyze", findSslyze(), () => {
    it("finds the same", { timeout: 300_000 }, () =>
      compare("sslyze", sampled(installedServers(), 3), sslyze),
    );
  });

  describeProgram("testssl", "testssl.sh", findTestssl(), () => {
    const scanned = installedServers().filter((one) => one.testssl);
    const inDepth = new Set(
      scanned.flatMap(({ name, testssl: at }) =>
        at === "suites" ? [name] : [],
      ),
    );
    it("finds the same", { timeout: 300_000 }, () =>
      compare("testssl", sampled(scanned, 3), async (targets) => {
        const all = [...targets].map(
          async ([name, port]) =>
            [name, await testssl(port, inDepth.has(name))] as const,
        );
        return new Map(await Promise.all(all));
      }),
    );
  });
});

type Scanner = Difference["scanner"];
type Targets = ReadonlyMap<string, number>;
type Found = ReadonlyMap<string, Facts>;

interface Compared {
  readonly same: number;
  readonly shared: number;
  readonly known: readonly Difference[];
  readonly unexplained: readonly string[];
}

/** Compares the findings of one server. */
function compared(
  scanner: Scanner,
  name: string,
  ours: Found,
  theirs: Found,
): Compared {
  const listed = DIFFERENCES.filter(
    (one) => one.scanner === scanner && (one.at === "*" || one.at === name),
  );
  const other = theirs.get(name);
  const none = listed.filter(({ fact }) => fact === "all");
  if (other === undefined && none.length > 0)
    return { same: 0, shared: 0, known: none, unexplained: [] };
  const shared = [...(ours.get(name) ?? [])].filter(([fact]) =>
    other?.has(fact),
  );
  if (shared.length < 2)
    return {
      ...{ same: 0, shared: shared.length, known: [] },
      unexplained: [`${name}: ${scanner} said nothing`],
    };
  const differing = shared.filter(
    ([fact, value]) => other?.get(fact) !== value,
  );
  const known = listed.filter(({ fact }) =>
    differing.some(([differs]) => differs === fact),
  );
  return {
    same: shared.length - differing.length,
    shared: shared.length,
    known,
    unexplained: differing
      .filter(([fact]) => known.every((one) => one.fact !== fact))
      .map(
        ([fact, value]) =>
          `${name}: ${fact}\n  puretls ${value}\n  ${scanner} ${String(other?.get(fact))}`,
      ),
  };
}

/** Prints the agreement as a table; fails for a difference without a reason. */
function agree(scanner: Scanner, ours: Found, theirs: Found): void {
  const results = [...ours.keys()].map(
    (name) => [name, compared(scanner, name, ours, theirs)] as const,
  );
  const used = new Set(results.flatMap(([, { known }]) => known));
  const lines = results.flatMap(([name, { same, shared }]) =>
    shared === 0
      ? []
      : [`${name.padEnd(34)} ${`${same} of ${shared}`.padStart(8)}`],
  );
  const reasons = [...used].map(
    ({ at, fact, why }) => `${at}, ${fact}: ${why}`,
  );
  process.stdout.write(
    `\npuretls probe and ${scanner} agree\n${[...lines, ...reasons].join("\n")}\n`,
  );
  const unexplained = results.flatMap(([, one]) => one.unexplained);
  expect(unexplained.join("\n")).toBe("");
  const own = DIFFERENCES.filter((one) => one.scanner === scanner);
  if (THOROUGH) expect(own.filter((one) => !used.has(one))).toEqual([]);
}
