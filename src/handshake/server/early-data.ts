/** Whether a server takes early data, RFC 8446 4.2.10 and 8. */
import type { Secret } from "../../bytes.ts";
import type { CipherSuite13 } from "../cipher-suites.ts";
import type { ServerConfig } from "../config.ts";
import { type ProtectionKeys, protectionKeys } from "../io.ts";
import { earlySecret } from "../key-schedule13.ts";
import { logSecrets } from "../key-log.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import type { ChosenPsk, ResumptionPsk } from "../psk.ts";
import { equal } from "../../bytes.ts";
import type { PendingTranscript } from "../transcript.ts";

/** RFC 8446 8.3: how far the client's ticket age may be off, milliseconds. */
const WINDOW = 10_000;

/** What it takes to read early data. */
export interface EarlyDataKeys {
  readonly keys: ProtectionKeys;
  readonly bytes: number;
  readonly exporter: Secret;
}

/** The keys for it; undefined when there is none or it is refused. */
export function acceptEarlyData(
  negotiated: {
    readonly config: ServerConfig;
    readonly hello: ClientHello;
    readonly suite: CipherSuite13;
    readonly helloRetried: boolean;
    /** Up to the ClientHello. */
    readonly transcript: PendingTranscript;
  },
  { psk, index }: ChosenPsk,
  alpnProtocol: string | undefined,
): EarlyDataKeys | undefined {
  const { config, hello, suite, helloRetried } = negotiated;
  if (!hello.extensions.early_data || helloRetried) return undefined;
  // RFC 8446 4.2.10: "the first PSK", with the same suite and ALPN name.
  if (psk.kind === "external" || index !== 0) return undefined;
  const { session } = psk;
  const allowed =
    Math.min(session.maxEarlyData, config.maxEarlyData) > 0 &&
    session.cipherSuite.code === suite.code &&
    session.alpnProtocol === alpnProtocol &&
    isRecent(config, hello, psk) &&
    isFirst(config, psk);
  if (!allowed) return undefined;
  const { provider } = config;
  const hash = provider.hashes[suite.hash];
  const digest = negotiated.transcript.begin(hash).digest();
  const early = earlySecret(hash, psk.key);
  const traffic = early.clientEarlyTraffic(digest);
  const exporter = early.earlyExporter(digest);
  logSecrets(config, hello.random, {
    CLIENT_EARLY_TRAFFIC_SECRET: traffic,
    EARLY_EXPORTER_SECRET: exporter,
  });
  const { recordsPerKey } = config.limits;
  const keys = protectionKeys({
    provider,
    suite,
    secret: traffic,
    epoch: "handshake",
    recordsPerKey,
  });
  traffic.wipe();
  early.wipe();
  return { keys, bytes: session.maxEarlyData, exporter };
}

/** RFC 8446 8.3: the hello was sent just now, by the ticket's age. */
function isRecent(
  { provider }: ServerConfig,
  hello: ClientHello,
  { session }: ResumptionPsk,
): boolean {
  const [first] = hello.extensions.pre_shared_key?.identities ?? [];
  if (first === undefined) return false;
  const theirs = (first.obfuscatedTicketAge - session.ageAdd) >>> 0;
  const ours = provider.now() - session.createdAt;
  return Math.abs(ours - theirs) <= WINDOW;
}

/**
 * RFC 8446 8.1 and 8.2: no early data twice. A session out of a store was taken
 * out of it; a ticket is struck in the register that it names.
 */
function isFirst(config: ServerConfig, { session, identity }: ResumptionPsk) {
  const { strikeRegister, tickets, provider } = config;
  if (session.strikeRegister.length === 0)
    return tickets === undefined && config.sessionStore !== undefined;
  if (
    strikeRegister === undefined ||
    !equal(strikeRegister.id, session.strikeRegister)
  )
    return false;
  const key = provider.hashes["SHA-256"].hash(identity);
  return strikeRegister.strike(key, provider.now() + 2 * WINDOW);
}
