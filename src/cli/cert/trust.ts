/** `puretls cert trust`: how systems and programs come to trust an authority. */
import { existsSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { noble } from "../../crypto/noble/index.ts";
import { toHex } from "../../bytes.ts";
import { type Certificate, parseCertificates } from "../../x509/index.ts";
import {
  CommandError,
  type readArguments,
  readOperands,
  type Terminal,
  writeOut,
} from "../command.ts";
import { parsing, readInput } from "../input-file.ts";
import { subjectText } from "../text/name-text.ts";
import { shellWord } from "./usage.ts";
import { jsonText } from "../text/json.ts";

const SYSTEMS = [
  "debian",
  "fedora",
  "arch",
  "alpine",
  "suse",
  "macos",
  "windows",
] as const;

type System = (typeof SYSTEMS)[number];

export const TRUST_OPTIONS = {
  system: { type: "string", choices: SYSTEMS },
  json: { type: "boolean" },
} as const;

type Arguments = ReturnType<typeof readArguments<typeof TRUST_OPTIONS>>;

interface Advice {
  readonly where: string;
  readonly install: readonly string[];
  readonly undo: readonly string[];
}

/** @throws CommandError for the command line, Error for what is no authority */
export async function certTrust(
  { values, positionals }: Arguments,
  terminal: Terminal,
): Promise<number> {
  const [file] = readOperands(positionals, 1);
  if (file === undefined) throw new CommandError("FILE is missing");
  if (file === "-") throw new CommandError("a file is to be trusted, no stdin");
  const system = values.system ?? thisSystem();
  const content = await readInput(file, terminal);
  const [certificate, more] = parsing(file, () => parseCertificates(content));
  if (certificate === undefined) throw new Error(`${file}: no certificate`);
  if (more !== undefined)
    throw new Error(
      `${file}: more than one certificate: which one is trusted?`,
    );
  if (certificate.basicConstraints?.cA !== true)
    throw new Error(
      `${file}: ${subjectText(certificate.subject)} is no authority (basicConstraints without cA)`,
    );
  const advice = adviceFor(file, certificate, system);
  const subject = subjectText(certificate.subject);
  const sha256 = toHex(noble.hashes["SHA-256"].hash(certificate.der));
  if (values.json === true) {
    const object = { file, subject, sha256, system: system ?? null, advice };
    await writeOut(terminal, jsonText(object));
    return 0;
  }
  const lines = [
    `${file}: ${subject}`,
    `SHA-256 ${sha256}`,
    "Whoever has its private key can then pretend to be any server.",
    ...advice.flatMap(({ where, install, undo }) => [
      "",
      where,
      ...install.map((line) => `  ${line}`),
      ...undo.map((line) => `  undo: ${line}`),
    ]),
  ];
  await writeOut(terminal, `${lines.join("\n")}\n`);
  return 0;
}

function adviceFor(
  file: string,
  certificate: Certificate,
  system: System | undefined,
): readonly Advice[] {
  const path = shellWord(resolve(file));
  const stem = basename(file)
    .replace(/\.[a-z]+$/i, "")
    .replace(/[^\w.-]/g, "_");
  const name = shellWord(`${stem}-${fingerprint(certificate)}`);
  const systems =
    system === undefined ? [] : [SYSTEM_ADVICE[system](path, name)];
  return [
    ...systems,
    {
      where: "Firefox, and Chromium on Linux (NSS; close them first)",
      install: [
        `certutil -A -d sql:PROFILE -n ${name} -t C,, -i ${path}`,
        "PROFILE is the folder that about:profiles names, or ~/.pki/nssdb",
      ],
      undo: [`certutil -D -d sql:PROFILE -n ${name}`],
    },
    {
      where: "Node.js, curl, Python and Go, for one shell",
      install: [
        `export NODE_EXTRA_CA_CERTS=${path}`,
        `export CURL_CA_BUNDLE=${path} SSL_CERT_FILE=${path}`,
      ],
      undo: ["unset NODE_EXTRA_CA_CERTS CURL_CA_BUNDLE SSL_CERT_FILE"],
    },
    {
      where: "puretls",
      install: [`puretls connect HOST --ca ${path}`],
      undo: [],
    },
  ];
}

/** Several authorities of the same name are told apart by it. */
function fingerprint({ der }: Certificate): string {
  return toHex(noble.hashes["SHA-256"].hash(der)).slice(0, 8);
}

const SYSTEM_ADVICE: Readonly<
  Record<System, (path: string, name: string) => Advice>
> = {
  debian: (path, name) =>
    copied(
      "Debian, Ubuntu",
      path,
      `/usr/local/share/ca-certificates/${name}.crt`,
      "update-ca-certificates",
    ),
  alpine: (path, name) =>
    copied(
      "Alpine",
      path,
      `/usr/local/share/ca-certificates/${name}.crt`,
      "update-ca-certificates",
    ),
  fedora: (path, name) =>
    copied(
      "Fedora, RHEL",
      path,
      `/etc/pki/ca-trust/source/anchors/${name}.pem`,
      "update-ca-trust",
    ),
  suse: (path, name) =>
    copied(
      "SUSE",
      path,
      `/etc/pki/trust/anchors/${name}.pem`,
      "update-ca-certificates",
    ),
  arch: (path) => ({
    where: "Arch",
    install: [`sudo trust anchor --store ${path}`],
    undo: [`sudo trust anchor --remove ${path}`],
  }),
  macos: (path) => ({
    where: "macOS",
    install: [
      `sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain ${path}`,
    ],
    undo: [`sudo security remove-trusted-cert -d ${path}`],
  }),
  windows: (path, name) => ({
    where: "Windows, for this user (in a terminal)",
    install: [`certutil -user -addstore Root ${path}`],
    undo: [
      `certutil -user -delstore Root SERIAL   (of ${name}, see "certutil -user -store Root")`,
    ],
  }),
};

function copied(
  where: string,
  path: string,
  target: string,
  update: string,
): Advice {
  return {
    where,
    install: [`sudo cp ${path} ${target}`, `sudo ${update}`],
    undo: [
      `sudo rm ${target} && sudo ${update}${update === "update-ca-certificates" ? " --fresh" : ""}`,
    ],
  };
}

/** Undefined for one that is not known. */
function thisSystem(): System | undefined {
  if (process.platform === "darwin") return "macos";
  if (process.platform === "win32") return "windows";
  const file = "/etc/os-release";
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, "utf8");
  const ids = [...text.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)];
  const words = ids.flatMap(([, list = ""]) => list.split(" "));
  const aliases: Readonly<Record<string, System>> = {
    ubuntu: "debian",
    rhel: "fedora",
    centos: "fedora",
  };
  return words
    .map((word) => aliases[word] ?? word)
    .flatMap((word) => SYSTEMS.filter((one) => one === word))[0];
}
