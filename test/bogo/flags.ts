/**
 * The runner's flags, by table. A flag that is not in the table stands for
 * something that puretls does not have, and ends the shim with exit code 89.
 */
import { decodeBase64 } from "../../src/x509/index.ts";
import { Unimplemented } from "./outcome.ts";

/** The type of each flag's value; the plural where the flag may be repeated. */
const FLAGS = {
  // Where the runner listens
  port: "number",
  ipv6: "switch",
  "shim-id": "text",
  server: "switch",
  "resume-count": "number",
  // Versions
  "min-version": "number",
  "max-version": "number",
  "no-tls13": "switch",
  "no-tls12": "switch",
  "no-tls11": "switch",
  "no-tls1": "switch",
  "expect-version": "number",
  "expect-msg-callback": "text",
  // What is offered
  curves: "numbers",
  "curves-flags": "numbers",
  "key-shares": "numbers",
  "no-key-shares": "switch",
  "verify-prefs": "numbers",
  "host-name": "text",
  "advertise-alpn": "text",
  "select-alpn": "text",
  "decline-alpn": "switch",
  "reject-alpn": "switch",
  "enable-grease": "switch",
  cipher: "text",
  psk: "text",
  "psk-identity": "text",
  "server-preference": "switch",
  "no-legacy-server-connect": "switch",
  // A permission, of which puretls makes no use.
  "false-start": "switch",
  "fallback-scsv": "switch",
  "permute-extensions": "switch",
  // A request to renegotiate is answered, and no more comes of it.
  "renegotiate-ignore": "switch",
  "max-send-fragment": "number",
  "server-supported-groups-hint": "numbers",
  "enable-ocsp-stapling": "switch",
  "enable-signed-cert-timestamps": "switch",
  "install-cert-compression-algs": "switch",
  "install-one-cert-compression-alg": "number",
  "ech-config-list": "base64",
  "enable-ech-grease": "switch",
  "reject-unusable-ech-config": "switch",
  "ech-server-config": "base64s",
  "ech-server-key": "base64s",
  "ech-is-retry-config": "numbers",
  "fips-202205": "switch",
  "wpa-202304": "switch",
  "cnsa-202407": "switch",
  "cnsa1-202603": "switch",
  "cnsa2-202603": "switch",
  "max-cert-list": "number",
  // Resumption
  "no-ticket": "switch",
  "skip-ticket": "switch",
  "use-ticket-callback": "switch",
  "renew-ticket": "switch",
  "use-ticket-aead-callback": "switch",
  "enable-early-data": "switch",
  "early-write-after-message": "number",
  "resumption-delay": "number",
  "reverify-on-resume": "switch",
  "expect-session-miss": "switch",
  "expect-ticket-renewal": "switch",
  "expect-ticket-supports-early-data": "switch",
  "expect-accept-early-data": "switch",
  "expect-reject-early-data": "switch",
  "expect-no-offer-early-data": "switch",
  // A name that BoringSSL has for its reason, and puretls does not.
  "expect-early-data-reason": "text",
  "expect-extended-master-secret": "switch",
  "expect-session-id": "switch",
  "expect-no-session-id": "switch",
  // Certificates
  "cert-file": "text",
  "key-file": "text",
  "signing-prefs": "numbers",
  "must-match-issuer": "switch",
  "accepted-peer-cert-types": "numbers",
  "available-client-cert-types": "numbers",
  "ocsp-response": "base64",
  "delegated-credential": "base64",
  "signed-cert-timestamps": "base64",
  // Of RFC 9258
  "psk-importer-key": "base64",
  "psk-importer-identity": "base64",
  "psk-importer-context": "base64",
  "psk-importer-sha256": "switch",
  "psk-importer-sha384": "switch",
  "trust-cert": "text",
  "use-client-ca-list": "text",
  "verify-peer": "switch",
  "require-any-client-certificate": "switch",
  "verify-fail": "switch",
  "use-custom-verify-callback": "switch",
  "use-early-callback": "switch",
  "use-old-client-cert-callback": "switch",
  "fail-early-callback": "switch",
  "fail-cert-callback": "switch",
  "use-ocsp-callback": "switch",
  "set-ocsp-in-callback": "switch",
  "decline-ocsp-callback": "switch",
  "fail-ocsp-callback": "switch",
  "install-ddos-callback": "switch",
  "fail-ddos-callback": "switch",
  // What the shim does
  async: "switch",
  "implicit-handshake": "switch",
  "no-op-extra-handshake": "switch",
  "handshake-twice": "switch",
  "handshake-never-done": "switch",
  "shim-writes-first": "switch",
  "shim-initial-write": "text",
  "repeat-shim-initial-write": "number",
  "write-different-record-sizes": "switch",
  "partial-write": "switch",
  "read-with-unfinished-write": "switch",
  "read-size": "number",
  "peek-then-read": "switch",
  "key-update": "switch",
  "key-update-before-read": "switch",
  "shim-shuts-down": "switch",
  "check-close-notify": "switch",
  "export-keying-material": "number",
  "export-label": "text",
  "export-context": "text",
  "use-export-context": "switch",
  "export-traffic-secrets": "switch",
  "tls-unique": "switch",
  "use-exporter-between-reads": "switch",
  // What it has to find
  "expect-alpn": "text",
  "expect-advertised-alpn": "text",
  "expect-server-name": "text",
  "expect-no-server-name": "switch",
  "expect-curve-id": "number",
  "expect-cipher": "number",
  "expect-cipher-aes": "number",
  "expect-cipher-no-aes": "number",
  "expect-peer-signature-algorithm": "number",
  "expect-peer-verify-pref": "numbers",
  "expect-peer-cert-file": "text",
  "expect-no-peer-cert": "switch",
  "expect-peer-certificate-type": "number",
  "expect-peer-rpk-sha256": "base64",
  "expect-client-ca-list": "text",
  "expect-certificate-types": "base64",
  "expect-verify-result": "switch",
  "expect-selected-credential": "number",
  "expect-ocsp-response": "base64",
  "expect-signed-cert-timestamps": "base64",
  "expect-ech-accept": "switch",
  "expect-ech-name-override": "text",
  "expect-no-ech-name-override": "switch",
  "expect-ech-retry-configs": "base64",
  "expect-no-ech-retry-configs": "switch",
  "expect-hrr": "switch",
  "expect-no-hrr": "switch",
  "expect-no-session": "switch",
  "expect-secure-renegotiation": "switch",
} as const satisfies Record<string, keyof Kinds>;

interface Kinds {
  readonly switch: boolean;
  readonly number: number | undefined;
  readonly numbers: readonly number[] | undefined;
  readonly text: string | undefined;
  readonly base64: Uint8Array | undefined;
  readonly base64s: readonly Uint8Array[] | undefined;
}

/** The flags of one connection, by the names that the runner gives them. */
export type Flags = {
  readonly [Name in keyof typeof FLAGS]: Kinds[(typeof FLAGS)[Name]];
} & {
  /** Needs are answered once all that has arrived was taken in. */
  readonly late: boolean;
  /** The engine is fed a byte at a time. */
  readonly bytewise: boolean;
  readonly kind: CredentialKind;
  readonly credentials: readonly CredentialFlags[];
};

/** Of one `-new-…-credential`, or of none: the flags that stand outside. */
export type CredentialFlags = Pick<
  Flags,
  | "cert-file"
  | "key-file"
  | "signing-prefs"
  | "must-match-issuer"
  | "ocsp-response"
  | "delegated-credential"
  | "signed-cert-timestamps"
  | "psk-importer-key"
  | "psk-importer-identity"
  | "psk-importer-context"
  | "psk-importer-sha384"
> & { readonly kind: CredentialKind };

/** These speak of the last credential that was begun. */
const OF_CREDENTIAL: ReadonlySet<string> = new Set([
  "cert-file",
  "key-file",
  "signing-prefs",
  "must-match-issuer",
  "ocsp-response",
  "delegated-credential",
  "signed-cert-timestamps",
  "psk-importer-key",
  "psk-importer-identity",
  "psk-importer-context",
  "psk-importer-sha256",
  "psk-importer-sha384",
]);

/** Ways to begin a credential. */
const CREDENTIALS = {
  "new-x509-credential": "X509",
  "new-rpk-credential": "RawPublicKey",
  "new-delegated-credential": "Delegated",
  "new-psk-credential": "PreSharedKey",
} as const;

type CredentialKind = (typeof CREDENTIALS)[keyof typeof CREDENTIALS];

interface CredentialDraft {
  readonly kind: CredentialKind;
  readonly values: Values;
}

/** The first connection, those that resume, and after refused early data. */
const RUNS = ["initial", "resume", "retry"] as const;

export type Runs = Readonly<Record<(typeof RUNS)[number], Flags>>;

type Values = Map<string, unknown>;

interface Draft {
  readonly values: Values;
  readonly credentials: CredentialDraft[];
}

/**
 * @param late as {@link Flags.late}; whoever is to be late has to be asked
 * @throws Unimplemented for a flag that the table does not have
 */
export function parseFlags(args: readonly string[], late: boolean): Runs {
  const drafts = { initial: draft(), resume: draft(), retry: draft() };
  const left = [...args];
  for (let arg; (arg = left.shift()) !== undefined;) {
    const { name, runs } = addressed(arg);
    if (beginsCredential(name)) {
      const kind = CREDENTIALS[name];
      for (const run of runs)
        drafts[run].credentials.push({ kind, values: new Map() });
      continue;
    }
    if (!isFlag(name)) throw new Unimplemented(arg);
    const kind = FLAGS[name];
    const text = kind === "switch" ? "" : left.shift();
    if (text === undefined) throw new Error(`${arg} without a value`);
    for (const run of runs) put(drafts[run], name, kind, text);
  }
  return {
    initial: finished(drafts.initial, late),
    resume: finished(drafts.resume, late),
    retry: finished(drafts.retry, late),
  };
}

function draft(): Draft {
  return { values: new Map(), credentials: [] };
}

/** `-on-initial-x` is for the first connection alone. */
function addressed(arg: string): {
  readonly name: string;
  readonly runs: readonly (typeof RUNS)[number][];
} {
  const name = arg.replace(/^--?(on-shim-)?/, "");
  const only = RUNS.find((run) => name.startsWith(`on-${run}-`));
  return only === undefined
    ? { name, runs: RUNS }
    : { name: name.slice(`on-${only}-`.length), runs: [only] };
}

function isFlag(name: string): name is keyof typeof FLAGS {
  return Object.hasOwn(FLAGS, name);
}

function beginsCredential(name: string): name is keyof typeof CREDENTIALS {
  return Object.hasOwn(CREDENTIALS, name);
}

function put(
  { values, credentials }: Draft,
  name: string,
  kind: keyof Kinds,
  text: string,
): void {
  const last = credentials.at(-1)?.values;
  const into = OF_CREDENTIAL.has(name) && last !== undefined ? last : values;
  if (kind === "switch") into.set(name, true);
  else if (kind === "text") into.set(name, text);
  else if (kind === "base64") into.set(name, decodeBase64(text));
  else if (kind === "number") into.set(name, Number(text));
  else {
    const before = into.get(name);
    const list: readonly unknown[] = Array.isArray(before) ? before : [];
    const value = kind === "base64s" ? decodeBase64(text) : Number(text);
    into.set(name, [...list, value]);
  }
}

function finished({ values, credentials }: Draft, late: boolean): Flags {
  const bytewise = values.has("async");
  if (late) values.set("async", true);
  return {
    ...whole(values),
    late,
    bytewise,
    kind: "X509",
    credentials: credentials.map(({ kind, values: own }) => ({
      ...whole(own),
      kind,
    })),
  };
}

/** Every flag of the table; those that did not come are off or undefined. */
function whole(values: Values): Omit<Flags, "late" | "bytewise"> {
  const flags: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(FLAGS))
    flags[name] = values.get(name) ?? (kind === "switch" ? false : undefined);
  return flags as Flags;
}
