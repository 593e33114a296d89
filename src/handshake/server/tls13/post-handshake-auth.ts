/** A server asks for a certificate after the handshake, RFC 9846 4.7.2. */
import { TlsError } from "../../../errors.ts";
import * as reason from "../../../reasons.ts";
import { Anonymous } from "../../config/client-authentication.ts";
import { verifyFinished } from "../../authentication/signatures-and-finished.ts";
import type { HandshakeIo } from "../../machine/io.ts";
import type { Commands } from "../../machine/transitions.ts";
import type { Certificate13 } from "../../messages/certificate13.ts";
import type { Finished } from "../../messages/finished.ts";
import {
  isAnonymous,
  readPeerChain,
  signingKey,
} from "../../authentication/peer-certificate.ts";
import { onUpdateKeys } from "../../tls13/key-update.ts";
import { shown } from "../../credentials/peer-identity.ts";
import { certificateRequest, requestedTypes } from "./certificate-request.ts";
import type {
  ServerConnected,
  WaitLateCertificateVerify,
  WaitLateFinished,
  WaitLateVerifier,
} from "../states.ts";

/** The engine asks only where the client offered it and nothing is pending. */
export function onRequestCertificate(
  state: ServerConnected,
  _command: Commands["request_certificate"],
  io: HandshakeIo,
): ServerConnected {
  const { config, handshakeTranscript } = state;
  if (handshakeTranscript === undefined || state.asked !== undefined)
    throw new TlsError(reason.internal_error);
  // [9846-4.4.2-03] [9846-4.4.2-05]
  const context = config.provider.random(16);
  const message = certificateRequest(config, context);
  io.send(message);
  const transcript = handshakeTranscript.add(message);
  return { ...state, asked: { context, transcript } };
}

/** RFC 9846 4.5.1: the answer names its request. */
export function onLateCertificate(
  connected: ServerConnected,
  message: Certificate13,
): WaitLateCertificateVerify | WaitLateFinished {
  const { config, asked, clientType } = connected;
  if (asked === undefined)
    throw new TlsError(reason.unexpected_message, {
      detail: "a Certificate that was not asked for",
    });
  const offered = requestedTypes(config);
  const { context } = asked;
  const peerChain = readPeerChain(
    config,
    message,
    offered,
    clientType,
    context,
  );
  const answer = {
    machine: "server13",
    config,
    connected: { ...connected, asked: undefined },
    transcript: asked.transcript.add(message.raw),
  } as const;
  if (isAnonymous(peerChain)) {
    const { clientAuthentication: policy } = config;
    const peer = Anonymous.allowedBy(policy, "TLSv1.3", "afterHandshake");
    return { ...answer, at: "WAIT_POST_HANDSHAKE_FINISHED", peer };
  }
  const peerKey = signingKey(message, peerChain, "client", config);
  return { ...answer, at: "WAIT_POST_HANDSHAKE_CV", peerChain, peerKey };
}

/** RFC 9846 4.5.3: under client_application_traffic_secret_N. */
export function onLateFinished(
  { connected, transcript, peer }: WaitLateFinished,
  message: Finished,
  io: HandshakeIo,
): ServerConnected {
  const finished = verifyFinished(connected.readSecret, transcript, message);
  const info = {
    ...connected.info,
    ...shown("chain" in peer ? peer.chain : undefined),
    peerSignatureScheme:
      "possession" in peer ? peer.possession.scheme : undefined,
  };
  io.emit({ type: "peer_authenticated", info });
  return { ...connected, info, peer, finished };
}

/** This side may have new write keys while the client's answer comes in. */
export function onUpdateKeysMeanwhile<
  S extends WaitLateCertificateVerify | WaitLateVerifier | WaitLateFinished,
>(state: S, command: Commands["update_keys"], io: HandshakeIo): S {
  return { ...state, connected: onUpdateKeys(state.connected, command, io) };
}
