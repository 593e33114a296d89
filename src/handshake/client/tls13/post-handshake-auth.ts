/** A client shows its certificate after the handshake, RFC 9846 4.7.2. */
import { RAISE_NEED } from "../../../promises.ts";
import { TlsError } from "../../../errors.ts";
import * as reason from "../../../reasons.ts";
import { requireCredential } from "../../authentication/own-certificate.ts";
import { chooseCredential } from "../../authentication/signatures-and-finished.ts";
import type { Credential } from "../../credentials/credential.ts";
import {
  certificateMessage,
  sendCertificateVerify,
  finishedOf,
  signingNeed,
} from "../../tls13/flight.ts";
import type { Answers, HandshakeIo } from "../../machine/io.ts";
import type { Commands } from "../../machine/transitions.ts";
import type { CertificateRequest13 } from "../../messages/certificate-request13.ts";
import { onUpdateKeys } from "../../tls13/key-update.ts";
import type { Transcript } from "../../keys/transcript.ts";
import { certificateWanted, termsOf } from "./certificate-request.ts";
import type {
  ClientConnected,
  WaitPostHandshakeChoice,
  WaitPostHandshakeSigner,
} from "../states.ts";

type Requested = Omit<WaitPostHandshakeChoice, "at" | "need">;
type Next = WaitPostHandshakeSigner | ClientConnected;

// [9846-4.7.2-02]
/** Only where this client offered it. */
export function onLateRequest(
  connected: ClientConnected,
  message: CertificateRequest13,
  io: HandshakeIo,
): Next | WaitPostHandshakeChoice {
  const { config, handshakeTranscript } = connected;
  // [9846-4.7.2-06]
  if (handshakeTranscript === undefined)
    throw new TlsError(reason.unexpected_message, {
      detail: "a CertificateRequest, and post_handshake_auth was not offered",
    });
  const requests = connected.requests + 1;
  if (requests > config.limits.certificateRequests)
    throw new TlsError(reason.too_many_certificate_requests);
  const wanted = certificateWanted(message, connected.certificateType);
  const requested: Requested = {
    machine: "client13",
    config,
    connected: { ...connected, requests },
    transcript: handshakeTranscript.add(message.raw),
    context: message.context.slice(),
    wanted,
  };
  if (config.credentials !== RAISE_NEED)
    return answerWith(requested, config.credentials, io);
  return {
    ...requested,
    at: "WAIT_POST_HANDSHAKE_CHOICE",
    need: { type: "certificate", clientHello: undefined, request: wanted },
  };
}

export function onLateChoice(
  { need: _need, ...requested }: WaitPostHandshakeChoice,
  { credentials }: Answers["certificate_chosen"],
  io: HandshakeIo,
): Next {
  return answerWith(requested, credentials, io);
}

// [9846-4.7.2-05]
export function onLateSigned(
  state: WaitPostHandshakeSigner,
  { signature }: Answers["signed"],
  io: HandshakeIo,
): ClientConnected {
  const { connected, chosen, certificate, transcript } = state;
  io.send(certificate);
  // [9846-4.7.2-03]
  const signed = sendCertificateVerify(io, transcript, chosen, signature);
  return finish(connected, signed, io);
}

/** New keys while a need waits: nothing of the answer is on its way yet. */
export function onUpdateKeysMeanwhile<
  S extends WaitPostHandshakeChoice | WaitPostHandshakeSigner,
>(state: S, command: Commands["update_keys"], io: HandshakeIo): S {
  return { ...state, connected: onUpdateKeys(state.connected, command, io) };
}

function answerWith(
  requested: Requested,
  credentials: readonly Credential[],
  io: HandshakeIo,
): Next {
  const { config, connected, wanted, context } = requested;
  const chosen = chooseCredential(
    credentials,
    config,
    "TLSv1.3",
    wanted.signatureSchemes,
    wanted.authorities,
    termsOf(wanted),
  );
  requireCredential(chosen, credentials, config, wanted.certificateType);
  const certificate = certificateMessage(chosen, wanted.asked, config, context);
  const transcript = requested.transcript.add(certificate);
  // [9846-4.7.2-04]
  if (chosen === undefined) {
    io.send(certificate);
    return finish(connected, transcript, io);
  }
  return {
    ...requested,
    at: "WAIT_POST_HANDSHAKE_SIGNER",
    transcript,
    chosen,
    certificate,
    need: signingNeed("client", transcript, chosen),
  };
}

/** RFC 9846 4.5.3: under client_application_traffic_secret_N. */
function finish(
  connected: ClientConnected,
  transcript: Transcript,
  io: HandshakeIo,
): ClientConnected {
  io.send(finishedOf(transcript, connected.writeSecret).message);
  return connected;
}
