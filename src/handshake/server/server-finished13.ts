/** The end of a server's flight: Finished, and what it makes known. */
import type { Credential } from "../credential.ts";
import { sendFinished } from "../flight.ts";
import { type HandshakeIo, protectionKeys } from "../io.ts";
import { logSecrets } from "../key-log.ts";
import { applicationKeys } from "../post-handshake13.ts";
import type { FlightSent, Server13, WaitSigner } from "./states.ts";

/** RFC 8446 4.4.4; from here on the server writes under application keys. */
export function sendServerFinished(
  state: Server13,
  secrets: Pick<WaitSigner, "handshake" | "serverHandshake">,
  credential: Credential | undefined,
  io: HandshakeIo,
): FlightSent {
  const { handshake, serverHandshake } = secrets;
  const transcript = sendFinished(io, state.transcript, serverHandshake);
  const master = handshake.masterSecret();
  const digest = transcript.digest();
  const sent: FlightSent = {
    ...state,
    credential,
    transcript,
    master,
    clientApplication: master.clientApplicationTraffic(digest),
    serverApplication: master.serverApplicationTraffic(digest),
    exporter: master.exporter(digest),
  };
  logSecrets(state.config, state.hello.random, {
    CLIENT_TRAFFIC_SECRET_0: sent.clientApplication,
    SERVER_TRAFFIC_SECRET_0: sent.serverApplication,
    EXPORTER_SECRET: sent.exporter,
  });
  io.setWriteKeys(applicationKeys(sent, sent.serverApplication));
  serverHandshake.wipe();
  // RFC 8446 4.4.4 and E.1: nobody who has to show a certificate is told
  // anything before that.
  if (state.config.clientAuthentication === "none") io.allowHalfRtt();
  return sent;
}

/** The keys that the client writes with until its Finished. */
export function clientHandshakeKeys({
  config,
  suite,
  clientHandshake,
}: Pick<Server13, "config" | "suite" | "clientHandshake">) {
  return protectionKeys({
    provider: config.provider,
    suite,
    secret: clientHandshake,
    epoch: "handshake",
    recordsPerKey: config.limits.recordsPerKey,
  });
}
