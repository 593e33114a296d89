/** The versions, features and machines of a client. */
import { clientHello, startClient } from "../handshake/client/hello.ts";
import {
  type ClientFeature,
  ClientFeatures,
} from "../handshake/client/hooks.ts";
import { client12 } from "../handshake/client/tls12/machine.ts";
import { onServerHello12 } from "../handshake/client/tls12/server-hello.ts";
import { client13 } from "../handshake/client/tls13/machine.ts";
import { machineOf, withCells } from "../handshake/machine/transitions.ts";
import { CLIENT_READERS_12 } from "../handshake/messages/readers12.ts";
import { CLIENT_READERS_13 } from "../handshake/messages/readers13.ts";
import type { Machines } from "./connection-state.ts";
import { foreignConfig } from "../handshake/config/protocol.ts";
import type { Begin, EngineProtocol } from "./protocol.ts";
import { bothVersions, tls13Alone } from "./versions.ts";

const begin: Begin = (config, serverName, io) => {
  if (config.role !== "client") throw foreignConfig();
  return startClient(config, serverName, io);
};

/** A client of both versions with these features. */
export function clientProtocol(list: readonly ClientFeature[]): EngineProtocol {
  const features = new ClientFeatures(list, {
    tls12: { begin: onServerHello12 },
  });
  const machines = {
    ...machines13(features),
    client12: machineOf(client12, CLIENT_READERS_12),
  };
  return bothVersions({ begin, machines, features });
}

/** A client of TLS 1.3 alone. */
export function clientProtocol13(
  list: readonly ClientFeature[],
): EngineProtocol {
  const features = new ClientFeatures(list);
  return tls13Alone({ begin, machines: machines13(features), features });
}

function machines13({ cells, messages }: ClientFeatures): Machines {
  return {
    clientHello: machineOf(clientHello, CLIENT_READERS_13),
    client13: machineOf(
      withCells(client13, cells),
      CLIENT_READERS_13,
      messages,
    ),
  };
}
