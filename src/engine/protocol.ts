import type { ClientConfig, ServerConfig } from "../handshake/config/config.ts";
import type {
  Aead12Protection,
  Cbc12Protection,
  HandshakeIo,
  Need,
} from "../handshake/machine/io.ts";
import type { ConnectionState, Machines } from "./connection-state.ts";
import type { Answer } from "./answer.ts";
import type { ExtensionTable } from "../handshake/extensions/table.ts";
import type { Features } from "../handshake/features/feature.ts";
import { foreignConfig, type Protocol } from "../handshake/config/protocol.ts";
import type { RecordOpener, RecordSealer } from "../record/protection.ts";

/** Begins a connection of that role. */
export type Begin = (
  config: ClientConfig | ServerConfig,
  serverName: string | undefined,
  io: HandshakeIo,
) => ConnectionState;

/** Record protection of TLS 1.2. */
export interface RecordProtection12 {
  openerOf(keys: Aead12Protection | Cbc12Protection): RecordOpener;
  sealerOf(keys: Aead12Protection | Cbc12Protection): RecordSealer;
}

/** Answers of a program that a server looks at more closely. */
export type ServerAnswer = Extract<
  Answer,
  { type: "certificate_chosen" | "session_found" | "struck" }
>;

/** Answers the needs that a server alone has; see `server-needs.ts`. */
export interface ServerNeeds {
  /** The answer of the config; undefined where somebody else has it. */
  ownAnswer(
    config: ServerConfig,
    need: Extract<Need, { type: "session" | "strike" }>,
  ): ServerAnswer | undefined;
  /**
   * Reads an answer from outside into one of the engine's own.
   *
   * @throws TlsUsageError for a session or a config that is none
   */
  ownAnswerOf(config: ServerConfig, answer: ServerAnswer): ServerAnswer;
}

/** The beginning, machines and features of a role. */
export interface Role {
  readonly features: Features;
  readonly begin: Begin;
  readonly machines: Machines;
  /** Of a server alone. */
  readonly serverNeeds?: ServerNeeds | undefined;
}

interface Made extends Protocol, Role {
  readonly features: Features;
  readonly protection12?: RecordProtection12;
}

/**
 * A role and its versions with all that moves them. A config carries one, and
 * so it is the config that brings a version's code into a bundle.
 */
export class EngineProtocol implements Protocol {
  readonly versions: Made["versions"];
  readonly suites: Made["suites"];
  readonly defaultSuites: Made["defaultSuites"];
  readonly extensions: ExtensionTable;
  readonly features: Features;
  readonly begin: Begin;
  readonly machines: Machines;
  readonly serverNeeds: ServerNeeds | undefined;
  readonly protection12: RecordProtection12 | undefined;

  constructor(made: Made) {
    this.versions = made.versions;
    this.suites = made.suites;
    this.defaultSuites = made.defaultSuites;
    this.extensions = made.extensions;
    this.features = made.features;
    this.begin = made.begin;
    this.machines = made.machines;
    this.serverNeeds = made.serverNeeds;
    this.protection12 = made.protection12;
  }
}

/** @throws TlsUsageError for a config that was not made by this library */
export function protocolOf({
  protocol,
}: ClientConfig | ServerConfig): EngineProtocol {
  if (protocol instanceof EngineProtocol) return protocol;
  throw foreignConfig();
}
