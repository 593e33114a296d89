/** A grade, the rules that set it, and Mozilla's profiles. */
import type { Report, VersionName } from "./report.ts";
import { has64BitBlocks, isForwardSecret, isStaticRsa } from "./suites.ts";

type Grade = "A" | "B" | "C" | "F";
type Reason = Report["reasons"][number];

interface Rule {
  /** The best grade of a server that breaks it. */
  readonly limit: Grade;
  readonly says: string;
  readonly by: string;
  readonly broken: (report: Report) => boolean;
}

const found =
  (name: string) =>
  ({ weaknesses }: Report): boolean =>
    weaknesses.some((one) => one.name === name && one.found);

const speaks =
  (...names: readonly VersionName[]) =>
  ({ versions }: Report): boolean =>
    names.some((name) => versions[name] === true);

const leastPrime = ({ dhBits: [least = Infinity] }: Report): number => least;

const suitesIn = ({ suites }: Report): readonly string[] =>
  Object.values(suites).flatMap(({ names }) => names);

const RULES: readonly Rule[] = [
  row("F", "SSL 2.0 is spoken", "RFC 6176", speaks("SSLv2")),
  row("F", "SSL 3.0 is spoken", "RFC 7568", speaks("SSLv3")),
  row("F", "suites without encryption", "RFC 9325 4.1", found("NULL suites")),
  row(
    "F",
    "suites without authentication",
    "RFC 9325 4.1",
    found("anonymous suites"),
  ),
  row(
    "F",
    "export suites, broken in hours",
    "RFC 9325 4.1",
    found("export suites (FREAK)"),
  ),
  row("F", "DES, with keys of 56 bits", "RFC 5469", found("DES")),
  row("F", "compression (CRIME)", "RFC 9325 3.3", found("CRIME")),
  row(
    "F",
    "renegotiation that others can begin",
    "RFC 5746",
    found("insecure renegotiation"),
  ),
  row(
    "F",
    "a Diffie-Hellman prime below 1024 bits (Logjam)",
    "RFC 9325 4.1",
    (report) => leastPrime(report) < 1024,
  ),
  row("C", "RC4", "RFC 7465", found("RC4")),
  row("C", "ciphers of 64-bit blocks (SWEET32)", "RFC 9325 4.1", (report) =>
    suitesIn(report).some(has64BitBlocks),
  ),
  row(
    "C",
    "a Diffie-Hellman prime below 2048 bits",
    "RFC 9325 4.1",
    (report) => leastPrime(report) < 2048,
  ),
  row(
    "C",
    "TLS 1.0 or 1.1 is spoken",
    "RFC 8996",
    speaks("TLSv1.0", "TLSv1.1"),
  ),
  row("C", "no suite with forward secrecy", "RFC 9325 4.1", (report) => {
    const names = suitesIn(report);
    return names.length > 0 && !names.some(isForwardSecret);
  }),
  row("C", "a hello that is allowed is refused", "RFC 9846 9.3", (report) =>
    report.tolerance.some(({ tolerant }) => !tolerant),
  ),
  row(
    "C",
    "HelloRetryRequest does not lead on",
    "RFC 9846 4.2.4",
    ({ helloRetryRequest: retry }) => retry?.asks === true && !retry.completes,
  ),
  row("B", "TLS 1.3 is not spoken", "RFC 9325 3.1.1", ({ versions }) => {
    return versions["TLSv1.3"] === false;
  }),
  row("B", "static RSA, without forward secrecy", "RFC 9325 4.1", (report) =>
    suitesIn(report).some(isStaticRsa),
  ),
  row("B", "signatures with SHA-1", "RFC 9155", found("SHA-1 signatures")),
  row(
    "B",
    "no extended main secret in TLS 1.2",
    "RFC 7627",
    ({ extensions }) => extensions.extendedMainSecret === false,
  ),
  row(
    "B",
    "an ephemeral key is used again",
    "RFC 9325 7.4",
    (report) => report.keyShareReuse === true,
  ),
  row(
    "B",
    "the Heartbeat extension, which nobody needs over TCP",
    "RFC 6520",
    found("Heartbeat"),
  ),
  row(
    "B",
    "TLS_FALLBACK_SCSV is ignored",
    "RFC 7507",
    found("downgrade without a signal"),
  ),
];

function row(
  limit: Grade,
  says: string,
  by: string,
  broken: (report: Report) => boolean,
): Rule {
  return { limit, says, by, broken };
}

/** Sets the grade, its reasons and the profile of a report. */
export function grade(report: Report): void {
  const reasons: Reason[] = RULES.filter(({ broken }) => broken(report)).map(
    ({ limit, says, by }) => ({ limit, says, by }),
  );
  const worst = ["F", "C", "B"].find((letter) =>
    reasons.some(({ limit }) => limit === letter),
  );
  report.gradeIfTrusted = worst ?? "A";
  const faults = report.certificates.flatMap((one) => one.faults);
  const [fault] = faults;
  if (fault !== undefined)
    reasons.unshift({ limit: "T", says: fault, by: "RFC 5280" });
  report.grade = fault === undefined ? report.gradeIfTrusted : "T";
  report.reasons = reasons;
  report.mozilla = profileOf(report);
}

interface Profile {
  readonly name: "modern" | "intermediate" | "old";
  readonly versions: readonly VersionName[];
  readonly suites: RegExp;
  readonly groups: RegExp;
  readonly prime: number;
}

const OF_13 = "AES_128_GCM_SHA256|AES_256_GCM_SHA384|CHACHA20_POLY1305_SHA256";
const AEAD =
  "(ECDHE_ECDSA|ECDHE_RSA|DHE_RSA)_WITH_(AES_128_GCM_SHA256|AES_256_GCM_SHA384|CHACHA20_POLY1305_SHA256)";
const BLOCKS =
  "(ECDHE_ECDSA_|ECDHE_RSA_|DHE_RSA_|RSA_)WITH_AES_(128|256)_(CBC|GCM)_SHA(256|384)?|RSA_WITH_3DES_EDE_CBC_SHA";
const GROUPS = /^(X25519MLKEM768|x25519|secp256r1|secp384r1|ffdhe(2048|3072))$/;

/** Server Side TLS 5.7, wiki.mozilla.org/Security/Server_Side_TLS. */
const PROFILES: readonly Profile[] = [
  {
    name: "modern",
    versions: ["TLSv1.3"],
    suites: new RegExp(`^TLS_(${OF_13})$`),
    groups: GROUPS,
    prime: 2048,
  },
  {
    name: "intermediate",
    versions: ["TLSv1.2", "TLSv1.3"],
    suites: new RegExp(`^TLS_(${OF_13}|${AEAD})$`),
    groups: GROUPS,
    prime: 2048,
  },
  {
    name: "old",
    versions: ["TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"],
    suites: new RegExp(`^TLS_(${OF_13}|${AEAD}|${BLOCKS})$`),
    groups: GROUPS,
    prime: 1024,
  },
];

function profileOf(report: Report): Report["mozilla"] {
  const spoken = Object.entries(report.versions).flatMap(([name, is]) =>
    is ? [name] : [],
  );
  const groups = Object.values(report.groups).flatMap(({ names }) => names);
  const kept = PROFILES.find(
    ({ versions, suites, groups: allowed, prime }) =>
      spoken.every((name) => versions.some((one) => one === name)) &&
      suitesIn(report).every((name) => suites.test(name)) &&
      groups.every((name) => allowed.test(name)) &&
      leastPrime(report) >= prime,
  );
  return kept?.name ?? null;
}
