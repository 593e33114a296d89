/** A report for people. */
import { printable, printableAgain } from "../../bytes.ts";
import type { Ordered, Report, SessionFinding } from "./report.ts";

/** Columns of the words before a value. */
const WORDS = 16;

/** All findings; what was not looked at is left out. */
export function reportText(report: Report): string {
  const { host, port, address, serverName, starttls, versions } = report;
  const spoken = Object.entries(versions).flatMap(([name, is]) =>
    is ? [name] : [],
  );
  return [
    fact("server", `${host}:${port} (${address})`),
    ...(serverName === host ? [] : [fact("name", serverName)]),
    ...(starttls === null ? [] : [fact("starttls", starttls)]),
    fact("versions", spoken.sort().reverse().join(", ") || "none"),
    "",
    ...Object.entries(report.suites).flatMap(([name, list]) =>
      block(`suites of ${name}`, list),
    ),
    ...Object.entries(report.groups).flatMap(([name, list]) =>
      inline(`groups ${name.slice(4)}`, list),
    ),
    ...Object.entries(report.signatureSchemes).map(([name, list]) =>
      fact(`schemes ${name.slice(4)}`, list.join(", ") || "none"),
    ),
    ...(report.dhBits.length === 0
      ? []
      : [fact("DH primes", `${report.dhBits.join(", ")} bits`)]),
    ...(report.alpn === null ? [] : inline("ALPN", report.alpn)),
    ...Object.entries(report.sessions).map(([name, one]) =>
      fact(`sessions ${name.slice(4)}`, sessionText(one)),
    ),
    ...certificateLines(report),
    "",
    ...extensionLines(report),
    "",
    ...toleranceLines(report),
    ...weaknessLines(report),
    fact("grade", gradeText(report)),
    ...report.reasons.map(({ limit, says, by }) =>
      fact("", `${limit}: ${says} [${by}]`),
    ),
    fact("Mozilla", report.mozilla ?? "no profile is kept"),
    fact("connections", String(report.connections)),
    ...(report.stopped === null
      ? []
      : [fact("", `not complete: ${report.stopped}`)]),
    "",
  ].join("\n");
}

function fact(name: string, value: string): string {
  return `${name.padEnd(WORDS)}${printableAgain(value, 2000)}`.trimEnd();
}

function orderText({ serverOrder }: Ordered): string {
  return serverOrder === null
    ? ""
    : serverOrder
      ? "the server's order"
      : "the client's order";
}

function block(title: string, list: Ordered): string[] {
  const order = orderText(list);
  return [
    order === "" ? title : `${title}, in ${order}`,
    ...(list.names.length === 0 ? ["  none"] : []),
    ...list.names.map((name) => `  ${printable(name)}`),
    "",
  ];
}

function inline(name: string, list: Ordered): string[] {
  const order = orderText(list);
  const text = list.names.join(", ") || "none";
  return [fact(name, order === "" ? text : `${text} (${order})`)];
}

function sessionText(one: SessionFinding): string {
  const { tickets, lifetime, resumedByTicket, resumedById } = one;
  const life = lifetime === null ? "" : ` of ${lifetime} s`;
  const ways = [
    ...(resumedByTicket ? ["by ticket"] : []),
    ...(resumedById === true ? ["by session ID"] : []),
  ];
  const early = one.maxEarlyData ?? 0;
  return [
    `${tickets} ${tickets === 1 ? "ticket" : "tickets"}${life}`,
    ways.length === 0 ? "not resumed" : `resumed ${ways.join(" and ")}`,
    ...(early > 0 ? [`0-RTT, ${early} bytes`] : []),
  ].join("; ");
}

function certificateLines({ certificates }: Report): string[] {
  return certificates.flatMap((one, at) => [
    "",
    fact(`certificate ${at + 1}`, one.subject),
    fact("  key", one.publicKey),
    fact("  issuer", one.issuer),
    fact("  signature", one.signature),
    fact("  valid until", one.validUntil),
    fact("  chain", `${one.chainLength} sent`),
    fact("  verification", one.valid ? "ok" : one.faults.join("; ")),
  ]);
}

function extensionLines(report: Report): string[] {
  const { extensions, encryptedClientHello: ech } = report;
  const retry = report.helloRetryRequest;
  const rows: readonly (readonly [string, boolean | null])[] = [
    ["renegotiation_info", extensions.renegotiationInfo],
    ["extended main secret", extensions.extendedMainSecret],
    ["encrypt-then-MAC", extensions.encryptThenMac],
    ["fallback signal", report.fallbackSignal],
    ["downgrade sentinel", report.downgradeSentinel],
    ["OCSP stapling", report.ocspStapling],
    ["ECH", ech],
    ["asks for a client certificate", report.asksForClientCertificate],
    ["NPN", extensions.nextProtocolNegotiation],
  ];
  const has = (wanted: boolean): string =>
    rows.flatMap(([name, is]) => (is === wanted ? [name] : [])).join(", ");
  const { timestamps, certificateCompression: packed } = report;
  return [
    fact("has", has(true) || "none of these"),
    fact("has not", has(false)),
    ...(timestamps === null
      ? []
      : [fact("timestamps", timestamps.join(", ") || "none")]),
    ...(packed === null
      ? []
      : [
          fact(
            "compression",
            `of certificates: ${packed.join(", ") || "none"}`,
          ),
        ]),
    ...(retry === null
      ? []
      : [
          fact(
            "HelloRetryReq.",
            retry.asks
              ? `asks for ${String(retry.group)}${retry.cookie ? ", with a cookie" : ""}; ${retry.completes ? "leads on" : "does not lead on"}`
              : "not sent",
          ),
        ]),
  ];
}

function toleranceLines({ tolerance }: Report): string[] {
  if (tolerance.length === 0) return [];
  const bad = tolerance.filter(({ tolerant }) => !tolerant);
  const count = `${tolerance.length - bad.length} of ${tolerance.length} unusual hellos`;
  return [
    fact("bears", count),
    ...bad.map(({ name, answer }) => fact("  refuses", `${name}: ${answer}`)),
    "",
  ];
}

function weaknessLines({ weaknesses }: Report): string[] {
  const bad = weaknesses.filter(({ found }) => found);
  return [
    fact("weaknesses", bad.length === 0 ? "none of those that are known" : ""),
    ...bad.map(({ name, says }) => `  ${name}: ${printable(says, 2000)}`),
    "",
  ];
}

function gradeText({ grade, gradeIfTrusted }: Report): string {
  return grade === gradeIfTrusted
    ? grade
    : `${grade} (${gradeIfTrusted} if its certificate were trusted)`;
}
