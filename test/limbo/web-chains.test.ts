/**
 * Chains that servers of the web have sent (x509-limbo's `online` cases),
 * validated under the system's own CA bundle instead of the case's one root, and
 * under the roots of puretls/roots.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import { mozillaRoots } from "../../src/roots/index.ts";
import { createVerifier, parsePem, TrustStore } from "../../src/x509/index.ts";

interface WebCase {
  readonly id: string;
  readonly untrusted_intermediates: readonly string[];
  readonly peer_certificate: string;
  readonly validation_time: string;
  readonly expected_peer_name: { readonly value: string };
}

const BUNDLE = "/etc/ssl/certs/ca-certificates.crt";
const folder = process.env["PURETLS_VECTORS"] ?? "";
const file = join(folder, "limbo", "limbo.json");
const found = folder !== "" && existsSync(file) && existsSync(BUNDLE);

const web = found ? describe : describe.skip;

web(`chains of the web (needs PURETLS_VECTORS and ${BUNDLE})`, () => {
  const cases: readonly WebCase[] = found
    ? (
        JSON.parse(readFileSync(file, "utf8")) as {
          testcases: readonly WebCase[];
        }
      ).testcases.filter(({ id }) => id.startsWith("online::"))
    : [];
  const ofMozilla = new TrustStore();
  ofMozilla.addBundle(
    { certificates: mozillaRoots.certificates(), skipped: [] },
    mozillaRoots.name,
  );
  const stores = [
    [
      "the system's roots",
      found ? TrustStore.of(readFileSync(BUNDLE)) : ofMozilla,
    ],
    ["puretls/roots", ofMozilla],
  ] as const;

  it("are there", () => {
    expect(cases.length).toBeGreaterThan(5);
  });

  it.each(
    cases.flatMap((one) =>
      stores.map(([name, store]) => [one.id, name, one, store] as const),
    ),
  )("%s, by %s", (_, __, one, trustStore) => {
    const verifier = createVerifier({ provider: noble, trustStore });
    const certificates = [
      one.peer_certificate,
      ...one.untrusted_intermediates,
    ].flatMap((text) => parsePem(text).map(({ der }) => der));
    const at = (serverName: string, now: number) =>
      ({ purpose: "serverAuth", serverName, now }) as const;
    const now = Date.parse(one.validation_time);
    const host = one.expected_peer_name.value;
    const { path } = verifier.verify({ certificates }, at(host, now));
    expect(path.length).toBeGreaterThan(2);
    expect(trustStore.certificates).toContain(path[path.length - 1]);
    expect(() =>
      verifier.verify({ certificates }, at(`no.${host}.example`, now)),
    ).toThrow(/not valid for the expected name/);
    const later = now + 10 * 365 * 86_400_000;
    expect(() => verifier.verify({ certificates }, at(host, later))).toThrow(
      /expired/,
    );
  });
});
