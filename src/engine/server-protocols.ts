/** What a server speaks. */
import { TlsUsageError } from "../errors.ts";
import type { Feature } from "../handshake/features.ts";
import { startServer } from "../handshake/server/hello.ts";
import {
  serverMachines,
  serverMachines13,
} from "../handshake/server/machines.ts";
import type { Begin, EngineProtocol } from "./protocol.ts";
import { bothVersions, tls13Alone } from "./versions.ts";

const begin: Begin = (config) => {
  if (config.role !== "server")
    throw new TlsUsageError("config: a server's is wanted");
  return startServer(config);
};

export function serverProtocol(features: readonly Feature[]): EngineProtocol {
  return bothVersions({ begin, machines: serverMachines }, features);
}

export function serverProtocol13(features: readonly Feature[]): EngineProtocol {
  return tls13Alone({ begin, machines: serverMachines13 }, features);
}
