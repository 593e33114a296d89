/** Early data as a client sends it, RFC 8446 4.2.10. */
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import type { ClientConfig } from "../config.ts";
import { type HandshakeIo, protectionKeys } from "../io.ts";
import { earlySecret } from "../key-schedule13.ts";
import { logSecrets } from "../key-log.ts";
import { PendingTranscript } from "../transcript.ts";
import { send } from "../flight.ts";
import { encodeEndOfEarlyData } from "../messages/end-of-early-data.ts";
import { clientHandshakeKeys } from "./handshake-keys.ts";
import { earlyDataSession } from "./psk-offer.ts";
import type {
  Client13,
  Finishing,
  OfferedEarlyData,
  SentHello,
  WaitEncryptedExtensions,
  WaitFinished,
} from "./states.ts";

/** The keys for it, once the ClientHello that offers it is sent. */
export function beginEarlyData(
  config: ClientConfig,
  hello: SentHello,
  io: HandshakeIo,
): OfferedEarlyData | undefined {
  const session = earlyDataSession(config, hello.psks);
  if (session === undefined) return undefined;
  const { cipherSuite: suite } = session;
  const hash = config.provider.hashes[suite.hash];
  const digest = new PendingTranscript().add(hello.raw).begin(hash).digest();
  const early = earlySecret(hash, session.psk);
  const traffic = early.clientEarlyTraffic(digest);
  const exporter = early.earlyExporter(digest);
  logSecrets(config, hello.random, {
    CLIENT_EARLY_TRAFFIC_SECRET: traffic,
    EARLY_EXPORTER_SECRET: exporter,
  });
  // RFC 8446 D.4: with early data, right after the first ClientHello.
  if (config.compatibilityMode) io.sendChangeCipherSpec();
  const keys = protectionKeys({
    provider: config.provider,
    suite,
    secret: traffic,
    epoch: "handshake",
    recordsPerKey: config.limits.recordsPerKey,
  });
  io.beginWritingEarlyData(keys, session.maxEarlyData);
  traffic.wipe();
  early.wipe();
  return { session, hash: suite.hash, exporter };
}

/**
 * What the server made of it: it goes on until the server's Finished, or it
 * has to be sent again.
 *
 * @throws TlsError when the server took it with another suite or ALPN name
 */
export function settleEarlyData(
  state: WaitEncryptedExtensions,
  accepted: boolean,
  alpnProtocol: string | undefined,
  io: HandshakeIo,
): Pick<Client13, "early" | "earlyData"> {
  const { early, earlyData } = state;
  if (early === undefined) {
    if (accepted) throw new TlsError(reason.wrong_early_data_returned);
    return { early, earlyData };
  }
  if (!accepted) {
    io.endWritingEarlyData();
    io.setWriteKeys(clientHandshakeKeys(state));
    return { early: undefined, earlyData: "rejected" };
  }
  const { cipherSuite, alpnProtocol: name } = early.session;
  if (state.suite.code !== cipherSuite.code || alpnProtocol !== name)
    throw new TlsError(reason.wrong_early_data_returned);
  return { early, earlyData: "accepted" };
}

/** RFC 8446 4.5: the last message under the early keys. */
export function endEarlyData(
  state: WaitFinished,
  finishing: Finishing,
  io: HandshakeIo,
): Finishing {
  if (state.earlyData !== "accepted") return finishing;
  const message = encodeEndOfEarlyData();
  const transcript = send(io, finishing.transcript, message);
  io.endWritingEarlyData();
  io.setWriteKeys(clientHandshakeKeys(state));
  return { ...finishing, transcript };
}
