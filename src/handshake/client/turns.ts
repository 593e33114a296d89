/** Where a client's handshake turns to its features. */
import type { HashName } from "../../crypto/provider.ts";
import type { ClientConfig } from "../config.ts";
import type { ExternalPsk } from "../external-psk.ts";
import type { OfferedPsks } from "../extensions/spec.ts";
import type { HandshakeIo } from "../io.ts";
import type { Transitions } from "../machine.ts";
import type { FeatureSet } from "../protocol.ts";
import type { ChosenPsk, Psk } from "../psk.ts";
import type { PendingTranscript } from "../transcript.ts";
import type {
  CertificateWanted,
  Client13,
  Client13State,
  Finishing,
  OfferedEarlyData,
  OfferedSession12,
  SentHello,
  WaitEncryptedExtensions,
  WaitFinished,
} from "./states.ts";

/** Sessions, external PSKs and early data, in the order of the handshake. */
export interface SessionTurns {
  /** Undefined where TLS 1.2 is not spoken. */
  session12?(
    config: ClientConfig,
    serverName: string | undefined,
  ): OfferedSession12 | undefined;
  ticket12?(
    config: ClientConfig,
    offered: OfferedSession12 | undefined,
  ): Uint8Array | undefined;
  offeredPsks(
    config: ClientConfig,
    serverName: string | undefined,
    external: ExternalPsk | undefined,
  ): readonly Psk[];
  offersEarlyData(config: ClientConfig, psks: readonly Psk[]): boolean;
  pskBody(config: ClientConfig, psks: readonly Psk[]): OfferedPsks | undefined;
  withBinders(
    config: ClientConfig,
    raw: Uint8Array,
    types: readonly number[],
    psks: readonly Psk[],
    before: PendingTranscript,
  ): Uint8Array;
  beginEarlyData(
    config: ClientConfig,
    hello: SentHello,
    io: HandshakeIo,
  ): OfferedEarlyData | undefined;
  acceptedPsk(
    offered: readonly Psk[],
    index: number,
    suiteHash: HashName,
  ): ChosenPsk;
  settleEarlyData(
    state: WaitEncryptedExtensions,
    accepted: boolean,
    alpnProtocol: string | undefined,
    io: HandshakeIo,
  ): Pick<Client13, "early" | "earlyData">;
  endEarlyData(
    state: WaitFinished,
    finishing: Finishing,
    io: HandshakeIo,
  ): Finishing;
}

/** A client that has certificates of its own. */
export interface CertificateTurns {
  /** Answers a CertificateRequest of the handshake. */
  answerRequest(
    state: Finishing,
    wanted: CertificateWanted,
    io: HandshakeIo,
  ): Client13State;
}

/** The turns there are; undefined: the feature is not there. */
export interface ClientTurns {
  readonly sessions?: SessionTurns;
  readonly ownCertificate?: CertificateTurns;
}

type Cells = Partial<Transitions<Client13State>>;

/** What a feature is to a client alone. */
export class ClientPart {
  /** In the rows of TLS 1.3, in place of what every client has there. */
  readonly cells: Cells;
  readonly turns: ClientTurns;

  constructor(cells: Cells, turns: ClientTurns) {
    this.cells = cells;
    this.turns = turns;
  }
}

export function clientTurnsOf({
  protocol: { features },
}: ClientConfig): ClientTurns {
  const none: ClientTurns = {};
  return Object.assign(none, ...partsOf(features).map(({ turns }) => turns));
}

export function clientCellsOf(features: FeatureSet): readonly Cells[] {
  return partsOf(features).map(({ cells }) => cells);
}

function partsOf({ parts }: FeatureSet): readonly ClientPart[] {
  return parts.filter((part) => part instanceof ClientPart);
}
