/** Beginnings of the library's scenarios: version, misbehaving role, name, requirements. */
import { type LabScenario, scenario } from "../scenario/scenario.ts";

/** Begins a scenario of a client of TLS 1.3: a server is tested. */
export function client13(
  name: string,
  ...requirements: readonly string[]
): LabScenario<"tls13", "client"> {
  return scenario("tls13")
    .named(`tls13/server/${name}`)
    .requires(...requirements);
}

/** Begins a scenario of a server of TLS 1.3: a client is tested. */
export function server13(
  name: string,
  ...requirements: readonly string[]
): LabScenario<"tls13", "server"> {
  return scenario("tls13", "server")
    .named(`tls13/client/${name}`)
    .requires(...requirements);
}

/** Begins a scenario of a client of TLS 1.2: a server is tested. */
export function client12(
  name: string,
  ...requirements: readonly string[]
): LabScenario<"tls12", "client"> {
  return scenario("tls12")
    .named(`tls12/server/${name}`)
    .requires(...requirements);
}

/** Begins a scenario of a server of TLS 1.2: a client is tested. */
export function server12(
  name: string,
  ...requirements: readonly string[]
): LabScenario<"tls12", "server"> {
  return scenario("tls12", "server")
    .named(`tls12/client/${name}`)
    .requires(...requirements);
}

/** Begins the same scenario for either role of a version. */
export type Begin<V extends "tls12" | "tls13"> = (
  name: string,
  ...requirements: readonly string[]
) => LabScenario<V>;

/** Data that an echo, a line reader and an HTTP server all answer. */
export const QUESTION = "GET / HTTP/1.0\r\n\r\n";
