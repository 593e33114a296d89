/** The client of TLS 1.3 after its ServerHello, RFC 8446 A.1, top to bottom. */
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { verifyCertificateVerify, verifyFinished } from "../authentication.ts";
import { X509_ALONE } from "../certificate-types.ts";
import { checkSolicited } from "../extensions/table.ts";
import { turnsOf } from "../features.ts";
import { sendFinished, sendNoCertificate } from "../flight.ts";
import type { Answers, HandshakeIo } from "../io.ts";
import { logSecrets } from "../key-log.ts";
import type { Transitions } from "../machine.ts";
import type { Certificate13 } from "../messages/certificate13.ts";
import type { CertificateRequest13 } from "../messages/certificate-request13.ts";
import type { CertificateVerify } from "../messages/certificate-verify.ts";
import type { EncryptedExtensions } from "../messages/encrypted-extensions.ts";
import type { Finished } from "../messages/finished.ts";
import { readPeerChain, signingKey } from "../peer-certificate.ts";
import { shown } from "../peer-proof.ts";
import {
  applicationKeys,
  onKeyUpdate,
  onUpdateKeys,
} from "../post-handshake13.ts";
import { proofOf } from "../psk.ts";
import { selectedProtocol } from "./alpn.ts";
import { certificateWanted } from "./certificate-wanted.ts";
import { connectionInfo } from "./connection-info.ts";
import { echFlowOf } from "./ech-flow.ts";
import { countTicket } from "./ticket-count.ts";
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
  WaitVerifier,
} from "./states.ts";
import { clientTurnsOf } from "./turns.ts";

/** What every client does; features bring further cells. */
export const client13: Transitions<Client13State> = {
  WAIT_EE: { encrypted_extensions: onEncryptedExtensions },
  WAIT_CERT_CR: {
    certificate_request: onCertificateRequest,
    certificate: onCertificate,
  },
  WAIT_CERT: {
    certificate: onCertificate,
  },
  WAIT_CV: { certificate_verify: onCertificateVerify },
  WAIT_VERIFIER: { verified: onVerified },
  WAIT_FINISHED: { finished: onServerFinished },
  CONNECTED: {
    new_session_ticket: countTicket,
    key_update: onKeyUpdate,
    update_keys: onUpdateKeys,
  },
  // Features bring the cells of these.
  WAIT_CERTIFICATE_CHOICE: {},
  WAIT_SIGNER: {},
  WAIT_POST_HANDSHAKE_CHOICE: {},
  WAIT_POST_HANDSHAKE_SIGNER: {},
};

function onEncryptedExtensions(
  state: WaitEncryptedExtensions,
  message: EncryptedExtensions,
  io: HandshakeIo,
): WaitCertificateOrRequest | WaitFinished {
  checkSolicited(message.extensionTypes, state.offered);
  const { rawKeys, recordSizes } = turnsOf(state.config);
  const { extensions } = message;
  recordSizes?.agree(state.config, extensions, "TLSv1.3", io);
  const alpnProtocol = selectedProtocol(
    extensions.application_layer_protocol_negotiation,
    state.config.alpnProtocols,
  );
  const accepted = extensions.early_data ?? false;
  const { sessions } = clientTurnsOf(state.config);
  const next = {
    ...state,
    ...sessions?.settleEarlyData(state, accepted, alpnProtocol, io),
    certificateTypes:
      rawKeys?.typesChosen(extensions, state.config) ?? X509_ALONE,
    ech: echFlowOf(state.config)?.withRetryConfigs(
      state.ech,
      extensions.encrypted_client_hello,
    ),
    alpnProtocol,
    transcript: state.transcript.add(message.raw),
  };
  // RFC 8446 2.2: a server with a PSK shows no certificate and asks for none.
  const { psk } = state;
  return psk === undefined
    ? { ...next, at: "WAIT_CERT_CR" }
    : { ...next, at: "WAIT_FINISHED", peer: { psk }, wanted: undefined };
}

function onCertificateRequest(
  state: WaitCertificateOrRequest,
  message: CertificateRequest13,
): WaitCertificate {
  // RFC 8446 4.3.2: in the handshake the context "SHALL be zero length".
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
  turnsOf(config).rawKeys?.checkServerType(config, certificateTypes);
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

function onCertificateVerify(
  state: WaitCertificateVerify,
  message: CertificateVerify,
): WaitVerifier {
  const { config, serverName, peerChain, peerKey, transcript } = state;
  const signature = verifyCertificateVerify({
    config,
    key: peerKey,
    signer: "server",
    transcript,
    message,
  });
  const now = config.provider.now();
  return {
    ...state,
    at: "WAIT_VERIFIER",
    need: {
      type: "verify",
      peer: peerChain,
      context: {
        purpose: "serverAuth",
        serverName,
        now,
        ocspRequested: config.ocspStapling,
      },
    },
    signature,
    transcript: transcript.add(message.raw),
  };
}

function onVerified(
  state: WaitVerifier,
  { chain }: Answers["verified"],
): WaitFinished {
  const { need: _need, signature, ...rest } = state;
  return { ...rest, at: "WAIT_FINISHED", peer: { chain, signature } };
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
  const isJudged = "chain" in peer && shown(proof).peer?.verified === true;
  const transcript = state.transcript.add(message.raw);
  const master = secrets.handshake.masterSecret();
  const digest = transcript.digest();
  const finishing: Finishing = {
    machine: "client13",
    config,
    info: connectionInfo(state, proof),
    proof,
    certificateType: state.certificateTypes.client,
    suite,
    clientRandom,
    transcript,
    clientHandshake: secrets.client,
    master,
    clientApplication: master.clientApplicationTraffic(digest),
    serverApplication: master.serverApplicationTraffic(digest),
    exporter: master.exporter(digest),
    early: state.early,
    authenticatedAt: authenticatedAt(state),
    finished,
    refusal: echFlowOf(config)?.refusal(state.ech, isJudged),
  };
  logSecrets(config, clientRandom, {
    CLIENT_TRAFFIC_SECRET_0: finishing.clientApplication,
    SERVER_TRAFFIC_SECRET_0: finishing.serverApplication,
    EXPORTER_SECRET: finishing.exporter,
  });
  io.setReadKeys(applicationKeys(finishing, finishing.serverApplication));
  secrets.server.wipe();
  const { sessions, ownCertificate } = clientTurnsOf(config);
  const ended = sessions?.endEarlyData(state, finishing, io) ?? finishing;
  if (state.wanted === undefined) return finish(ended, io);
  const answer = ownCertificate?.answerRequest ?? declineRequest;
  return answer(ended, state.wanted, io);
}

function authenticatedAt({ config, peer }: WaitFinished): number {
  if ("psk" in peer && peer.psk.psk.kind === "resumption")
    return peer.psk.psk.session.authenticatedAt;
  return config.provider.now();
}

/** RFC 8446 4.4.2: who is asked answers, with an empty list if need be. */
function declineRequest(
  state: Finishing,
  _wanted: CertificateWanted,
  io: HandshakeIo,
): ClientConnected {
  const transcript = sendNoCertificate(io, state.transcript, state.config);
  return finish({ ...state, transcript }, io);
}

/** The client's Finished. */
export function finish(state: Finishing, io: HandshakeIo): ClientConnected {
  const { clientHandshake, clientApplication, config, suite, info } = state;
  const transcript = sendFinished(io, state.transcript, clientHandshake);
  const resumption = state.master.resumption(transcript.digest());
  io.setWriteKeys(applicationKeys(state, clientApplication));
  clientHandshake.wipe();
  state.master.wipe();
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
    proof: state.proof,
    certificateType: state.certificateType,
    authenticatedAt: state.authenticatedAt,
    handshakeTranscript: config.postHandshakeAuthentication
      ? transcript
      : undefined,
    tickets: 0,
  };
}
