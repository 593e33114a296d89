/**
 * Where a client's handshake turns to Encrypted Client Hello (RFC 9849 6). The
 * config's object brings what happens there, so that who hides no name does not
 * load it.
 */
import type { HashAlgorithm } from "../../crypto/provider.ts";
import { type TlsError, TlsUsageError } from "../../errors.ts";
import type { ClientConfig } from "../config.ts";
import type { EchClient } from "../ech.ts";
import type { ExternalPsk } from "../external-psk.ts";
import type {
  HelloRetryRequest,
  ServerHello,
} from "../messages/server-hello.ts";
import type { RetryAsked } from "./client-hello.ts";
import type { EchAttempt, SentHello, WaitServerHello } from "./states.ts";

/** What goes out first, and what is remembered of it. */
export type FirstHellos = Pick<
  WaitServerHello,
  "hello" | "serverName" | "transcript" | "ech"
>;

/** The turns, in the order of the handshake. */
export interface EchFlow {
  firstHellos(
    config: ClientConfig,
    serverName: string | undefined,
    external: ExternalPsk | undefined,
  ): FirstHellos | undefined;
  judgeRetry(
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
  judgeServerHello(
    state: WaitServerHello,
    message: ServerHello,
    hash: HashAlgorithm,
  ): WaitServerHello;
  goOnWith12(state: WaitServerHello): WaitServerHello;
  withRetryConfigs(
    ech: EchAttempt | undefined,
    configs: Uint8Array | undefined,
  ): EchAttempt | undefined;
  refusal(
    ech: EchAttempt | undefined,
    authenticated: boolean,
  ): TlsError | undefined;
}

/** An {@link EchClient} as `puretls/ech` makes it. */
export class EchClientWithFlow implements EchClient {
  readonly kind: EchClient["kind"];
  readonly begin: EchClient["begin"];
  readonly #flow: EchFlow;

  constructor(flow: EchFlow, { kind, begin }: EchClient) {
    this.#flow = flow;
    this.kind = kind;
    this.begin = begin;
  }

  /** Undefined: not made by it, but a look-alike. */
  static flowOf(client: EchClient): EchFlow | undefined {
    return #flow in client ? client.#flow : undefined;
  }
}

/**
 * Undefined: the config has no Encrypted Client Hello.
 *
 * @throws TlsUsageError for an object that `puretls/ech` has not made
 */
export function echFlowOf({
  encryptedClientHello: client,
}: ClientConfig): EchFlow | undefined {
  if (client === undefined) return undefined;
  const flow = EchClientWithFlow.flowOf(client);
  if (flow !== undefined) return flow;
  throw new TlsUsageError("encryptedClientHello: made by puretls/ech");
}
