/** Known weaknesses, as far as the findings of hellos show them. */
import type { Report, WeaknessFinding } from "./report.ts";
import {
  has64BitBlocks,
  isAnonymous,
  isCbc,
  isDes,
  isExport,
  isNull,
  isRc4,
  isStaticRsa,
} from "./suites.ts";

/** Each weakness, with what shows it. */
export function weaknessesOf(report: Report): readonly WeaknessFinding[] {
  const all = Object.values(report.suites).flatMap(({ names }) => names);
  const old = ["SSLv3", "TLSv1.0"] as const;
  const oldNames = old.flatMap((name) => report.suites[name]?.names ?? []);
  const suites = (
    name: string,
    test: (suite: string) => boolean,
    of: readonly string[] = all,
  ): WeaknessFinding => {
    const found = [...new Set(of.filter(test))];
    return {
      name,
      found: found.length > 0,
      says: found.length > 0 ? found.join(", ") : "no such suite",
    };
  };
  const fact = (
    name: string,
    found: boolean | null | undefined,
    yes: string,
    no: string,
  ): WeaknessFinding => ({
    name,
    found: found === true,
    says: found === true ? yes : found === false ? no : "not known",
  });
  const { versions, extensions, dhBits, signatureSchemes } = report;
  const [least] = dhBits;
  const schemes = signatureSchemes["TLSv1.2"] ?? [];
  const spoken = Object.values(versions).filter((is) => is).length;
  return [
    fact("DROWN", versions.SSLv2, "SSLv2 is spoken", "no SSLv2"),
    fact("POODLE", versions.SSLv3, "SSLv3 is spoken", "no SSLv3"),
    suites("BEAST", isCbc, oldNames),
    suites("RC4", isRc4),
    suites("SWEET32", has64BitBlocks),
    suites("DES", isDes),
    suites("export suites (FREAK)", isExport),
    suites("anonymous suites", isAnonymous),
    suites("NULL suites", isNull),
    suites("static RSA", isStaticRsa),
    fact(
      "Logjam",
      least === undefined ? false : least <= 1024,
      `a prime of ${String(least)} bits`,
      least === undefined ? "no DHE" : `primes of ${dhBits.join(", ")} bits`,
    ),
    fact("CRIME", extensions.compression, "DEFLATE is taken", "no compression"),
    fact(
      "insecure renegotiation",
      negated(extensions.renegotiationInfo),
      "no renegotiation_info",
      "renegotiation_info is answered",
    ),
    fact(
      "Heartbeat",
      extensions.heartbeat,
      "the extension is answered: Heartbleed is not tried",
      "the extension is not answered",
    ),
    fact(
      "downgrade without a signal",
      spoken > 1 ? negated(report.fallbackSignal) : false,
      "TLS_FALLBACK_SCSV is ignored",
      "TLS_FALLBACK_SCSV is obeyed, or there is one version",
    ),
    fact(
      "SHA-1 signatures",
      schemes.some((name) => /_sha1$|_md5$/.test(name)) ||
        versions["TLSv1.0"] === true ||
        versions["TLSv1.1"] === true,
      schemes.filter((name) => /_sha1$|_md5$/.test(name)).join(", ") ||
        "TLS 1.0 and 1.1 have no others",
      "none",
    ),
    fact(
      "key share used again",
      report.keyShareReuse,
      "an ephemeral key came twice",
      "each ephemeral key came once",
    ),
  ];
}

function negated(value: boolean | null): boolean | null {
  return value === null ? null : !value;
}
