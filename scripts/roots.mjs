/**
 * Writes src/roots/table.ts, Mozilla's server roots, from the certdata.txt of NSS
 * (lib/ckfw/builtins, whose nssckbi.h has the version), after a build:
 * `node scripts/roots.mjs CERTDATA --version 2.86 --date 2026-04-09`. It tells how the
 * roots differ from those of the system (`--bundle FILE`, Debian's unless given).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { OID, parseCertificates } from "../dist/x509/index.js";

/** The DER of a GeneralSubtrees that permits names below `.tr`, and no other. */
const BELOW_TR = Buffer.from("3009a007300582032e7472", "hex");

/**
 * Constraints that NSS imposes beside the certificate (lib/certdb/genname.c), by the
 * common name.
 */
const IMPOSED = new Map([
  ["TUBITAK Kamu SM SSL Kok Sertifikasi - Surum 1", BELOW_TR],
]);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    version: { type: "string" },
    date: { type: "string" },
    bundle: { type: "string", default: "/etc/ssl/certs/ca-certificates.crt" },
  },
});
const [certdata] = positionals;
if (certdata === undefined || !values.version || !values.date)
  throw new TypeError("roots.mjs CERTDATA --version 2.86 --date YYYY-MM-DD");

const roots = serverRoots(objectsOf(readFileSync(certdata, "latin1")));
const rows = roots.map(rowOf).sort((a, b) => (a.name < b.name ? -1 : 1));
const table = fileURLToPath(new URL("../src/roots/table.ts", import.meta.url));
writeFileSync(table, textOf(rows));
print(`${rows.length} roots, ${textOf(rows).length} bytes of source`);
compare();

/** The attributes of each object: text after the type, or bytes of octal lines. */
function objectsOf(text) {
  const objects = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const [, name, type, value] =
      /^(CKA_\w+) (\w+) ?(.*)$/.exec(lines[at]) ?? [];
    if (name === undefined) continue;
    if (name === "CKA_CLASS") objects.push({});
    const object = objects.at(-1);
    if (type !== "MULTILINE_OCTAL") {
      if (object !== undefined) object[name] = value;
      continue;
    }
    const bytes = [];
    for (at++; lines[at] !== "END"; at++)
      for (const [, digits] of lines[at].matchAll(/\\(\d{3})/g))
        bytes.push(Number.parseInt(digits, 8));
    if (object !== undefined) object[name] = Buffer.from(bytes);
  }
  return objects;
}

/** The certificates that may issue for servers, with the date after which not. */
function serverRoots(objects) {
  const trusted = new Set(
    objects
      .filter((one) => one.CKA_CLASS === "CKO_NSS_TRUST")
      .filter(
        (one) => one.CKA_TRUST_SERVER_AUTH === "CKT_NSS_TRUSTED_DELEGATOR",
      )
      .map(identityOf),
  );
  return objects
    .filter((one) => one.CKA_CLASS === "CKO_CERTIFICATE")
    .filter((one) => trusted.has(identityOf(one)))
    .map((one) => ({
      certificate: parseCertificates(one.CKA_VALUE)[0],
      distrustAfter: timeOf(one.CKA_NSS_SERVER_DISTRUST_AFTER),
    }));
}

function identityOf(object) {
  return Buffer.concat([object.CKA_ISSUER, object.CKA_SERIAL_NUMBER]).toString(
    "latin1",
  );
}

/** @param value YYMMDDHHMMSSZ as bytes; CK_FALSE where there is none */
function timeOf(value) {
  if (!Buffer.isBuffer(value)) return undefined;
  const [, ...parts] =
    /^(..)(..)(..)(..)(..)(..)Z$/.exec(value.toString()) ?? [];
  const [year, month, ...others] = parts.map(Number);
  return Date.UTC(2000 + year, month - 1, ...others);
}

function rowOf({ certificate, distrustAfter }) {
  const { subject, subjectKeyIdentifier, subjectPublicKeyInfoDer } =
    certificate;
  const name = subject.toString();
  const imposed = [...IMPOSED].find(([common]) => name.includes(common))?.[1];
  const constraints =
    certificate.extension(OID.nameConstraints)?.value ?? imposed ?? [];
  // One root has none: its children name no key then, and any value does.
  const identifier = subjectKeyIdentifier ?? [0];
  const octets = [4, identifier.length, ...identifier];
  const der = Buffer.concat(
    [subject.der, octets, subjectPublicKeyInfoDer, constraints].map((part) =>
      Buffer.from(part),
    ),
  );
  const { notAfter } = certificate;
  return { name, notAfter, distrustAfter, der };
}

function textOf(all) {
  const seconds = (time) => (time === undefined ? 0 : time / 1000);
  const lines = all.map(
    ({ name, notAfter, distrustAfter, der }) =>
      `  // ${name.replace(/[^\x20-\x7e]/g, "?")}\n  [${seconds(notAfter)}, ${seconds(distrustAfter)}, "${der.toString("base64")}"],`,
  );
  return `/**
 * Mozilla's server roots, from NSS's builtins ${values.version} of ${values.date}
 * (certdata.txt, MPL 2.0): made by scripts/roots.mjs, ${all.length} rows. A row has
 * notAfter and the date of distrust in seconds since the epoch (0: none), and DER in
 * base64: Name, subjectKeyIdentifier, SubjectPublicKeyInfo, NameConstraints if any.
 */
export const NSS_VERSION = "${values.version}";
export const DATE = "${values.date}";

export type Row = readonly [notAfter: number, distrust: number, der: string];

export const ROWS: readonly Row[] = [
${lines.join("\n")}
];
`;
}

/** Prints which roots only one of the table and the system's bundle has. */
function compare() {
  const keyOf = ({ subject, subjectPublicKeyInfoDer }) =>
    Buffer.concat([subject.der, subjectPublicKeyInfoDer]).toString("base64");
  const theirs = new Map(
    parseCertificates(readFileSync(values.bundle)).map((one) => [
      keyOf(one),
      one.subject.toString(),
    ]),
  );
  const ours = new Map(
    roots.map(({ certificate: one }) => [keyOf(one), one.subject.toString()]),
  );
  for (const [key, name] of ours)
    if (!theirs.has(key)) print(`not in ${values.bundle}: ${name}`);
  for (const [key, name] of theirs)
    if (!ours.has(key)) print(`in ${values.bundle} alone: ${name}`);
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
