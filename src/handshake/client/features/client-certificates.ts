/** A client that has certificates of its own, RFC 9846 4.5.1 and 4.7.2. */
import { RAISE_NEED } from "../../../promises.ts";
import { chooseCredential } from "../../authentication/signatures-and-finished.ts";
import { requireCredential } from "../../authentication/own-certificate.ts";
import type { Credential } from "../../credentials/credential.ts";
import {
  certificateMessage,
  send,
  sendCertificateVerify,
  signingNeed,
} from "../../tls13/flight.ts";
import type { Answers, HandshakeIo } from "../../machine/io.ts";
import { termsOf } from "../tls13/certificate-request.ts";
import {
  onLateChoice,
  onLateRequest,
  onLateSigned,
  onUpdateKeysMeanwhile,
} from "../tls13/post-handshake-auth.ts";
import type {
  CertificateWanted,
  Client13State,
  ClientConnected,
  Finishing,
  WaitCertificateChoice,
  WaitSigner,
} from "../states.ts";
import { finish } from "../tls13/machine.ts";
import type { ClientFeature } from "../hooks.ts";

/**
 * Certificates of a client, shown in the handshake or after it, for
 * `createClientConfigOf`: what the options `credentials` and
 * `postHandshakeAuth` need. Without it a client that is asked for a
 * certificate of TLS 1.3 says that it has none.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { clientCertificates, createClientConfigOf, RAISE_NEED } from "puretls/engine";
 * import { createVerifierOf, TrustStore } from "puretls/x509";
 *
 * const trustStore = new TrustStore();
 * const verifier = createVerifierOf([], { provider, trustStore });
 * createClientConfigOf([clientCertificates], {
 *   provider,
 *   verifier,
 *   credentials: RAISE_NEED,
 * });
 * ```
 */
export const clientCertificates: ClientFeature = {
  name: "clientCertificates",
  cells: {
    WAIT_CERTIFICATE_CHOICE: { certificate_chosen: onCertificateChosen },
    WAIT_SIGNER: { signed: onSigned },
    CONNECTED: { certificate_request: onLateRequest },
    WAIT_POST_HANDSHAKE_CHOICE: {
      certificate_chosen: onLateChoice,
      update_keys: onUpdateKeysMeanwhile,
    },
    WAIT_POST_HANDSHAKE_SIGNER: {
      signed: onLateSigned,
      update_keys: onUpdateKeysMeanwhile,
    },
  },
  hooks: { ownCertificate: { answerRequest } },
};

/** RFC 9846 4.5.1: who is asked answers, with an empty list if need be. */
function answerRequest(
  state: Finishing,
  wanted: CertificateWanted,
  io: HandshakeIo,
): WaitCertificateChoice | WaitSigner | ClientConnected {
  const { credentials } = state.config;
  if (credentials !== RAISE_NEED)
    return certificateFlight(state, wanted, credentials, io);
  return {
    ...state,
    at: "WAIT_CERTIFICATE_CHOICE",
    wanted,
    need: { type: "certificate", clientHello: undefined, request: wanted },
  };
}

function onCertificateChosen(
  state: WaitCertificateChoice,
  { credentials }: Answers["certificate_chosen"],
  io: HandshakeIo,
): Client13State {
  const { need: _need, wanted, ...finishing } = state;
  return certificateFlight(finishing, wanted, credentials, io);
}

function certificateFlight(
  state: Finishing,
  wanted: CertificateWanted,
  credentials: readonly Credential[],
  io: HandshakeIo,
): WaitSigner | ClientConnected {
  const chosen = chooseCredential(
    credentials,
    state.config,
    "TLSv1.3",
    wanted.signatureSchemes,
    wanted.authorities,
    termsOf(wanted),
  );
  requireCredential(chosen, credentials, state.config, wanted.certificateType);
  const message = certificateMessage(chosen, wanted.asked, state.config);
  const transcript = send(io, state.transcript, message);
  // [9846-4.5.1-04]
  if (chosen === undefined) return finish({ ...state, transcript }, io);
  const need = signingNeed("client", transcript, chosen);
  return { ...state, at: "WAIT_SIGNER", transcript, need, chosen };
}

function onSigned(
  state: WaitSigner,
  { signature }: Answers["signed"],
  io: HandshakeIo,
): ClientConnected {
  // [9846-4.5.2-02]
  const transcript = sendCertificateVerify(
    io,
    state.transcript,
    state.chosen,
    signature,
  );
  const { credential } = state.chosen;
  const info = { ...state.info, credential };
  return finish({ ...state, info, transcript }, io);
}
