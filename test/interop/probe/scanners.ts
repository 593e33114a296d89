/** Findings of three scanners in the same words: facts by name. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Report, VersionName } from "../../../src/cli/probe/report.ts";
import { type Probed, probe } from "../support/probe.ts";
import { temporaryFolder } from "../support/temporary.ts";

const run = promisify(execFile);

/** Milliseconds for one run of a scanner. */
const PATIENCE = 280_000;

export type Facts = ReadonlyMap<string, string>;

/** By the name of the configuration. */
export type Targets = ReadonlyMap<string, number>;

const SSLYZE = join(
  dirname(fileURLToPath(import.meta.url)),
  ...["..", "peers", "node_modules", ".sslyze"],
);
const PYTHON = { PYTHONPATH: SSLYZE, PYTHONDONTWRITEBYTECODE: "1" };

export function findSslyze(): Probed {
  const version = join(SSLYZE, "sslyze", "__version__.py");
  if (!existsSync(version))
    return { missing: "sslyze is not installed (npm run peers)" };
  const [, output = ""] =
    /__version__ = "([\d.]+)"/.exec(readFileSync(version, "utf8")) ?? [];
  return { output };
}

export function findTestssl(): Probed {
  const found = probe({
    source: "Debian package testssl.sh",
    programs: [["testssl", "--version"]],
  });
  if ("missing" in found) return found;
  const [, version = ""] = /testssl\S*\s+([\d.]+)/.exec(found.output) ?? [];
  return { output: version };
}

function list(names: Iterable<string>): string {
  return (
    [...names]
      .map((name) => name.toUpperCase())
      .sort()
      .join(" ") || "none"
  );
}

function word(value: boolean | null | undefined): string | undefined {
  return value === undefined || value === null
    ? undefined
    : value
      ? "yes"
      : "no";
}

/** Leaves out what was not found out. */
function facts(
  rows: readonly (readonly [string, string | undefined])[],
): Facts {
  return new Map(
    rows.flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    ),
  );
}

const VERSIONS = [
  ...(["SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1"] as const),
  ...(["TLSv1.2", "TLSv1.3"] as const),
];

const isCurve = (name: string): boolean => !/^ffdhe|MLKEM/.test(name);

/** Of a report of `puretls probe --json`. */
export function factsOfReport(report: Report): Facts {
  const { versions, suites, groups, extensions, sessions } = report;
  const of12 = sessions["TLSv1.2"];
  // The others look at the best version that the server speaks.
  const curves = groups["TLSv1.3"] ?? groups["TLSv1.2"];
  return facts([
    ["versions", list(VERSIONS.filter((name) => versions[name] === true))],
    ...VERSIONS.map(
      (name) => [`suites ${name}`, list(suites[name]?.names ?? [])] as const,
    ),
    ["curves", curves && list(curves.names.filter(isCurve))],
    ["certificates", list(report.certificates.map(({ sha256 }) => sha256))],
    ["compression", word(extensions.compression)],
    ["secure renegotiation", word(extensions.renegotiationInfo)],
    ["extended main secret", word(extensions.extendedMainSecret)],
    ["fallback signal", word(report.fallbackSignal)],
    ["early data", word((sessions["TLSv1.3"]?.maxEarlyData ?? 0) > 0)],
    ["tickets 1.2", word(of12?.resumedByTicket)],
    ["session IDs", word(of12?.resumedById)],
    ["ALPN", report.alpn ? list(report.alpn.names) : undefined],
  ]);
}

interface SslyzeSuites {
  readonly is_tls_version_supported: boolean;
  readonly accepted_cipher_suites: readonly {
    readonly cipher_suite: { readonly name: string };
  }[];
}

interface SslyzeResult {
  readonly certificate_info: {
    readonly certificate_deployments: readonly {
      readonly received_certificate_chain: readonly {
        readonly fingerprint_sha256: string;
      }[];
    }[];
  };
  readonly tls_compression: { readonly supports_compression: boolean };
  readonly tls_1_3_early_data: { readonly supports_early_data: boolean };
  readonly tls_fallback_scsv: { readonly supports_fallback_scsv: boolean };
  readonly session_renegotiation: {
    readonly supports_secure_renegotiation: boolean;
  };
  readonly session_resumption: {
    readonly session_id_resumption_result: string;
    readonly tls_ticket_resumption_result: string;
  };
  readonly elliptic_curves: {
    readonly supported_curves: readonly { readonly name: string }[] | null;
  };
  readonly tls_extended_master_secret: {
    readonly supports_ems_extension: boolean;
  };
}

/** Runs sslyze once for all of them. */
export async function sslyze(
  targets: Targets,
): Promise<ReadonlyMap<string, Facts>> {
  const file = join(temporaryFolder(), "sslyze.json");
  await run(
    "python3",
    [
      ...["-m", "sslyze", "--json_out", file, "--mozilla_config", "disable"],
      ...[
        "--tlsv1_3",
        "--tlsv1_2",
        "--tlsv1_1",
        "--tlsv1",
        "--sslv3",
        "--sslv2",
      ],
      ...["--elliptic_curves", "--ems", "--resum", "--fallback", "--reneg"],
      ...["--compression", "--certinfo", "--early_data"],
      ...[...targets.values()].map((port) => `localhost:${String(port)}`),
    ],
    { timeout: PATIENCE, env: { ...process.env, ...PYTHON } },
  );
  const output: {
    server_scan_results: {
      server_location: { port: number };
      scan_result: Record<string, { result: unknown }> | null;
    }[];
  } = JSON.parse(readFileSync(file, "utf8"));
  const found = new Map<string, Facts>();
  for (const [name, port] of targets) {
    const one = output.server_scan_results.find(
      ({ server_location: at }) => at.port === port,
    );
    if (one?.scan_result) found.set(name, factsOfSslyze(one.scan_result));
  }
  return found;
}

const SSLYZE_VERSIONS = {
  SSLv2: "ssl_2_0_cipher_suites",
  SSLv3: "ssl_3_0_cipher_suites",
  "TLSv1.0": "tls_1_0_cipher_suites",
  "TLSv1.1": "tls_1_1_cipher_suites",
  "TLSv1.2": "tls_1_2_cipher_suites",
  "TLSv1.3": "tls_1_3_cipher_suites",
} as const satisfies Record<VersionName, string>;

const CURVE_NAMES: Readonly<Record<string, string>> = {
  prime256v1: "secp256r1",
};

function factsOfSslyze(
  result: Readonly<Record<string, { readonly result: unknown }>>,
): Facts {
  const get = <K extends keyof SslyzeResult>(
    name: K,
  ): SslyzeResult[K] | undefined => {
    const value: unknown = result[name]?.result;
    return value === null ? undefined : (value as SslyzeResult[K] | undefined);
  };
  const suites = (name: VersionName): SslyzeSuites | undefined =>
    (result[SSLYZE_VERSIONS[name]]?.result ?? undefined) as
      SslyzeSuites | undefined;
  const resumption = get("session_resumption");
  const curves = get("elliptic_curves")?.supported_curves;
  return facts([
    [
      "versions",
      list(VERSIONS.filter((name) => suites(name)?.is_tls_version_supported)),
    ],
    ...VERSIONS.map(
      (name) =>
        [
          `suites ${name}`,
          list(
            (suites(name)?.accepted_cipher_suites ?? []).map(
              ({ cipher_suite: one }) => one.name,
            ),
          ),
        ] as const,
    ),
    [
      "curves",
      curves
        ? list(curves.map(({ name }) => CURVE_NAMES[name] ?? name))
        : undefined,
    ],
    [
      "certificates",
      list(
        new Set(
          get("certificate_info")?.certificate_deployments.flatMap(
            ({ received_certificate_chain: chain }) =>
              chain
                .slice(0, 1)
                .map((one) =>
                  Buffer.from(one.fingerprint_sha256, "base64").toString("hex"),
                ),
          ),
        ),
      ),
    ],
    ["compression", word(get("tls_compression")?.supports_compression)],
    [
      "secure renegotiation",
      word(get("session_renegotiation")?.supports_secure_renegotiation),
    ],
    [
      "extended main secret",
      word(get("tls_extended_master_secret")?.supports_ems_extension),
    ],
    ["fallback signal", word(get("tls_fallback_scsv")?.supports_fallback_scsv)],
    ["early data", word(get("tls_1_3_early_data")?.supports_early_data)],
    ["tickets 1.2", resumed(resumption?.tls_ticket_resumption_result)],
    ["session IDs", resumed(resumption?.session_id_resumption_result)],
  ]);
}

function resumed(result: string | undefined): string | undefined {
  return result === undefined
    ? undefined
    : word(/^(FULLY|PARTIALLY)_SUPPORTED$/.test(result));
}

/** Runs testssl.sh on one of them: it mostly waits, so all may run at once. */
export async function testssl(
  port: number,
  hasSuites: boolean,
): Promise<Facts> {
  const file = join(temporaryFolder(), "testssl.json");
  const options = ["--quiet", "--color", "0", "--warnings", "off"];
  await run(
    "testssl",
    [
      ...[...options, "-n", "none", "-p", ...(hasSuites ? ["-E"] : [])],
      ...["--jsonfile", file, `127.0.0.1:${String(port)}`],
    ],
    { timeout: PATIENCE, env: { ...process.env, TERM: "dumb" } },
  ).catch((error: unknown) => {
    // Its exit code counts what it dislikes.
    if (!existsSync(file)) throw error;
  });
  const rows: { id: string; finding: string }[] = JSON.parse(
    readFileSync(file, "utf8"),
  );
  const finding = (id: string): string =>
    rows.find((row) => row.id === id)?.finding ?? "";
  const speaks = (name: VersionName): boolean =>
    /^(offered|vulnerable)/.test(finding(TESTSSL_VERSIONS[name]));
  const suites = (name: VersionName): readonly string[] => {
    const start = `cipher-${TESTSSL_VERSIONS[name].toLowerCase()}_x`;
    return rows
      .filter(({ id }) => id.startsWith(start))
      .map((row) => row.finding.trim().split(/\s+/).at(-1) ?? "");
  };
  return facts([
    ["versions", list(VERSIONS.filter(speaks))],
    ...(hasSuites
      ? VERSIONS.map((name) => [`suites ${name}`, list(suites(name))] as const)
      : []),
    ["ALPN", list(rows.filter(isProtocol).map((row) => row.finding))],
  ]);
}

/** A row for each protocol, or one that says that there is none. */
function isProtocol(row: {
  readonly id: string;
  readonly finding: string;
}): boolean {
  return /^ALPN/.test(row.id) && row.finding !== "not offered";
}

const TESTSSL_VERSIONS = {
  SSLv2: "SSLv2",
  SSLv3: "SSLv3",
  "TLSv1.0": "TLS1",
  "TLSv1.1": "TLS1_1",
  "TLSv1.2": "TLS1_2",
  "TLSv1.3": "TLS1_3",
} as const satisfies Record<VersionName, string>;
