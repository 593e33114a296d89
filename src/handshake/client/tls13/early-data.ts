/** Early data as a client sends it, RFC 9846 4.3.10. */
import { TlsError } from "../../../errors.ts";
import * as reason from "../../../reasons.ts";
import type { ClientConfig } from "../../config/config.ts";
import type { Agreed } from "../../extensions/spec.ts";
import type { HandshakeIo } from "../../machine/io.ts";
import { PendingTranscript } from "../../keys/transcript.ts";
import { send } from "../../tls13/flight.ts";
import { encodeEndOfEarlyData } from "../../messages/without-content.ts";
import { earlyDataKeys, handshakeKeys } from "../../tls13/secrets.ts";
import { earlyDataSession } from "../offer/psk-offer.ts";
import type {
  Client13,
  Finishing,
  OfferedEarlyData,
  SentHello,
  WaitEncryptedExtensions,
  WaitFinished,
} from "../states.ts";

/** The keys for it, once the ClientHello that offers it is sent. */
export function beginEarlyData(
  config: ClientConfig,
  hello: SentHello,
  io: HandshakeIo,
): OfferedEarlyData | undefined {
  const session = earlyDataSession(config, hello.psks);
  if (session === undefined) return undefined;
  const { cipherSuite: suite } = session;
  const transcript = new PendingTranscript().add(hello.raw);
  const { keys, exporter } = earlyDataKeys(
    { config, suite },
    session.psk,
    hello.random,
    transcript,
  );
  // RFC 9846 E.4: with early data, right after the first ClientHello.
  if (config.compatibilityMode) io.sendChangeCipherSpec();
  io.beginWritingEarlyData(keys, session.maxEarlyData);
  return { session, hash: suite.hash, exporter };
}

/**
 * Settles early data by the server's answer: it continues until the server's
 * Finished, or it has to be sent again.
 *
 * @throws TlsError when the server took it with another suite or ALPN name
 */
export function settleEarlyData(
  state: WaitEncryptedExtensions,
  {
    earlyData: accepted,
    alpnProtocol,
  }: Pick<Agreed, "earlyData" | "alpnProtocol">,
  io: HandshakeIo,
): Pick<Client13, "early" | "earlyData"> {
  const { early, earlyData } = state;
  if (early === undefined) {
    // [9846-4.3.11-13] [9846-4.3.11-14]
    if (accepted) throw new TlsError(reason.wrong_early_data_returned);
    return { early, earlyData };
  }
  if (!accepted) {
    io.endWritingEarlyData();
    io.setWriteKeys(handshakeKeys(state, state.secrets.client));
    // [9846-4.3.10-14] [9846-4.3.10-15] [9846-F.5-03b]
    return { early: undefined, earlyData: "rejected" };
  }
  const { cipherSuite, alpnProtocol: name } = early.session;
  if (state.suite.code !== cipherSuite.code || alpnProtocol !== name)
    throw new TlsError(reason.wrong_early_data_returned);
  return { early, earlyData: "accepted" };
}

/** RFC 9846 4.6: the last message under the early keys. */
export function endEarlyData(
  state: WaitFinished,
  finishing: Finishing,
  io: HandshakeIo,
): Finishing {
  // [9846-4.6-02]
  if (state.earlyData !== "accepted") return finishing;
  // [9846-4.6-01] [9846-4.6-03a]
  const message = encodeEndOfEarlyData();
  const transcript = send(io, finishing.transcript, message);
  io.endWritingEarlyData();
  io.setWriteKeys(handshakeKeys(state, state.secrets.client));
  return { ...finishing, transcript };
}
