/**
 * Hooks that a server's handlers call where a feature or a version is there.
 */
import type { ServerConfig } from "../config/config.ts";
import { Features, featuresOf, type Hooks } from "../features/feature.ts";
import type { HandshakeIo } from "../machine/io.ts";
import type { Beginning12, Server12State } from "./tls12/states.ts";

/** All hooks of a server. */
export interface ServerHooks extends Hooks {
  readonly tls12?: {
    /** Continues with a ClientHello that gets TLS 1.2. */
    begin(beginning: Beginning12, io: HandshakeIo): Server12State;
  };
}

/** The features of a server's protocol. */
export class ServerFeatures extends Features<ServerHooks> {
  readonly role = "server";
}

/** @throws TlsUsageError for a config that was not made by this library */
export function serverHooksOf(config: ServerConfig): ServerHooks {
  return featuresOf(config, ServerFeatures).hooks;
}
