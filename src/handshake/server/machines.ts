/** The machines of a server, with and without TLS 1.2. */
import type { Features } from "../features.ts";
import { machineOf } from "../machine.ts";
import type { Machines } from "../machines.ts";
import { SERVER_READERS_12 } from "../messages/readers12.ts";
import { SERVER_READERS_13 } from "../messages/readers13.ts";
import { serverHello } from "./hello.ts";
import { begin12 } from "./resume12.ts";
import { server12 } from "./tls12.ts";
import { server13 } from "./tls13.ts";

export function serverMachines13({ messages }: Features): Machines {
  return {
    serverHello: machineOf(serverHello(), SERVER_READERS_13),
    server13: machineOf(server13, SERVER_READERS_13, messages),
  };
}

export function serverMachines(features: Features): Machines {
  return {
    ...serverMachines13(features),
    serverHello: machineOf(serverHello(begin12), SERVER_READERS_13),
    server12: machineOf(server12, SERVER_READERS_12),
  };
}
