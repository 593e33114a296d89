/** Renders docs/lab-report.md, without what could hurt users of a stack. */

export interface Deviation {
  readonly name: string;
  readonly ids: readonly string[];
  readonly tags: readonly string[];
  readonly expected: string;
  readonly seen: string;
  readonly events: readonly string[];
}

export interface Played {
  readonly label: string;
  readonly version: string;
  readonly tested: string;
  readonly scenarios: number;
  readonly unplayable: number;
  readonly deviations: readonly Deviation[];
  readonly seconds: number;
}

/** Weights of deviations, the lightest first. */
type Weight = "another alert" | "no alert" | "too strict" | "accepted";

const WORDS: Readonly<Record<Weight, string>> = {
  "another alert": "no: refused all the same",
  "no alert": "little: refused, and the peer is not told why",
  "too strict":
    "where a peer does so: it is refused though it keeps to the RFC",
  accepted: "little: lenient where nothing follows from it",
};

/** Scenarios that nothing follows from where a peer accepts them. */
const HARMLESS =
  /second-hello|extension-not|padding-too-long|two-host-names|retry\/(?:empty-cookie|without-supported)|ticket-without|legacy-version|compression|left-over|trailing|twice|session-id|unknown|empty-(?:data|handshake)|odd-length|length-too|renegotiation-info|change-cipher-spec|-empty$|reversed|two-alerts|half-an-alert|fatal-alert|unknown-alert|error-alert|close-notify|user-canceled|scheme-not|points-compressed|with-a-context|supported-groups|signature-algorithms|server-name/;

/** Weighs a deviation by what was expected and seen. */
function weightOf({ expected, seen }: Deviation): Weight {
  const wanted = /alert|close/.test(expected);
  if (!wanted) return "too strict";
  if (seen.startsWith("alert")) return "another alert";
  return seen === "close" ? "no alert" : "accepted";
}

/** Tells whether a deviation may stand in the page. */
function isShown(one: Deviation): boolean {
  const isHarmless = HARMLESS.test(one.name) && !one.name.includes("/order/");
  return weightOf(one) !== "accepted" || isHarmless;
}

/** Those that are kept out of the page, for whoever tells the authors. */
export function withheldLines(all: readonly Played[]): string {
  return all
    .flatMap(({ label, version, tested, deviations }) =>
      deviations
        .filter((one) => !isShown(one))
        .map(
          (one) =>
            `${label} ${version} ${tested}: ${one.name}: expected ${one.expected}, saw ${one.seen}: ${one.events.slice(-6).join("; ")}\n`,
        ),
    )
    .join("");
}

const HEAD = `# What the lab finds in other stacks

Written by \`npm run lab:report\`, which plays the [library](lab-scenarios.md) against every server
and client that is installed here. A deviation is an outcome that the RFC does not have: most are
another alert than it names. Scenarios whose honest handshake a program has no option for are not
played. A peer that is silent, or goes on, where it must refuse is listed only where nothing
follows from it; what may is told to the authors first, and counted as withheld.
`;

/** The page. */
export function renderReport(all: readonly Played[]): string {
  const rows = all.map(
    ({ label, version, tested, scenarios, unplayable, deviations }) => {
      const count = (weight: Weight): string =>
        String(
          deviations.filter((one) => isShown(one) && weightOf(one) === weight)
            .length,
        );
      const withheld = deviations.filter((one) => !isShown(one)).length;
      const kinds = [
        "another alert",
        "no alert",
        "too strict",
        "accepted",
      ] as const;
      return [
        label,
        `${version} ${tested}`,
        String(scenarios),
        String(unplayable),
        ...kinds.map(count),
        String(withheld),
      ];
    },
  );
  const head = [
    "stack",
    "tested",
    "played",
    "not played",
    "another alert",
    "no alert",
    "too strict",
    "accepted",
    "withheld",
  ];
  const parts = all.map((one) => part(one));
  return [HEAD, table([head, ...rows]), ...parts].join("\n");
}

function part({ label, version, tested, deviations }: Played): string {
  const shown = deviations.filter(isShown);
  const title = `## ${label}, ${tested} of ${version === "tls13" ? "TLS 1.3" : "TLS 1.2"}\n`;
  if (shown.length === 0) return `${title}\nNo deviation.\n`;
  const rows = shown.map((one) => [
    one.name.split("/").slice(2).join("/"),
    one.ids.join(" "),
    one.expected,
    one.seen === "silence" ? "goes on, or is silent" : one.seen,
    WORDS[weightOf(one)],
  ]);
  return `${title}\n${table([["scenario", "requirement", "wanted", "seen", "does it matter"], ...rows])}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("_", "\\_")).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return `${[line(head), `|${head.map(() => " --- |").join("")}`, ...body.map(line)].join("\n")}\n`;
}
