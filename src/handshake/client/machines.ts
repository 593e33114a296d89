/** The machines of a client, with and without TLS 1.2. */
import type { Features } from "../features.ts";
import { machineOf, withCells } from "../machine.ts";
import type { Machines } from "../machines.ts";
import { CLIENT_READERS_12 } from "../messages/readers12.ts";
import { CLIENT_READERS_13 } from "../messages/readers13.ts";
import { clientHello } from "./hello.ts";
import { onServerHello12 } from "./server-hello12.ts";
import { client12 } from "./tls12.ts";
import { client13 } from "./tls13.ts";
import { clientCellsOf } from "./turns.ts";

export function clientMachines13(features: Features): Machines {
  return {
    clientHello: machineOf(clientHello(), CLIENT_READERS_13),
    client13: machineOf(
      withCells(client13, clientCellsOf(features)),
      CLIENT_READERS_13,
      features.messages,
    ),
  };
}

export function clientMachines(features: Features): Machines {
  return {
    ...clientMachines13(features),
    clientHello: machineOf(clientHello(onServerHello12), CLIENT_READERS_13),
    client12: machineOf(client12, CLIENT_READERS_12),
  };
}
