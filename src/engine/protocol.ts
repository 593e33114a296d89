import { TlsUsageError } from "../errors.ts";
import type { ClientConfig, ServerConfig } from "../handshake/config.ts";
import type {
  Aead12Protection,
  Cbc12Protection,
  HandshakeIo,
} from "../handshake/io.ts";
import type { ConnectionState, Machines } from "../handshake/machines.ts";
import type { ExtensionTable } from "../handshake/extensions/table.ts";
import type { Features } from "../handshake/features.ts";
import type { Protocol } from "../handshake/protocol.ts";
import type { RecordOpener, RecordSealer } from "../record/protection.ts";

/** How a connection of that role begins. */
export type Begin = (
  config: ClientConfig | ServerConfig,
  serverName: string | undefined,
  io: HandshakeIo,
) => ConnectionState;

/** How records of TLS 1.2 are protected. */
export interface RecordProtection12 {
  openerOf(keys: Aead12Protection | Cbc12Protection): RecordOpener;
  sealerOf(keys: Aead12Protection | Cbc12Protection): RecordSealer;
}

interface Made extends Protocol {
  readonly features: Features;
  readonly begin: Begin;
  readonly machines: Machines;
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
  readonly protection12: RecordProtection12 | undefined;

  constructor(made: Made) {
    this.versions = made.versions;
    this.suites = made.suites;
    this.defaultSuites = made.defaultSuites;
    this.extensions = made.extensions;
    this.features = made.features;
    this.begin = made.begin;
    this.machines = made.machines;
    this.protection12 = made.protection12;
  }
}

/** @throws TlsUsageError for a config that was not made by this library */
export function protocolOf({
  protocol,
}: ClientConfig | ServerConfig): EngineProtocol {
  if (protocol instanceof EngineProtocol) return protocol;
  throw new TlsUsageError("config: not made by clientConfig or serverConfig");
}
