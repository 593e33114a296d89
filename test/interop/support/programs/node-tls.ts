/** `node:tls` of any Node binary as client and as server. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
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

const here = dirname(fileURLToPath(import.meta.url));

/** Sends the payload, waits for as much, then closes. */
export function nodeClient(
  binary: string,
  options: ClientOptions,
  payload: Uint8Array,
): Promise<ClientRun> {
  const { port, ca, servername = "localhost", identity } = options;
  const client = new PeerProcess(binary, [
    join(here, "node-client.mjs"),
    JSON.stringify({ port, ca, servername, ...identity, ...common(options) }),
  ]);
  return exchange(client, payload);
}

/** Sends back what it receives; `http`: as the body of an HTTP/1.1 answer. */
export function nodeServer(
  binary: string,
  options: ServerOptions & { readonly http?: boolean },
): Promise<PeerServer> {
  const { identity, clientAuth = "none", ca, http = false } = options;
  return serve(
    "when told",
    (port) =>
      new PeerProcess(binary, [
        join(here, "node-server.mjs"),
        JSON.stringify({
          ...{ port, http, ca, ...identity, ...common(options) },
          requestCert: clientAuth !== "none",
          rejectUnauthorized: clientAuth === "required",
        }),
      ]),
  );
}

function common(options: TlsOptions): object {
  const { version = "TLSv1.3", suites, groups, alpn } = options;
  return {
    ...{ minVersion: version, maxVersion: version },
    ...(suites ? { ciphers: opensslSuites(suites) } : {}),
    ...(groups ? { ecdhCurve: opensslGroups(groups) } : {}),
    ...(alpn ? { ALPNProtocols: alpn } : {}),
  };
}
