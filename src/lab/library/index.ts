/** The library of scenarios that ships with the lab. */
import type { LabScenario } from "../scenario/scenario.ts";
import { after13 } from "./after13.ts";
import { classics } from "./classics.ts";
import { clientHello13 } from "./client-hello13.ts";
import { flight13 } from "./flight13.ts";
import { flightServer13 } from "./server-flight13.ts";
import { psk13 } from "./psk13.ts";
import { records13 } from "./records13.ts";
import { serverHello13 } from "./server-hello13.ts";
import { clients12 } from "./tls12-client.ts";
import { records12 } from "./tls12-records.ts";
import { servers12 } from "./tls12-server.ts";

let made: readonly LabScenario[] | undefined;

/**
 * The scenarios that ship: for MUSTs of RFC 9846 and of TLS 1.2 that a peer can be seen
 * to break, and for faults that stacks once had. Their names begin with the version and
 * the role that is tested.
 *
 * @example
 * ```ts
 * import { library, playInMemory } from "puretls/lab";
 *
 * for (const one of library().filter(({ name }) => name.includes("legacy-version")))
 *   if (playInMemory(one).verdict !== "pass") throw new Error(one.name);
 * ```
 */
export function library(): readonly LabScenario[] {
  made ??= [
    ...clientHello13(),
    ...flight13(),
    ...psk13(),
    ...serverHello13(),
    ...flightServer13(),
    ...records13(),
    ...after13(),
    ...servers12(),
    ...records12(),
    ...clients12(),
    ...classics(),
  ];
  return made;
}
