/** The versions, features and machines of a server. */
import { machineOf } from "../handshake/machine/transitions.ts";
import { SERVER_READERS_12 } from "../handshake/messages/readers12.ts";
import { SERVER_READERS_13 } from "../handshake/messages/readers13.ts";
import { serverHello, startServer } from "../handshake/server/hello.ts";
import {
  type ServerFeature,
  ServerFeatures,
} from "../handshake/server/hooks.ts";
import { server12 } from "../handshake/server/tls12/machine.ts";
import { begin12 } from "../handshake/server/tls12/resumption.ts";
import { server13 } from "../handshake/server/tls13/machine.ts";
import type { Machines } from "./connection-state.ts";
import { foreignConfig } from "../handshake/config/protocol.ts";
import type { Begin, EngineProtocol } from "./protocol.ts";
import { serverNeeds } from "./server-needs.ts";
import { bothVersions, tls13Alone } from "./versions.ts";

const begin: Begin = (config) => {
  if (config.role !== "server") throw foreignConfig();
  return startServer(config);
};

/** A server of both versions with these features. */
export function serverProtocol(list: readonly ServerFeature[]): EngineProtocol {
  const features = new ServerFeatures(list, { tls12: { begin: begin12 } });
  const machines = {
    ...machines13(features),
    server12: machineOf(server12, SERVER_READERS_12),
  };
  return bothVersions({ begin, serverNeeds, machines, features });
}

/** A server of TLS 1.3 alone. */
export function serverProtocol13(
  list: readonly ServerFeature[],
): EngineProtocol {
  const features = new ServerFeatures(list);
  return tls13Alone({
    begin,
    serverNeeds,
    machines: machines13(features),
    features,
  });
}

function machines13({ messages }: ServerFeatures): Machines {
  return {
    serverHello: machineOf(serverHello, SERVER_READERS_13),
    server13: machineOf(server13, SERVER_READERS_13, messages),
  };
}
