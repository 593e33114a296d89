/**
 * BoringSSL's `bssl-tool` as client and as server. It ends a connection without
 * close_notify, and has no option for the suites of TLS 1.3.
 */
import { exchange, serve } from "../scenarios/conduct.ts";
import type {
  ClientOptions,
  ClientRun,
  PeerServer,
  ServerOptions,
  TlsOptions,
} from "../scenarios/options.ts";
import { opensslGroups, opensslSuites } from "../scenarios/options.ts";
import { PeerProcess } from "../process.ts";

/** Sends the payload, waits for as much, then ends its side of TCP. */
export function boringsslClient(
  options: ClientOptions,
  payload: Uint8Array,
): Promise<ClientRun> {
  const { port, ca, servername = "localhost", identity, alpn } = options;
  const client = new PeerProcess("bssl-tool", [
    ...["client", "-connect", `127.0.0.1:${String(port)}`],
    ...["-server-name", servername, "-root-certs", ca],
    ...(identity ? ["-cert", identity.cert, "-key", identity.key] : []),
    ...(alpn ? ["-alpn-protos", alpn.join(",")] : []),
    ...commonArguments(options),
  ]);
  return exchange(client, payload);
}

/** For one connection; what it receives goes back. */
export function boringsslServer(options: ServerOptions): Promise<PeerServer> {
  const { identity, clientAuth = "none" } = options;
  return serve("by itself", (port) => {
    const server = new PeerProcess("bssl-tool", [
      ...["server", "-accept", String(port)],
      ...["-cert", identity.cert, "-key", identity.key],
      ...(clientAuth === "required" ? ["-require-any-client-cert"] : []),
      ...commonArguments(options),
    ]);
    server.echo();
    return server;
  });
}

function commonArguments(options: TlsOptions): string[] {
  const { version = "TLSv1.3", suites = [], groups } = options;
  const only = version === "TLSv1.3" ? "tls1.3" : "tls1.2";
  const suites12 = version === "TLSv1.2" ? opensslSuites(suites) : "";
  return [
    ...["-min-version", only, "-max-version", only],
    ...(suites12 ? ["-cipher", suites12] : []),
    ...(groups ? ["-curves", opensslGroups(groups)] : []),
  ];
}
