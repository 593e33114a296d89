/** `gnutls-cli` and `gnutls-serv`. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  ClientOptions,
  ClientRun,
  Group,
  PeerServer,
  ServerOptions,
  Suite,
  TlsOptions,
} from "./options.ts";
import { exchange, serve } from "./conduct.ts";
import { PeerProcess } from "./process.ts";

const CIPHERS: Readonly<Record<Suite, string>> = {
  TLS_AES_128_GCM_SHA256: "AES-128-GCM",
  TLS_AES_256_GCM_SHA384: "AES-256-GCM",
  TLS_CHACHA20_POLY1305_SHA256: "CHACHA20-POLY1305",
};

/** GnuTLS 3.7 knows no hybrid group. */
const GROUPS: Readonly<Partial<Record<Group, string>>> = {
  x25519: "GROUP-X25519",
  secp256r1: "GROUP-SECP256R1",
  secp384r1: "GROUP-SECP384R1",
  secp521r1: "GROUP-SECP521R1",
};

/** Sends the payload, waits for as much, then closes. */
export async function gnutlsClient(
  options: ClientOptions,
  payload: Uint8Array,
): Promise<ClientRun> {
  const { port, ca, servername = "localhost", identity } = options;
  // Without a file of its own the log would stand in the midst of the data.
  const folder = mkdtempSync(join(tmpdir(), "puretls-gnutls-"));
  const logfile = join(folder, "log");
  try {
    const client = new PeerProcess("gnutls-cli", [
      ...["-p", String(port), "--x509cafile", ca, "--logfile", logfile],
      ...["--sni-hostname", servername, "--verify-hostname", servername],
      ...identityArguments(identity),
      ...commonArguments(options),
      // So that a server's other choice takes a HelloRetryRequest.
      "--single-key-share",
      "127.0.0.1",
    ]);
    const run = await exchange(client, payload);
    return { ...run, log: readFileSync(logfile, "latin1") + run.log };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Sends back what it receives, which must be text and end with a newline. */
export function gnutlsServer(options: ServerOptions): Promise<PeerServer> {
  const { identity, clientAuth = "none", ca } = options;
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

function commonArguments({ suites, groups, alpn }: TlsOptions): string[] {
  const priority = [
    ...["NORMAL", "-VERS-ALL", "+VERS-TLS1.3"],
    ...only(
      "CIPHER-ALL",
      suites?.map((suite) => CIPHERS[suite]),
    ),
    ...only(
      "GROUP-ALL",
      groups?.map((group) => GROUPS[group]),
    ),
  ].join(":");
  return [
    ...["--priority", priority],
    ...(alpn ?? []).flatMap((protocol) => ["--alpn", protocol]),
  ];
}

function only(
  all: string,
  wanted: readonly (string | undefined)[] | undefined,
): string[] {
  if (wanted === undefined) return [];
  return [`-${all}`, ...wanted.map((name) => `+${name ?? "unknown"}`)];
}
