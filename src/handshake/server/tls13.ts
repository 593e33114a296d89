/** The server of TLS 1.3 after its Certificate, RFC 8446 A.2, top to bottom. */
import { TlsError } from "../../errors.ts";
import {
  type AuthenticatedPeer,
  verifyCertificateVerify,
  verifyFinished,
} from "../authentication.ts";
import { decompressCertificate } from "../certificate-compression.ts";
import { sendCertificateVerify, sendFinished } from "../flight.ts";
import type { Answers, HandshakeIo } from "../io.ts";
import { logSecrets } from "../key-log.ts";
import type { Transitions } from "../machine.ts";
import type { Certificate13 } from "../messages/certificate13.ts";
import type { CertificateVerify } from "../messages/certificate-verify.ts";
import type { CompressedCertificate } from "../messages/compressed-certificate.ts";
import type { Finished } from "../messages/finished.ts";
import { requestedTypes } from "./certificate-request.ts";
import { leafKey, readPeerChain } from "../peer-certificate.ts";
import {
  applicationKeys,
  onKeyUpdate,
  onUpdateKeys,
} from "../post-handshake13.ts";
import type {
  FlightSent,
  Server13State,
  ServerConnected,
  WaitCertificate,
  WaitCertificateVerify,
  WaitFinished,
  WaitSigner,
  WaitVerifier,
} from "./states.ts";

export const server13: Transitions<Server13State> = {
  WAIT_SIGNER: { signed: onSigned },
  WAIT_CERT: {
    certificate: onCertificate,
    compressed_certificate: onCompressedCertificate,
  },
  WAIT_CV: { certificate_verify: onCertificateVerify },
  WAIT_VERIFIER: { verified: onVerified },
  WAIT_FINISHED: { finished: onClientFinished },
  CONNECTED: { key_update: onKeyUpdate, update_keys: onUpdateKeys },
};

function onSigned(
  state: WaitSigner,
  { signature }: Answers["signed"],
  io: HandshakeIo,
): WaitCertificate | WaitFinished {
  const { need: _need, chosen, handshake, serverHandshake, ...rest } = state;
  const { config, hello } = state;
  const signed = sendCertificateVerify(io, state.transcript, chosen, signature);
  const transcript = sendFinished(io, signed, serverHandshake);
  const master = handshake.masterSecret();
  const digest = transcript.digest();
  const sent: FlightSent = {
    ...rest,
    credential: chosen.credential,
    transcript,
    clientApplication: master.clientApplicationTraffic(digest),
    serverApplication: master.serverApplicationTraffic(digest),
    exporter: master.exporter(digest),
  };
  logSecrets(config, hello.random, {
    CLIENT_TRAFFIC_SECRET_0: sent.clientApplication,
    SERVER_TRAFFIC_SECRET_0: sent.serverApplication,
    EXPORTER_SECRET: sent.exporter,
  });
  io.setWriteKeys(applicationKeys(sent, sent.serverApplication));
  serverHandshake.wipe();
  master.wipe();
  return config.clientAuthentication === "none"
    ? { ...sent, at: "WAIT_FINISHED", peer: undefined }
    : { ...sent, at: "WAIT_CERT" };
}

function onCertificate(
  state: WaitCertificate,
  message: Certificate13,
): WaitCertificateVerify | WaitFinished {
  const peerChain = readPeerChain(message, requestedTypes(state.config));
  const transcript = state.transcript.add(message.raw);
  if (peerChain.certificates.length > 0)
    return {
      ...state,
      at: "WAIT_CV",
      peerChain,
      peerKey: leafKey(peerChain),
      transcript,
    };
  if (state.config.clientAuthentication === "required")
    throw new TlsError("peer_did_not_return_a_certificate");
  return { ...state, at: "WAIT_FINISHED", peer: undefined, transcript };
}

function onCompressedCertificate(
  state: WaitCertificate,
  message: CompressedCertificate,
): WaitCertificateVerify | WaitFinished {
  return onCertificate(state, decompressCertificate(message, state.config));
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
  return {
    machine: "server13",
    at: "CONNECTED",
    config,
    info,
    suite,
    readSecret: state.clientApplication,
    writeSecret: state.serverApplication,
    exporter: state.exporter,
    finished,
  };
}

function connectionInfo(
  state: WaitFinished,
  peer: AuthenticatedPeer | undefined,
): ServerConnected["info"] {
  return {
    version: "TLSv1.3",
    cipherSuite: state.suite,
    group: state.group,
    peerSignatureScheme: peer?.signature.scheme,
    peer: peer?.chain,
    credential: state.credential,
    alpnProtocol: state.alpnProtocol,
    serverName: state.hello.extensions.server_name,
    helloRetried: state.helloRetried,
    encryptedClientHello: state.encryptedClientHello,
    clientHello: state.hello,
  };
}
