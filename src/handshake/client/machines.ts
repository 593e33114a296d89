/** The machines of a client, with and without TLS 1.2. */
import { machineOf, type MessageForms } from "../machine.ts";
import type { Machines } from "../machines.ts";
import { CLIENT_READERS_12 } from "../messages/readers12.ts";
import { CLIENT_READERS_13 } from "../messages/readers13.ts";
import { clientHello } from "./hello.ts";
import { onServerHello12 } from "./server-hello12.ts";
import { client12 } from "./tls12.ts";
import { client13 } from "./tls13.ts";

export function clientMachines13(forms: MessageForms): Machines {
  return {
    clientHello: machineOf(clientHello(), CLIENT_READERS_13),
    client13: machineOf(client13, CLIENT_READERS_13, forms),
  };
}

export function clientMachines(forms: MessageForms): Machines {
  return {
    ...clientMachines13(forms),
    clientHello: machineOf(clientHello(onServerHello12), CLIENT_READERS_13),
    client12: machineOf(client12, CLIENT_READERS_12),
  };
}
