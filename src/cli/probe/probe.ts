/** `puretls probe`: what a server speaks, and how well. */
import {
  type Command,
  CommandError,
  readAddress,
  readArguments,
  readOperands,
  type Terminal,
  writeOut,
} from "../command.ts";
import type { TrustStore } from "../../x509/index.ts";
import { readTrustStore } from "../cert/verify.ts";
import { starttlsPort } from "../connect/starttls/starttls.ts";
import { readServerName, readTarget } from "../connect/target.ts";
import {
  Caller,
  type CallOptions,
  NoConnection,
  TooManyCalls,
} from "./calls.ts";
import { scanCertificates } from "./certificates.ts";
import { scanGroups, scanSchemes } from "./exchange.ts";
import {
  addEmbeddedTimestamps,
  scanAlpn,
  scanEncrypted,
  scanExtensions,
  scanFallback,
} from "./extensions.ts";
import { grade } from "./grade.ts";
import { HELP, OPTIONS, type Values } from "./options.ts";
import { emptyReport, type Report } from "./report.ts";
import { scanRetry } from "./retry.ts";
import { Scan } from "./scan.ts";
import { scanSessions } from "./sessions.ts";
import { columnsOf } from "../text/width.ts";
import { reportText } from "./text.ts";
import { scanTolerance } from "./tolerance.ts";
import { scanSuites, scanVersions } from "./versions.ts";
import { weaknessesOf } from "./weaknesses.ts";
import { jsonText } from "../text/json.ts";

export const probe: Command = {
  name: "probe",
  summary: "probe a server: what it speaks, and how well",
  help: HELP,
  options: OPTIONS,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(args, OPTIONS);
    const [operand] = readOperands(positionals, 1);
    const least = values["at-least"];
    const { about, calls } = readPlan(values, operand, terminal.signal);
    const trustStore = await readTrustStore(values.ca, terminal);
    const report = await examine(about, calls, trustStore, (text) => {
      if (values.quiet !== true) tellProgress(terminal, text);
    });
    await writeOut(
      terminal,
      values.json === true ? jsonText(report) : reportText(report),
    );
    return least !== undefined && report.grade > least ? 1 : 0;
  },
};

type About = Pick<Report, "host" | "port" | "serverName" | "starttls">;

function readPlan(
  values: Values,
  operand: string | undefined,
  signal: AbortSignal,
): { readonly about: About; readonly calls: CallOptions } {
  const starttls = values.starttls ?? null;
  const usual = starttls === null ? 443 : starttlsPort(starttls);
  const { host, port } = readTarget(operand, usual);
  const { ipv4, ipv6 } = values;
  if (ipv4 === true && ipv6 === true)
    throw new CommandError("-4 and -6 contradict each other");
  const to = values["connect-to"];
  const serverName = readServerName(values.servername, host);
  return {
    about: { host, port, serverName, starttls },
    calls: {
      ...(to === undefined ? { host, port } : readAddress(to, port)),
      family: ipv4 === true ? 4 : ipv6 === true ? 6 : 0,
      serverName,
      starttls,
      delay: readNumber("--delay", values.delay, 50, 0),
      timeout: 1000 * readNumber("--timeout", values.timeout, 5, 1),
      most: readNumber("--max-connections", values["max-connections"], 400, 1),
      signal,
    },
  };
}

function readNumber(
  option: string,
  text: string | undefined,
  usual: number,
  least: number,
): number {
  if (text === undefined) return usual;
  const value = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (value < least)
    throw new CommandError(
      `${option} takes a whole number from ${least} to 99999, not "${text}"`,
    );
  return value;
}

/** The parts of a probe, in the order in which they need each other. */
const PARTS: readonly {
  readonly name: string;
  readonly run: (scan: Scan) => Promise<void>;
}[] = [
  { name: "versions", run: scanVersions },
  { name: "suites", run: scanSuites },
  { name: "groups", run: scanGroups },
  { name: "signatures", run: scanSchemes },
  { name: "extensions", run: scanExtensions },
  { name: "what is encrypted", run: scanEncrypted },
  { name: "fallback", run: scanFallback },
  { name: "ALPN", run: scanAlpn },
  { name: "sessions", run: scanSessions },
  { name: "unusual hellos", run: scanTolerance },
  { name: "HelloRetryRequest", run: scanRetry },
];

/** @throws Error where there is no TLS server */
async function examine(
  about: About,
  calls: CallOptions,
  trustStore: TrustStore,
  progress: (text: string | undefined) => void,
): Promise<Report> {
  const caller = new Caller(calls);
  const report = emptyReport({ ...about, address: calls.host });
  const scan = new Scan(caller, report);
  try {
    for (const { name, run } of PARTS) {
      progress(`${name} (${caller.made} connections so far)`);
      await run(scan);
      if (name === "versions") requireVersion(report);
    }
    progress(`certificates (${caller.made} connections so far)`);
    await scanCertificates(scan, trustStore);
  } catch (error) {
    const isEnd =
      error instanceof TooManyCalls || error instanceof NoConnection;
    if (!isEnd) throw error;
    requireVersion(report, error);
    report.complete = false;
    report.stopped = error.message;
  } finally {
    progress(undefined);
  }
  addEmbeddedTimestamps(scan);
  const { seen, repeated } = scan.shares;
  report.keyShareReuse = seen < 2 ? null : repeated > 0;
  report.connections = caller.made;
  report.address = caller.address;
  report.weaknesses = weaknessesOf(report);
  grade(report);
  return report;
}

/** @throws Error where no version was found */
function requireVersion({ host, port, versions }: Report, cause?: Error): void {
  if (Object.values(versions).includes(true)) return;
  throw new Error(
    cause?.message ??
      `${host}:${port} speaks no version of TLS that it was asked for`,
    { cause },
  );
}

/** One line that the next one takes the place of; on terminals alone. */
function tellProgress({ stderr }: Terminal, text: string | undefined): void {
  if (!("isTTY" in stderr && stderr.isTTY === true)) return;
  const line = text === undefined ? "" : `probing: ${text}`;
  // To the first column, and that row erased: a second one would stay.
  stderr.write(`\r\u001b[K${line.slice(0, (columnsOf(stderr) ?? 80) - 1)}`);
}
