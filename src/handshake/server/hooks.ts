/**
 * Hooks that a server's handlers call where a feature or a version is there.
 */
import type { GroupName } from "../../crypto/provider.ts";
import type { ErrorDetails } from "../../errors.ts";
import type { ServerConfig } from "../config/config.ts";
import type { Credential } from "../credentials/credential.ts";
import {
  type Feature,
  Features,
  featuresOf,
  type Hooks,
} from "../features/feature.ts";
import type { HandshakeIo } from "../machine/io.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import type { CipherSuite12 } from "../registries/cipher-suites.ts";
import type { Beginning12, Server12State } from "./tls12/states.ts";

/**
 * Details for the errors of a server that shares something too little with a
 * client: what the client offers, what is enabled here, and what could be.
 */
export interface MismatchDetails {
  versions(config: ServerConfig, hello: ClientHello): ErrorDetails;
  suites13(config: ServerConfig, hello: ClientHello): ErrorDetails;
  groups(
    config: ServerConfig,
    hello: ClientHello,
    isUsable?: (name: GroupName) => boolean,
  ): ErrorDetails;
  schemes13(
    config: ServerConfig,
    hello: ClientHello,
    credentials: readonly Credential[],
  ): ErrorDetails;
  protocols(config: ServerConfig, offered: readonly string[]): ErrorDetails;
  /** Of TLS 1.2: `shared` are suites that both have and that fit nothing. */
  suites12?(
    shared: readonly CipherSuite12[],
    config: ServerConfig,
    hello: ClientHello,
    credentials: readonly Credential[],
  ): ErrorDetails;
}

/** A feature as a server has it. */
export type ServerFeature = Feature<ServerHooks>;

/** All hooks of a server. */
export interface ServerHooks extends Hooks {
  readonly mismatch?: MismatchDetails;
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
