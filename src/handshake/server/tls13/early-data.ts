/** A server's decision about early data, RFC 9846 4.3.10 and 8. */
import { equal, type Secret } from "../../../bytes.ts";
import type { ServerConfig } from "../../config/config.ts";
import type { Need, ProtectionKeys } from "../../machine/io.ts";
import type { ClientHello } from "../../messages/client-hello.ts";
import type { ChosenPsk, ResumptionPsk } from "../../sessions/psk.ts";
import { earlyDataKeys } from "../../tls13/secrets.ts";
import type { Negotiated } from "../states.ts";

/** RFC 9846 8.3: how far the client's ticket age may be off, milliseconds. */
const WINDOW = 10_000;

type StrikeNeed = Extract<Need, { type: "strike" }>;

/** Keys and limits to read early data with. */
export interface EarlyDataKeys {
  readonly keys: ProtectionKeys;
  readonly bytes: number;
  readonly exporter: Secret;
}

/**
 * Decides whether early data is accepted: "refused" too where there is none. A
 * need where the register that guards the ticket has to say so.
 */
export function decideEarlyData(
  { config, hello, suite, helloRetried }: Negotiated,
  { psk, index }: ChosenPsk,
  alpnProtocol: string | undefined,
): "accepted" | "refused" | StrikeNeed {
  if (!hello.extensions.early_data || helloRetried) return "refused";
  // [9846-4.3.10-07]
  // RFC 9846 4.3.10: "the first PSK", with the same suite and ALPN name.
  if (psk.kind === "external" || index !== 0) return "refused";
  const { session } = psk;
  // Read once: the same clock says what is recent and until when it is struck.
  const now = config.provider.now();
  // [9846-4.3.10-08]
  const allowed =
    Math.min(session.maxEarlyData, config.maxEarlyData) > 0 &&
    session.cipherSuite.code === suite.code &&
    session.alpnProtocol === alpnProtocol &&
    isRecent(hello, psk, now);
  // [9846-4.3.10-04] [9846-8.2-01]
  return allowed ? guardOf(config, psk, now) : "refused";
}

/** Returns the keys and limits to read early data that is accepted. */
export function acceptEarlyData(
  { config, hello, suite, transcript }: Negotiated,
  { psk }: ChosenPsk,
): EarlyDataKeys | undefined {
  if (psk.kind === "external") return undefined;
  const { keys, exporter } = earlyDataKeys(
    { config, suite },
    psk.key,
    hello.random,
    transcript,
  );
  return { keys, bytes: psk.session.maxEarlyData, exporter };
}

/** RFC 9846 8.3: the hello was sent just now, by the ticket's age. */
function isRecent(
  hello: ClientHello,
  { session }: ResumptionPsk,
  now: number,
): boolean {
  const [first] = hello.extensions.pre_shared_key?.identities ?? [];
  if (first === undefined) return false;
  const theirs = (first.obfuscatedTicketAge - session.ageAdd) >>> 0;
  const ours = now - session.createdAt;
  // [9846-4.3.10-03]
  return Math.abs(ours - theirs) <= WINDOW;
}

// [9846-8-01]
/**
 * RFC 9846 8.1 and 8.2: no early data twice. A session that names a register is
 * struck in it. One that names none was guarded by the store that it was made for:
 * it needs a store here that is one, which a config without a register says.
 */
function guardOf(
  { strikeRegister, ticketKeys: tickets, sessionStore, provider }: ServerConfig,
  { session, identity }: ResumptionPsk,
  now: number,
): "accepted" | "refused" | StrikeNeed {
  if (session.strikeRegister.length === 0)
    return tickets === undefined &&
      sessionStore !== undefined &&
      strikeRegister === undefined
      ? "accepted"
      : "refused";
  if (
    strikeRegister === undefined ||
    !equal(strikeRegister.id, session.strikeRegister)
  )
    return "refused";
  return {
    type: "strike",
    // [9846-8.2-02]
    key: provider.hashes["SHA-256"].hash(identity),
    until: now + 2 * WINDOW,
  };
}
