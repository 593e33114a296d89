/** The server of TLS 1.3 after its Certificate, RFC 8446 A.2, top to bottom. */
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { verifyCertificateVerify, verifyFinished } from "../authentication.ts";
import { sendCertificateVerify } from "../flight.ts";
import type { Answers, HandshakeIo } from "../io.ts";
import type { Transitions } from "../machine.ts";
import type { Certificate13 } from "../messages/certificate13.ts";
import type { CertificateVerify } from "../messages/certificate-verify.ts";
import type { Message } from "../messages/codec.ts";
import type { Finished } from "../messages/finished.ts";
import {
  onLateCertificate,
  onLateCertificateVerify,
  onLateFinished,
  onLateVerified,
  onRequestCertificate,
  onUpdateKeysMeanwhile,
} from "./post-handshake-auth.ts";
import { byPsk, proofOf } from "../psk.ts";
import {
  clientHandshakeKeys,
  sendServerFinished,
} from "./server-finished13.ts";
import { sendTickets } from "./tickets13.ts";
import { requestedTypes } from "./certificate-request.ts";
import { isAnonymous, readPeerChain, signingKey } from "../peer-certificate.ts";
import { shown } from "../peer-proof.ts";
import {
  applicationKeys,
  onKeyUpdate,
  onUpdateKeys,
} from "../post-handshake13.ts";
import type {
  Server13State,
  ServerConnected,
  WaitCertificate,
  WaitCertificateVerify,
  WaitEndOfEarlyData,
  WaitFinished,
  WaitSigner,
  WaitVerifier,
} from "./states.ts";

export const server13: Transitions<Server13State> = {
  WAIT_SIGNER: { signed: onSigned },
  WAIT_CERT: {
    certificate: onCertificate,
  },
  WAIT_CV: { certificate_verify: onCertificateVerify },
  WAIT_VERIFIER: { verified: onVerified },
  WAIT_EOED: { end_of_early_data: onEndOfEarlyData },
  WAIT_FINISHED: { finished: onClientFinished },
  CONNECTED: {
    certificate: onLateCertificate,
    key_update: onKeyUpdate,
    request_certificate: onRequestCertificate,
    update_keys: onUpdateKeys,
  },
  WAIT_POST_HANDSHAKE_CV: {
    certificate_verify: onLateCertificateVerify,
    update_keys: onUpdateKeysMeanwhile,
  },
  WAIT_POST_HANDSHAKE_VERIFIER: {
    verified: onLateVerified,
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
  return config.clientAuthentication === "none"
    ? { ...sent, at: "WAIT_FINISHED", peer: undefined }
    : { ...sent, at: "WAIT_CERT" };
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
  if (config.clientAuthentication === "required")
    throw new TlsError(reason.peer_did_not_return_a_certificate);
  return { ...state, at: "WAIT_FINISHED", peer: undefined, transcript };
}

function onCertificateVerify(
  state: WaitCertificateVerify,
  message: CertificateVerify,
): WaitVerifier {
  const { config, peerChain, peerKey, transcript, ...rest } = state;
  const signature = verifyCertificateVerify({
    config,
    key: peerKey,
    signer: "client",
    transcript,
    message,
  });
  const now = config.provider.now();
  return {
    ...rest,
    config,
    at: "WAIT_VERIFIER",
    need: {
      type: "verify",
      peer: peerChain,
      context: {
        purpose: "clientAuth",
        serverName: undefined,
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

/** RFC 8446 4.5. */
function onEndOfEarlyData(
  state: WaitEndOfEarlyData,
  message: Message,
  io: HandshakeIo,
): WaitFinished {
  io.endReadingEarlyData();
  io.setReadKeys(clientHandshakeKeys(state));
  const transcript = state.transcript.add(message.raw);
  return { ...state, at: "WAIT_FINISHED", transcript };
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
  const resumption = state.master.resumption(transcript.digest());
  sendTickets(state, resumption, io);
  resumption.wipe();
  state.master.wipe();
  return {
    machine: "server13",
    at: "CONNECTED",
    config,
    info,
    suite,
    readSecret: state.clientApplication,
    writeSecret: state.serverApplication,
    exporter: state.exporter,
    early: state.early,
    clientType: state.clientType,
    handshakeTranscript:
      state.hello.extensions.post_handshake_auth && config.verifier
        ? transcript
        : undefined,
    asked: undefined,
    finished,
  };
}

function connectionInfo(
  state: WaitFinished,
  peer: WaitFinished["peer"],
): ServerConnected["info"] {
  return {
    resumed: false,
    pskIdentity: undefined,
    peerSignatureScheme:
      peer && "signature" in peer ? peer.signature.scheme : undefined,
    ...(peer && "psk" in peer && byPsk(peer.psk.psk).said),
    ...shown(proofOf(peer)),
    earlyData: state.earlyData,
    version: "TLSv1.3",
    cipherSuite: state.suite,
    group: state.group,
    credential: state.credential,
    alpnProtocol: state.alpnProtocol,
    serverName: state.hello.extensions.server_name,
    helloRetried: state.helloRetried,
    encryptedClientHello: state.encryptedClientHello,
    clientHello: state.hello,
  };
}
