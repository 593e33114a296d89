/** The server of TLS 1.3 after its Certificate, RFC 9846 A.2, top to bottom. */
import {
  Anonymous,
  asksInHandshake,
  asksLater,
} from "../../config/client-authentication.ts";
import { verifyFinished } from "../../authentication/signatures-and-finished.ts";
import { sendCertificateVerify } from "../../tls13/flight.ts";
import type { Answers, HandshakeIo } from "../../machine/io.ts";
import type { Commands, Transitions } from "../../machine/transitions.ts";
import type { Certificate13 } from "../../messages/certificate13.ts";
import type { Message } from "../../messages/codec.ts";
import type { Finished } from "../../messages/finished.ts";
import {
  onLateCertificate,
  onLateFinished,
  onRequestCertificate,
  onUpdateKeysMeanwhile,
} from "./post-handshake-auth.ts";
import { byPsk, isByExternalPsk, proofOf } from "../../sessions/psk.ts";
import { sendServerFinished } from "./flight.ts";
import { sendTickets } from "./tickets.ts";
import { requestedTypes } from "./certificate-request.ts";
import {
  isAnonymous,
  readPeerChain,
  signingKey,
} from "../../authentication/peer-certificate.ts";
import { shown } from "../../credentials/peer-identity.ts";
import { onCertificateVerify, onVerified } from "../../tls13/authentication.ts";
import {
  onKeyUpdate,
  onUpdateKeys,
  sendKeyUpdate,
} from "../../tls13/key-update.ts";
import { applicationKeys, handshakeKeys } from "../../tls13/secrets.ts";
import type {
  Server13State,
  ServerConnected,
  WaitCertificate,
  WaitCertificateVerify,
  WaitEndOfEarlyData,
  WaitFinished,
  WaitSigner,
} from "../states.ts";

// [9846-4-01]
export const server13: Transitions<Server13State> = {
  WAIT_SIGNER: { signed: onSigned },
  WAIT_CERT: {
    certificate: onCertificate,
  },
  // [9846-4.5.2-03]
  WAIT_CV: { certificate_verify: onCertificateVerify },
  WAIT_VERIFIER: { verified: onVerified },
  WAIT_EOED: {
    end_of_early_data: onEndOfEarlyData,
    update_keys: onUpdateHalfRttKeys,
  },
  WAIT_FINISHED: {
    finished: onClientFinished,
    update_keys: onUpdateHalfRttKeys,
  },
  CONNECTED: {
    // [9846-4.7.2-07]
    certificate: onLateCertificate,
    key_update: onKeyUpdate,
    request_certificate: onRequestCertificate,
    update_keys: onUpdateKeys,
  },
  WAIT_POST_HANDSHAKE_CV: {
    certificate_verify: onCertificateVerify,
    update_keys: onUpdateKeysMeanwhile,
  },
  WAIT_POST_HANDSHAKE_VERIFIER: {
    verified: onVerified,
    update_keys: onUpdateKeysMeanwhile,
  },
  WAIT_POST_HANDSHAKE_FINISHED: {
    finished: onLateFinished,
    update_keys: onUpdateKeysMeanwhile,
  },
};

function onSigned(
  state: WaitSigner,
  { signature }: Answers["signed"],
  io: HandshakeIo,
): WaitCertificate | WaitFinished {
  const { need: _need, chosen, handshake, serverHandshake, ...rest } = state;
  const { config } = state;
  // [9846-4.5.2-01]
  const transcript = sendCertificateVerify(
    io,
    state.transcript,
    chosen,
    signature,
  );
  const sent = sendServerFinished(
    { ...rest, transcript },
    { handshake, serverHandshake },
    chosen.credential,
    io,
  );
  const { clientAuthentication: policy } = config;
  if (asksInHandshake(policy, "TLSv1.3")) return { ...sent, at: "WAIT_CERT" };
  const peer = Anonymous.allowedBy(policy, "TLSv1.3");
  return { ...sent, at: "WAIT_FINISHED", peer };
}

function onCertificate(
  state: WaitCertificate,
  message: Certificate13,
): WaitCertificateVerify | WaitFinished {
  const { config, clientType } = state;
  const offered = requestedTypes(config);
  const peerChain = readPeerChain(config, message, offered, clientType);
  const transcript = state.transcript.add(message.raw);
  if (!isAnonymous(peerChain))
    return {
      ...state,
      at: "WAIT_CV",
      peerChain,
      peerKey: signingKey(message, peerChain, "client", config),
      transcript,
    };
  const peer = Anonymous.allowedBy(config.clientAuthentication, "TLSv1.3");
  return { ...state, at: "WAIT_FINISHED", peer, transcript };
}

/** RFC 9846 4.6. */
function onEndOfEarlyData(
  state: WaitEndOfEarlyData,
  message: Message,
  io: HandshakeIo,
): WaitFinished {
  io.endReadingEarlyData();
  io.setReadKeys(handshakeKeys(state, state.clientHandshake));
  const transcript = state.transcript.add(message.raw);
  return { ...state, at: "WAIT_FINISHED", transcript };
}

// [9846-5.5-01b]
/** RFC 9846 5.5: a server's keys may wear out before the client's Finished. */
function onUpdateHalfRttKeys<S extends WaitEndOfEarlyData | WaitFinished>(
  state: S,
  _command: Commands["update_keys"],
  io: HandshakeIo,
): S {
  const { serverApplication: secret } = state;
  const serverApplication = sendKeyUpdate(state, secret, false, io);
  return { ...state, serverApplication };
}

function onClientFinished(
  state: WaitFinished,
  message: Finished,
  io: HandshakeIo,
): ServerConnected {
  const { config, suite, clientHandshake, peer } = state;
  const finished = verifyFinished(clientHandshake, state.transcript, message);
  io.setReadKeys(applicationKeys(state, state.clientApplication));
  clientHandshake.wipe();
  const info = connectionInfo(state, peer);
  io.emit({ type: "handshake_done", info });
  const transcript = state.transcript.add(message.raw);
  const resumption = state.main.resumption(transcript.digest());
  const storedIds = sendTickets(state, resumption, io);
  resumption.wipe();
  state.main.wipe();
  return {
    machine: "server13",
    at: "CONNECTED",
    config,
    info,
    suite,
    readSecret: state.clientApplication,
    writeSecret: state.serverApplication,
    exporter: state.exporter,
    peer,
    early: state.early,
    clientType: state.clientType,
    storedIds,
    handshakeTranscript: mayAskLater(state) ? transcript : undefined,
    asked: undefined,
    finished,
  };
}

/** RFC 9846 4.7.2: only where the client offers it, and 4.4.2. */
function mayAskLater({ config, hello, peer }: WaitFinished): boolean {
  // [9846-4.4.2-09b] [9846-F.1-01b]
  return (
    hello.extensions.post_handshake_auth === true &&
    asksLater(config.clientAuthentication) &&
    !isByExternalPsk(peer)
  );
}

function connectionInfo(
  state: WaitFinished,
  peer: WaitFinished["peer"],
): ServerConnected["info"] {
  return {
    resumed: false,
    pskIdentity: undefined,
    peerSignatureScheme:
      "possession" in peer ? peer.possession.scheme : undefined,
    ...(state.psk && byPsk(state.psk.psk).said),
    ...shown(proofOf(peer)),
    earlyData: state.earlyData,
    version: "TLSv1.3",
    cipherSuite: state.suite,
    group: state.group,
    credential: state.credential,
    alpnProtocol: state.alpnProtocol,
    // [9846-4.7.1-09]
    serverName: state.hello.extensions.server_name,
    helloRetried: state.helloRetried,
    encryptedClientHello: state.encryptedClientHello,
    clientHello: state.hello,
  };
}
