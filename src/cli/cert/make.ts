/** `puretls cert make`. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { noble } from "../../crypto/noble/index.ts";
import {
  type Authority,
  createCertificateAuthority,
  type IssuedCertificate,
  type KeyType,
  loadCertificateAuthority,
} from "../../pki/index.ts";
import { domainToAscii } from "../../ssl/names/punycode.ts";
import {
  CommandError,
  type readArguments,
  type Terminal,
  writeOut,
} from "../command.ts";
import { parsing } from "../input-file.ts";
import { type NewFile, refuseExisting, writeFiles } from "./new-files.ts";
import { shellWord, usage } from "./usage.ts";
import { timeText } from "../text/value-text.ts";
import { jsonText } from "../text/json.ts";

export const KEY_TYPES = [
  "ec-p256",
  "ec-p384",
  "ec-p521",
  "ed25519",
  "rsa-2048",
  "rsa-3072",
  "rsa-4096",
] as const satisfies readonly KeyType[];

export const MAKE_OPTIONS = {
  out: { type: "string" },
  "key-type": { type: "string", choices: KEY_TYPES },
  days: { type: "string" },
  client: { type: "string" },
  ca: { type: "string" },
  "ca-key": { type: "string" },
  force: { type: "boolean" },
  json: { type: "boolean" },
} as const;

type Arguments = ReturnType<typeof readArguments<typeof MAKE_OPTIONS>>;
type Values = Arguments["values"];

/** @throws CommandError for the command line and for files that are there */
export async function certMake(
  { values, positionals }: Arguments,
  terminal: Terminal,
): Promise<number> {
  const hosts = positionals.map(domainToAscii);
  const { out = ".", client, force = false } = values;
  if (hosts.length === 0 && client === undefined)
    throw new CommandError("HOST is missing");
  const names = fileNames(hosts[0], client, values.ca === undefined);
  const paths = names.flatMap((name) => [`${name}.pem`, `${name}.key`]);
  if (!force) refuseExisting(paths.map((path) => join(out, path)));
  const made = make(values, hosts);
  mkdirSync(out, { recursive: true });
  writeFiles(
    made.map((file) => ({ ...file, path: join(out, file.path) })),
    force,
  );
  if (values.json === true) {
    await writeOut(terminal, madeJson(made, out));
    return 0;
  }
  const width = Math.max(...made.map(({ path }) => path.length));
  const lines = made.map(
    ({ path, says }) => `  ${path.padEnd(width)}  ${says}`,
  );
  const text = [
    `made in ${shellWord(out)}`,
    ...lines,
    "",
    ...usage({
      host: hosts[0],
      server: hosts[0] === undefined ? undefined : join(out, stem(hosts[0])),
      client: client === undefined ? undefined : join(out, stem(client)),
      ca: values.ca ?? join(out, "ca.pem"),
    }),
  ];
  await writeOut(terminal, `${text.join("\n")}\n`);
  return 0;
}

interface MadeFile extends NewFile {
  /** For people. */
  readonly says: string;
}

function madeJson(made: readonly MadeFile[], out: string): string {
  const files = made.map(({ path, secret, says }) => ({
    file: join(out, path),
    kind: secret ? "private key" : "certificate",
    says,
  }));
  return jsonText({ files });
}

function make(values: Values, hosts: readonly string[]): readonly MadeFile[] {
  const { "key-type": key = KEY_TYPES[0] } = values;
  const days = readDays(values.days);
  const options = { key, ...(days !== undefined && { days }) };
  const authority = authorityFor(values, key, days);
  const files: MadeFile[] = [];
  if (values.ca === undefined)
    files.push(...pair("ca", authority.issued, "of the authority"));
  const [host] = hosts;
  if (host !== undefined) {
    const issued = authority.issueServer({ ...options, hosts });
    files.push(...pair(stem(host), issued, `for ${hosts.join(", ")}`));
  }
  if (values.client !== undefined) {
    const issued = authority.issueClient({ ...options, name: values.client });
    files.push(...pair(stem(values.client), issued, "for a client"));
  }
  return files;
}

/** Days that an authority lives unless its certificates are to live longer. */
const AUTHORITY_DAYS = 3650;

function authorityFor(
  values: Values,
  key: KeyType,
  days: number | undefined,
): Authority {
  const { ca, "ca-key": caKey } = values;
  if ((ca === undefined) !== (caKey === undefined))
    throw new CommandError("--ca and --ca-key go together");
  if (ca !== undefined && caKey !== undefined) return loadAuthority(ca, caKey);
  return createCertificateAuthority({
    provider: noble,
    name: "puretls CA",
    key,
    days: Math.max(AUTHORITY_DAYS, days ?? 0),
  });
}

export function loadAuthority(ca: string, caKey: string): Authority {
  const certificate = readFileSync(ca);
  const key = readFileSync(caKey);
  return parsing(`${ca}, ${caKey}`, () =>
    loadCertificateAuthority({ provider: noble, certificate, key }),
  );
}

export function readDays(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const days = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (days < 1 || days > 36_500)
    throw new CommandError(`--days takes 1 to 36500, not "${text}"`);
  return days;
}

function pair(
  name: string,
  issued: IssuedCertificate,
  what: string,
): readonly [MadeFile, MadeFile] {
  const until = `valid until ${timeText(issued.certificate.notAfter)}`;
  return [
    {
      path: `${name}.pem`,
      content: issued.chainPem,
      secret: false,
      says: `certificate ${what}, ${until}`,
    },
    {
      path: `${name}.key`,
      content: issued.key.toPem(),
      secret: true,
      says: "its private key: keep it to yourself",
    },
  ];
}

/** Returns the names of the files, without `.pem` and `.key`. */
function fileNames(
  host: string | undefined,
  client: string | undefined,
  makesAuthority: boolean,
): readonly string[] {
  const names = [
    ...(makesAuthority ? ["ca"] : []),
    ...[host, client].filter((name) => name !== undefined).map(stem),
  ];
  // Some file systems take A for a.
  const different = new Set(names.map((name) => name.toLowerCase()));
  if (different.size < names.length)
    throw new CommandError(
      `two certificates would have one file name: ${names.join(", ")}`,
    );
  return names;
}

/** A name made fit for any file system: `*.a.test` is `_.a.test`. */
function stem(name: string): string {
  const fit = name.replace(/[^A-Za-z0-9._-]/g, "_").replace(/^[.-]/, "_");
  if (fit === "") throw new CommandError("a name is empty");
  return fit.slice(0, 200);
}
