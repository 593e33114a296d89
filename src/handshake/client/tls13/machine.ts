/** The client of TLS 1.3 after its ServerHello, RFC 9846 A.1, top to bottom. */
import { TlsError } from "../../../errors.ts";
import {
  readPeerChain,
  signingKey,
} from "../../authentication/peer-certificate.ts";
import { verifyFinished } from "../../authentication/signatures-and-finished.ts";
import { clientHooksOf, echHooksOf } from "../hooks.ts";
import type {
  CertificateWanted,
  Client13State,
  ClientConnected,
  Finishing,
  WaitCertificate,
  WaitCertificateOrRequest,
  WaitCertificateVerify,
  WaitEncryptedExtensions,
  WaitFinished,
} from "../states.ts";
import { certificateWanted } from "./certificate-request.ts";
import { type PeerProof, shown } from "../../credentials/peer-identity.ts";
import { agreeExtensions, checkSolicited } from "../../extensions/table.ts";
import type { ConnectionInfo, HandshakeIo } from "../../machine/io.ts";
import type { Transitions } from "../../machine/transitions.ts";
import type { CertificateRequest13 } from "../../messages/certificate-request13.ts";
import type { Certificate13 } from "../../messages/certificate13.ts";
import type { EncryptedExtensions } from "../../messages/encrypted-extensions.ts";
import type { Finished } from "../../messages/finished.ts";
import { byPsk, isByExternalPsk, proofOf } from "../../sessions/psk.ts";
import { onCertificateVerify, onVerified } from "../../tls13/authentication.ts";
import { finishedOf, sendNoCertificate } from "../../tls13/flight.ts";
import { onKeyUpdate, onUpdateKeys } from "../../tls13/key-update.ts";
import { applicationKeys, applicationSecrets } from "../../tls13/secrets.ts";
import * as reason from "../../../reasons.ts";

// [9846-4-01] [9846-4.6-03b]
/** The transitions of every client; features add cells. */
export const client13: Transitions<Client13State> = {
  WAIT_EE: { encrypted_extensions: onEncryptedExtensions },
  WAIT_CERT_CR: {
    certificate_request: onCertificateRequest,
    certificate: onCertificate,
  },
  WAIT_CERT: {
    certificate: onCertificate,
  },
  // [9846-4.5.2-03]
  WAIT_CV: { certificate_verify: onCertificateVerify },
  WAIT_VERIFIER: { verified: onVerified },
  WAIT_FINISHED: { finished: onServerFinished },
  CONNECTED: {
    new_session_ticket: ignoreTicket,
    key_update: onKeyUpdate,
    update_keys: onUpdateKeys,
  },
  // A feature that leads to these states replaces their cells.
  WAIT_CERTIFICATE_CHOICE: { certificate_chosen: withoutFeature },
  WAIT_SIGNER: { signed: withoutFeature },
  WAIT_POST_HANDSHAKE_CHOICE: { certificate_chosen: withoutFeature },
  WAIT_POST_HANDSHAKE_SIGNER: { signed: withoutFeature },
};

// [9846-4.7.1-03a]
/** RFC 9846 4.7.1: a client without sessions ignores tickets. */
function ignoreTicket(state: ClientConnected): ClientConnected {
  return state;
}

function withoutFeature(): never {
  throw new TlsError(reason.internal_error);
}

function onEncryptedExtensions(
  state: WaitEncryptedExtensions,
  message: EncryptedExtensions,
  io: HandshakeIo,
): WaitCertificateOrRequest | WaitFinished {
  checkSolicited(message.extensionTypes, state.offered);
  const { config, suite, ech } = state;
  const agreed = agreeExtensions(
    config.protocol.extensions,
    "encrypted_extensions",
    message.extensions,
    { config, version: "TLSv1.3", suite, ech },
  );
  const { alpnProtocol, certificateTypes, echRetryConfigs } = agreed;
  if (agreed.recordLimits) io.setRecordLimits(agreed.recordLimits);
  const { sessions } = clientHooksOf(config);
  const next = {
    ...state,
    ...sessions?.settleEarlyData(state, agreed, io),
    alpnProtocol,
    certificateTypes,
    echRetryConfigs,
    transcript: state.transcript.add(message.raw),
  };
  const { serverName } = state;
  const psk = state.psk?.under({ trust: config.trust, serverName });
  // RFC 9846 2.2: a server with a PSK shows no certificate and asks for none,
  // unless both were agreed on (RFC 8773).
  if (psk === undefined || config.certificateWithPsk)
    return { ...next, at: "WAIT_CERT_CR" };
  return { ...next, at: "WAIT_FINISHED", peer: { psk }, wanted: undefined };
}

function onCertificateRequest(
  state: WaitCertificateOrRequest,
  message: CertificateRequest13,
): WaitCertificate {
  // [9846-4.4.2-04b]
  // RFC 9846 4.4.2: in the handshake the context "SHALL be zero length".
  if (message.context.length > 0)
    throw new TlsError(reason.unsolicited_certificate_context);
  return {
    ...state,
    at: "WAIT_CERT",
    wanted: certificateWanted(message, state.certificateTypes.client),
    transcript: state.transcript.add(message.raw),
  };
}

function onCertificate(
  state: WaitCertificateOrRequest | WaitCertificate,
  message: Certificate13,
): WaitCertificateVerify {
  const { config, offered, certificateTypes } = state;
  const peerChain = readPeerChain(
    config,
    message,
    offered,
    certificateTypes.server,
  );
  return {
    ...state,
    at: "WAIT_CV",
    peerChain,
    peerKey: signingKey(message, peerChain, "server", config),
    wanted: state.at === "WAIT_CERT" ? state.wanted : undefined,
    transcript: state.transcript.add(message.raw),
  };
}

function onServerFinished(
  state: WaitFinished,
  message: Finished,
  io: HandshakeIo,
): Client13State {
  const { config, suite, clientRandom, secrets } = state;
  const finished = verifyFinished(secrets.server, state.transcript, message);
  const { peer } = state;
  const proof = proofOf(peer);
  const isVerified = "chain" in peer && shown(proof).peer?.verified === true;
  const transcript = state.transcript.add(message.raw);
  const finishing: Finishing = {
    machine: "client13",
    config,
    info: connectionInfo(state, proof),
    peer,
    certificateType: state.certificateTypes.client,
    suite,
    clientRandom,
    transcript,
    clientHandshake: secrets.client,
    ...applicationSecrets(config, secrets.handshake, clientRandom, transcript),
    early: state.early,
    authenticatedAt: authenticatedAt(state),
    finished,
    refusal: echHooksOf(config)?.refusal(
      state.ech,
      isVerified ? state.echRetryConfigs : undefined,
    ),
  };
  io.setReadKeys(applicationKeys(finishing, finishing.serverApplication));
  secrets.server.wipe();
  const { sessions, ownCertificate } = clientHooksOf(config);
  const ended = sessions?.endEarlyData(state, finishing, io) ?? finishing;
  // [9846-4.5.1-02b]
  if (state.wanted === undefined) return finish(ended, io);
  const answer = ownCertificate?.answerRequest ?? declineRequest;
  // [9846-4.5.1-02a]
  return answer(ended, state.wanted, io);
}

function authenticatedAt({ config, peer }: WaitFinished): number {
  if ("psk" in peer && peer.psk.psk.kind === "resumption")
    return peer.psk.psk.session.authenticatedAt;
  return config.provider.now();
}

/** RFC 9846 4.5.1: who is asked answers, with an empty list if need be. */
function declineRequest(
  state: Finishing,
  _wanted: CertificateWanted,
  io: HandshakeIo,
): ClientConnected {
  const transcript = sendNoCertificate(io, state.transcript, state.config);
  // [9846-4.5.1-04]
  return finish({ ...state, transcript }, io);
}

/** The client's Finished. */
export function finish(state: Finishing, io: HandshakeIo): ClientConnected {
  const { clientHandshake, clientApplication, config, suite, info } = state;
  const { message, transcript } = finishedOf(state.transcript, clientHandshake);
  io.send(message);
  const resumption = state.main.resumption(transcript.digest());
  // [9846-4.5.3-03]
  io.setWriteKeys(applicationKeys(state, clientApplication));
  clientHandshake.wipe();
  state.main.wipe();
  if (state.refusal !== undefined) throw state.refusal;
  io.emit({ type: "handshake_done", info });
  return {
    machine: "client13",
    at: "CONNECTED",
    config,
    info,
    suite,
    readSecret: state.serverApplication,
    writeSecret: clientApplication,
    exporter: state.exporter,
    finished: state.finished,
    resumption,
    early: state.early,
    peer: state.peer,
    certificateType: state.certificateType,
    authenticatedAt: state.authenticatedAt,
    handshakeTranscript: mayBeAskedLater(state) ? transcript : undefined,
    tickets: 0,
    requests: 0,
  };
}

/** RFC 9846 4.7.2: only where this client offers it, and 4.4.2. */
function mayBeAskedLater({ config, peer }: Finishing): boolean {
  return config.postHandshakeAuth && !isByExternalPsk(peer);
}

/** Makes the ConnectionInfo of a client; its own certificate is sent later. */
function connectionInfo(
  state: WaitFinished,
  proof: PeerProof | undefined,
): ConnectionInfo {
  const { peer } = state;
  return {
    resumed: false,
    pskIdentity: undefined,
    peerSignatureScheme: "psk" in peer ? undefined : peer.possession.scheme,
    ...(state.psk && byPsk(state.psk.psk).said),
    ...shown(proof),
    earlyData: state.earlyData,
    version: "TLSv1.3",
    cipherSuite: state.suite,
    group: state.group,
    credential: undefined,
    alpnProtocol: state.alpnProtocol,
    serverName: state.serverName,
    helloRetried: state.helloRetried,
    encryptedClientHello: state.ech?.status === "accepted",
    clientHello: undefined,
  };
}
