/**
 * The checks of a library, with Node's own `tls` and with ours: each must come
 * to the same, in the words and codes of the library.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { Certificates } from "../support/certificates.ts";
import { probe } from "../support/probe.ts";
import { reportMissing } from "../support/scenarios/peers.ts";
import { runChecks } from "./run.ts";
import type { Library, Report, Tls } from "./run.ts";

const PACKAGES = join(
  dirname(fileURLToPath(import.meta.url)),
  "../peers/node_modules",
);

export type Role = "client" | "server";

export interface Suite extends Library {
  readonly title: string;
  /** The package from npm, where Node does not bring it. */
  readonly package?: string;
  /** The roles in which the library meets our implementation. */
  readonly roles: readonly Role[];
  /** Checks whose words differ from run to run, with Node's `tls` too. */
  readonly varies?: readonly string[];
}

const CONTROL: Tls = "node:tls";

/** The outcome with Node's `tls`, of the checks that have one for all libraries. */
const EXPECTED: Readonly<Record<string, unknown>> = {
  "request and answer": expect.stringMatching(/^hello/),
  "10 MiB both ways": "the same",
  "one connection for three requests": 1,
  "wrong name": expect.stringMatching(/altname/i),
  "wrong authority": expect.stringMatching(
    /self.signed|UNABLE_TO_VERIFY_LEAF_SIGNATURE/i,
  ),
  "an idle connection is left": "hello",
  "unhandled errors": [],
  "the process ends": 0,
};

/** Takes refusals for the same: the system decides whether alert or reset is seen first. */
function refusedAlike({ [UNCERTIFIED]: seen }: Report): Report {
  const isRefusal = /^(ECONNRESET|EPIPE|ERR_SSL_\w*ALERT_\w+)$/.test(
    String(seen),
  );
  return isRefusal ? { [UNCERTIFIED]: "refused" } : {};
}

const UNCERTIFIED = "no client certificate";

/** A describe for the library; skipped by name where something is missing. */
export function librarySuite(
  suite: Suite,
  certificates: () => Certificates,
): void {
  const { title, server, roles, varies = [] } = suite;
  if (skips(suite)) return;
  describe(title, () => {
    const reports = new Map<string, Report>();
    const sides = [
      { name: "control", client: CONTROL, server: CONTROL },
      ...roles.map((role) => ({
        ...{ name: role, client: CONTROL, server: CONTROL },
        [role]: "puretls" as const,
      })),
    ];
    beforeAll(async () => {
      const runs = sides.map(async (side) => {
        reports.set(side.name, await runChecks(suite, side, certificates()));
      });
      await Promise.all(runs);
    });

    it("shows all checks with node:tls", () => {
      const control = reports.get("control");
      expect(control).toMatchObject(
        Object.fromEntries(
          Object.entries(EXPECTED).filter(([name]) => name in (control ?? {})),
        ),
      );
      expect(JSON.stringify(control)).not.toContain("nothing happened");
    });

    for (const role of roles)
      it(`shows the same with puretls as its ${role}`, () => {
        const [ours = {}, control = {}] = [role, "control"].map((name) =>
          reports.get(name),
        );
        for (const name of varies)
          expect(ours[name]).not.toMatch(/nothing happened/);
        // No empty show: the library reached our implementation.
        const reached = `the ${role}'s TLS`;
        expect(ours[reached]).toBe("puretls");
        expect(control[reached]).toBe("node:tls");
        const compared = (report: Report) => ({
          ...report,
          ...refusedAlike(report),
          ...Object.fromEntries(
            [...varies, reached].map((name) => [name, "varies"]),
          ),
        });
        expect(compared(ours)).toEqual(compared(control));
      });
  });

  function skips({ package: name }: Suite): boolean {
    if (name !== undefined && !existsSync(join(PACKAGES, name))) {
      const reason = `the package ${name} is not installed (npm run peers)`;
      reportMissing("libraries", reason);
      return true;
    }
    if (typeof server === "string") return false;
    const found = probe(server.needs);
    if (!("missing" in found)) return false;
    reportMissing(server.name, found.missing);
    return true;
  }
}
