/** What a client speaks. */
import { TlsUsageError } from "../errors.ts";
import type { Feature } from "../handshake/features.ts";
import { startClient } from "../handshake/client/hello.ts";
import {
  clientMachines,
  clientMachines13,
} from "../handshake/client/machines.ts";
import type { Begin, EngineProtocol } from "./protocol.ts";
import { bothVersions, tls13Alone } from "./versions.ts";

const begin: Begin = (config, serverName, io) => {
  if (config.role !== "client")
    throw new TlsUsageError("config: a client's is wanted");
  return startClient(config, serverName, io);
};

export function clientProtocol(features: readonly Feature[]): EngineProtocol {
  return bothVersions({ begin, machines: clientMachines }, features);
}

export function clientProtocol13(features: readonly Feature[]): EngineProtocol {
  return tls13Alone({ begin, machines: clientMachines13 }, features);
}
