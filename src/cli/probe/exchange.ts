/** Key exchange: groups, primes, and the schemes of the signatures about it. */
import { NO_BYTES } from "../../bytes.ts";
import { GROUPS } from "../../handshake/registries/groups.ts";
import { Certificate, X509Error } from "../../x509/index.ts";
import { bitLength } from "./answer.ts";
import { CODES_13, CURVE_CODES, groupName } from "./group-names.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import { Reader } from "../../wire/reader.ts";
import type { Answer } from "./answer.ts";
import {
  inOrder,
  type Scan,
  schemeName,
  SCHEMES,
  SCHEMES_13,
  taken,
} from "./scan.ts";
import { suitesOf } from "./versions.ts";

/** Groups of TLS 1.3 by what a server asks for, of earlier ones by their use. */
export async function scanGroups(scan: Scan): Promise<void> {
  const { report, before13 } = scan;
  if (scan.speaks("TLSv1.3"))
    report.groups["TLSv1.3"] = await inOrder(
      CODES_13,
      groupName,
      async (groups) =>
        groupOf(await scan.ask(scan.hello("TLSv1.3", { groups }))),
    );
  if (before13 === undefined || before13 === "SSLv3") return;
  const curves = suitesOf(scan, before13, /^TLS_ECDHE_|^TLS_ECDH_anon_/);
  if (curves.length > 0)
    report.groups["TLSv1.2"] = await inOrder(
      CURVE_CODES,
      groupName,
      async (groups) => {
        const own = certificateCurve(scan);
        const rest = own === undefined || groups.includes(own) ? [] : [own];
        const more = { groups: [...groups, ...rest], suites: curves };
        const answer = await scan.ask(scan.hello(before13, more), "done");
        return answer.kind === "hello" ? answer.exchange?.group : undefined;
      },
    );
  await scanPrimes(scan, before13);
}

/**
 * The curve of an ECDSA certificate that was seen, without which a client of
 * TLS 1.2 cannot be shown it (RFC 8422 5.1): each hello must have it.
 */
function certificateCurve(scan: Scan): number | undefined {
  for (const [leaf] of scan.chains.values())
    try {
      const { subjectPublicKeyInfo } = Certificate.parse(leaf ?? NO_BYTES);
      const { key } = subjectPublicKeyInfo;
      if (key.type === "ec") return GROUPS[key.curve];
    } catch (error) {
      if (!(error instanceof X509Error)) throw error;
    }
  return undefined;
}

/** The group that a hello of TLS 1.3 names: of a share, or asked for. */
export function groupOf(answer: Answer): number | undefined {
  if (answer.kind !== "hello") return undefined;
  const body = answer.hello.extensions.get(ExtensionType.key_share);
  return body === undefined || body.length < 2
    ? undefined
    : new Reader(body, "key_share").u16();
}

async function scanPrimes(
  scan: Scan,
  version: "TLSv1.2" | "TLSv1.1" | "TLSv1.0",
): Promise<void> {
  const all = suitesOf(scan, version, /^TLS_DHE_|^TLS_DH_anon_/);
  const exports = suitesOf(scan, version, /^TLS_DHE_.*_EXPORT/);
  const bits = new Set<number>();
  for (const suites of [all, exports]) {
    if (suites.length === 0) continue;
    // Twice: an ephemeral key that is used again shows.
    for (let times = 0; times < 2; times++) {
      const answer = await scan.ask(scan.hello(version, { suites }), "done");
      const exchange = answer.kind === "hello" ? answer.exchange : undefined;
      if (exchange?.prime !== undefined) bits.add(bitLength(exchange.prime));
    }
  }
  scan.report.dhBits = [...bits].sort((a, b) => a - b);
}

/** Signature schemes, in the order in which the server takes them. */
export async function scanSchemes(scan: Scan): Promise<void> {
  const { report } = scan;
  const names: string[] = [];
  // By the kind of key: a server first chooses the suite, and by it the key.
  for (const kind of ["ECDSA", "RSA", "DSS"]) {
    const pattern = new RegExp(`^TLS_(ECDHE|DHE)_${kind}_`);
    const suites = suitesOf(scan, "TLSv1.2", pattern);
    if (suites.length === 0) continue;
    const found = await taken(SCHEMES, async (schemes) => {
      const hello = scan.hello("TLSv1.2", { suites, schemes });
      const answer = await scan.ask(hello, "done");
      return answer.kind === "hello" ? answer.exchange?.scheme : undefined;
    });
    names.push(...found.map(schemeName));
  }
  if (scan.speaks("TLSv1.2")) report.signatureSchemes["TLSv1.2"] = names;
  if (!scan.speaks("TLSv1.3")) return;
  const name = async (schemes: readonly string[]) => {
    const met = await scan.meet({ version: "1.3", schemes });
    return met?.scheme === undefined ? undefined : schemeName(met.scheme);
  };
  report.signatureSchemes["TLSv1.3"] = await taken<string>(SCHEMES_13, name);
}
