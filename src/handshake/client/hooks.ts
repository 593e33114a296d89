/** Hooks that a client's handlers call where a feature is there. */
import type { HashAlgorithm, HashName } from "../../crypto/provider.ts";
import { type TlsError, TlsUsageError } from "../../errors.ts";
import type { ClientConfig } from "../config/config.ts";
import type { EchClient } from "../config/ech-interfaces.ts";
import type { Agreed, OfferedPsks } from "../extensions/spec.ts";
import {
  type Feature,
  Features,
  featuresOf,
  type Hooks,
} from "../features/feature.ts";
import type { PendingTranscript } from "../keys/transcript.ts";
import type { HandshakeIo } from "../machine/io.ts";
import type { Transitions } from "../machine/transitions.ts";
import type {
  HelloRetryRequest,
  ServerHello,
  ServerHello12,
} from "../messages/server-hello.ts";
import type { OwnPsk } from "../sessions/external-psk.ts";
import type { ChosenPsk, Psk } from "../sessions/psk.ts";
import type {
  CertificateWanted,
  Client13,
  Client13State,
  EchAttempt,
  Finishing,
  OfferedEarlyData,
  OfferedSession12,
  RetryAsked,
  SentHello,
  WaitEncryptedExtensions,
  WaitFinished,
  WaitServerHello,
} from "./states.ts";
import type { Client12State } from "./tls12/states.ts";

/** Sessions, external PSKs and early data, in the order of the handshake. */
export interface SessionHooks {
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
    external: readonly OwnPsk[],
  ): readonly Psk[];
  offersEarlyData(config: ClientConfig, psks: readonly Psk[]): boolean;
  pskBody(config: ClientConfig, psks: readonly Psk[]): OfferedPsks | undefined;
  withBinders(
    config: ClientConfig,
    raw: Uint8Array,
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
    agreed: Pick<Agreed, "earlyData" | "alpnProtocol">,
    io: HandshakeIo,
  ): Pick<Client13, "early" | "earlyData">;
  endEarlyData(
    state: WaitFinished,
    finishing: Finishing,
    io: HandshakeIo,
  ): Finishing;
}

/** All hooks of a client; what is not there, the program can do without. */
export interface ClientHooks extends Hooks {
  readonly sessions?: SessionHooks;
  /** A client that has certificates of its own. */
  readonly ownCertificate?: {
    /** Answers a CertificateRequest of the handshake. */
    answerRequest(
      state: Finishing,
      wanted: CertificateWanted,
      io: HandshakeIo,
    ): Client13State;
  };
  readonly tls12?: {
    /** Continues with a ServerHello of TLS 1.2. */
    begin(
      state: WaitServerHello,
      message: ServerHello12,
      io: HandshakeIo,
    ): Client12State;
  };
}

type Cells = Partial<Transitions<Client13State>>;

/** A feature as a client has it; a server ignores what is the client's alone. */
export interface ClientFeature extends Feature<ClientHooks> {
  /** In the rows of TLS 1.3, in place of what every client has there. */
  readonly cells?: Cells;
}

/** The features of a client's protocol. */
export class ClientFeatures extends Features<ClientHooks> {
  readonly cells: readonly Cells[];

  constructor(
    features: readonly ClientFeature[],
    versions?: Pick<ClientHooks, "tls12">,
  ) {
    super(features, versions);
    this.cells = features.flatMap(({ cells = [] }) => cells);
  }
}

/** @throws TlsUsageError for a config that was not made by this library */
export function clientHooksOf(config: ClientConfig): ClientHooks {
  return featuresOf(config, ClientFeatures).hooks;
}

/** The first flight, and the state that is kept of it. */
export type FirstHellos = Pick<
  WaitServerHello,
  "hello" | "serverName" | "transcript" | "ech"
>;

/**
 * Encrypted Client Hello (RFC 9849 6), in the order of the handshake. The
 * config's object brings these hooks, so that who hides no name does not load
 * them.
 */
export interface EchHooks {
  firstHellos(
    config: ClientConfig,
    serverName: string | undefined,
    external: readonly OwnPsk[],
  ): FirstHellos | undefined;
  checkRetry(
    state: WaitServerHello,
    message: HelloRetryRequest,
    hash: HashAlgorithm,
  ): WaitServerHello;
  secondBody(ech: EchAttempt | undefined): Uint8Array | undefined;
  sealSecond(
    state: WaitServerHello,
    hello: SentHello,
    asked: RetryAsked,
  ): SentHello;
  checkServerHello(
    state: WaitServerHello,
    message: ServerHello,
    hash: HashAlgorithm,
  ): WaitServerHello;
  continueWith12(state: WaitServerHello): WaitServerHello;
  refusal(
    ech: EchAttempt | undefined,
    retryConfigs: Uint8Array | undefined,
  ): TlsError | undefined;
}

/** An {@link EchClient} as `puretls/ech` makes it. */
export class EchClientWithHooks implements EchClient {
  readonly kind: EchClient["kind"];
  readonly begin: EchClient["begin"];
  readonly #hooks: EchHooks;

  constructor(hooks: EchHooks, { kind, begin }: EchClient) {
    this.#hooks = hooks;
    this.kind = kind;
    this.begin = begin;
  }

  /** Undefined: not made by it, but a look-alike. */
  static hooksOf(client: EchClient): EchHooks | undefined {
    return #hooks in client ? client.#hooks : undefined;
  }
}

/**
 * Undefined: the config has no Encrypted Client Hello.
 *
 * @throws TlsUsageError for an object that `puretls/ech` has not made
 */
export function echHooksOf({
  encryptedClientHello: client,
}: ClientConfig): EchHooks | undefined {
  if (client === undefined) return undefined;
  const hooks = EchClientWithHooks.hooksOf(client);
  if (hooks !== undefined) return hooks;
  throw new TlsUsageError(
    "encryptedClientHello: an object that puretls/ech did not make; allowed are those of createEchClient()",
  );
}
