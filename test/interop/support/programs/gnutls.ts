/** `gnutls-cli` and `gnutls-serv`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type {
  ClientOptions,
  ClientRun,
  Group,
  PeerServer,
  ServerOptions,
  TlsOptions,
} from "../scenarios/options.ts";
import { exchange, serve } from "../scenarios/conduct.ts";
import { PeerProcess } from "../process.ts";
import { suiteParts } from "../scenarios/suites.ts";
import type { Suite } from "../scenarios/suites.ts";
import { temporaryFile, temporaryFolder } from "../temporary.ts";

/** GnuTLS 3.7 knows no hybrid group. */
const GROUPS: Readonly<Partial<Record<Group, string>>> = {
  x25519: "GROUP-X25519",
  x448: "GROUP-X448",
  secp256r1: "GROUP-SECP256R1",
  secp384r1: "GROUP-SECP384R1",
  secp521r1: "GROUP-SECP521R1",
  ffdhe2048: "GROUP-FFDHE2048",
  ffdhe3072: "GROUP-FFDHE3072",
  ffdhe4096: "GROUP-FFDHE4096",
  ffdhe6144: "GROUP-FFDHE6144",
  ffdhe8192: "GROUP-FFDHE8192",
};

/** Sends the payload, waits for as much, then closes. */
export async function gnutlsClient(
  options: ClientOptions,
  payload: Uint8Array,
): Promise<ClientRun> {
  const { port, ca, servername = "localhost", identity } = options;
  // Without a file of its own the log would stand in the midst of the data.
  const logfile = join(temporaryFolder(), "log");
  const { psk } = options;
  const client = new PeerProcess("gnutls-cli", [
    ...["-p", String(port), "--x509cafile", ca, "--logfile", logfile],
    ...["--sni-hostname", servername, "--verify-hostname", servername],
    ...identityArguments(identity),
    ...(psk ? ["--pskusername", psk.identity, "--pskkey", psk.key] : []),
    ...commonArguments(options),
    // So that a server's other choice takes a HelloRetryRequest.
    "--single-key-share",
    "127.0.0.1",
  ]);
  const run = await exchange(client, payload);
  return { ...run, log: readFileSync(logfile, "latin1") + run.log };
}

/** Sends back what it receives, which must be text and end with a newline. */
export function gnutlsServer(options: ServerOptions): Promise<PeerServer> {
  const { identity, clientAuth = "none", ca, psk, dhParameters } = options;
  const keys = psk && temporaryFile("psk", `${psk.identity}:${psk.key}\n`);
  return serve(
    "when told",
    (port) =>
      new PeerProcess(
        "gnutls-serv",
        [
          ...["--echo", "--crlf", "-p", String(port)],
          ...identityArguments(identity),
          ...(ca ? ["--x509cafile", ca] : []),
          ...(clientAuth === "none" ? ["--disable-client-cert"] : []),
          ...(clientAuth === "optional" ? ["--verify-client-cert"] : []),
          ...(clientAuth === "required"
            ? ["--require-client-cert", "--verify-client-cert"]
            : []),
          ...(keys ? ["--pskpasswd", keys] : []),
          ...(dhParameters ? ["--dhparams", dhParameters] : []),
          ...commonArguments(options),
        ],
        "log",
      ),
  );
}

function identityArguments(identity: ClientOptions["identity"]): string[] {
  return identity
    ? ["--x509certfile", identity.cert, "--x509keyfile", identity.key]
    : [];
}

function commonArguments(options: TlsOptions): string[] {
  const { version = "TLSv1.3", suites = [], groups = [], alpn } = options;
  const priority = [
    ...["NORMAL", "-VERS-ALL", `+VERS-${version.replace("v", "")}`],
    ...suitePriority(suites),
    ...only(
      "GROUP-ALL",
      groups.map((group) => GROUPS[group] ?? "unknown"),
    ),
    ...(options.encryptThenMac === false ? ["%NO_ETM"] : []),
    ...(options.extendedMainSecret === false ? ["%NO_SESSION_HASH"] : []),
  ].join(":");
  return [
    ...["--priority", priority],
    ...(alpn ?? []).flatMap((protocol) => ["--alpn", protocol]),
  ];
}

function suitePriority(suites: readonly Suite[]): string[] {
  const parts = suites.map(suiteParts);
  const dashed = (name: string): string => name.replaceAll("_", "-");
  const exchanges = parts.flatMap(({ keyExchange }) => keyExchange ?? []);
  const macs = parts.flatMap(({ keyExchange, cipher, hash = "" }) => {
    if (keyExchange === undefined) return [];
    return cipher.endsWith("CBC") ? hash.replace(/^SHA$/, "SHA1") : "AEAD";
  });
  return [
    ...only("KX-ALL", exchanges.map(dashed)),
    ...only(
      "CIPHER-ALL",
      parts.map(({ cipher }) => dashed(cipher)),
    ),
    ...only("MAC-ALL", macs),
  ];
}

function only(all: string, wanted: readonly string[]): string[] {
  if (wanted.length === 0) return [];
  return [`-${all}`, ...wanted.map((name) => `+${name}`)];
}
