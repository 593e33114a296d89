/** The `openssl` program as client and as server. */
import type {
  ClientOptions,
  ClientRun,
  PeerServer,
  ServerOptions,
  TlsOptions,
} from "../scenarios/options.ts";
import { opensslGroups, opensslSuites } from "../scenarios/options.ts";
import { exchange, serve } from "../scenarios/conduct.ts";
import { PeerProcess } from "../process.ts";

/**
 * s_client: sends the payload, waits for as much, then closes. `updateKeys`: it
 * asks for a KeyUpdate when half of the payload has come back.
 */
export async function opensslClient(
  options: ClientOptions & { readonly updateKeys?: boolean },
  payload: Uint8Array,
): Promise<ClientRun> {
  const { port, ca, servername = "localhost", identity } = options;
  const client = new PeerProcess("openssl", [
    ...["s_client", "-brief", "-connect", `127.0.0.1:${String(port)}`],
    ...["-CAfile", ca, "-verify_return_error"],
    ...["-servername", servername, "-verify_hostname", servername],
    ...(identity ? ["-cert", identity.cert, "-key", identity.key] : []),
    ...commonArguments(options),
  ]);
  if (!options.updateKeys) return exchange(client, payload);
  const half = payload.length >> 1;
  client.write(payload.subarray(0, half));
  await client.outputReaches(half);
  client.write("K\n");
  await client.logged(/KEYUPDATE/);
  return exchange(client, payload, half);
}

/** s_server for one connection; what it receives goes back. */
export function opensslServer(options: ServerOptions): Promise<PeerServer> {
  const { identity, clientAuth = "none", ca } = options;
  return serve("by itself", (port) => {
    const server = new PeerProcess("openssl", [
      ...["s_server", "-brief", "-naccept", "1"],
      ...["-accept", `127.0.0.1:${String(port)}`],
      ...["-cert", identity.cert, "-key", identity.key],
      ...(clientAuth === "optional" ? ["-verify", "2"] : []),
      ...(clientAuth === "required" ? ["-Verify", "2"] : []),
      ...(ca ? ["-CAfile", ca, "-verify_return_error"] : []),
      ...(options.dhParameters ? ["-dhparam", options.dhParameters] : []),
      ...commonArguments(options),
    ]);
    server.echo();
    return server;
  });
}

function commonArguments(options: TlsOptions): string[] {
  const { version = "TLSv1.3", suites, groups, alpn, psk } = options;
  const suiteOption = version === "TLSv1.3" ? "-ciphersuites" : "-cipher";
  return [
    version === "TLSv1.3" ? "-tls1_3" : "-tls1_2",
    ...(suites ? [suiteOption, opensslSuites(suites)] : []),
    ...(groups ? ["-groups", opensslGroups(groups)] : []),
    ...(alpn ? ["-alpn", alpn.join(",")] : []),
    ...(psk ? ["-psk_identity", psk.identity, "-psk", psk.key] : []),
    ...(options.encryptThenMac === false ? ["-no_etm"] : []),
  ];
}
