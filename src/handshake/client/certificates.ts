/** A client that has certificates of its own, RFC 8446 4.4.2 and 4.6.2. */
import { chooseCredential } from "../authentication.ts";
import type { Credential } from "../credential.ts";
import {
  sendCertificate,
  sendCertificateVerify,
  signingNeed,
} from "../flight.ts";
import type { Feature } from "../features.ts";
import type { Answers, HandshakeIo } from "../io.ts";
import { termsOf } from "./certificate-wanted.ts";
import {
  onLateChoice,
  onLateRequest,
  onLateSigned,
  onUpdateKeysMeanwhile,
} from "./post-handshake-auth.ts";
import type {
  CertificateWanted,
  Client13State,
  ClientConnected,
  Finishing,
  WaitCertificateChoice,
  WaitSigner,
} from "./states.ts";
import { finish } from "./tls13.ts";
import { ClientPart } from "./turns.ts";

/**
 * Certificates of a client, shown in the handshake or after it, for
 * `clientConfigOf`: what the options `credentials` and
 * `postHandshakeAuthentication` need. Without it a client that is asked for a
 * certificate of TLS 1.3 says that it has none.
 */
export const clientCertificates: Feature = {
  name: "clientCertificates",
  part: /* @__PURE__ */ new ClientPart(
    {
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
    { ownCertificate: { answerRequest } },
  ),
};

/** RFC 8446 4.4.2: who is asked answers, with an empty list if need be. */
function answerRequest(
  state: Finishing,
  wanted: CertificateWanted,
  io: HandshakeIo,
): WaitCertificateChoice | WaitSigner | ClientConnected {
  const { credentials } = state.config;
  if (credentials !== "ask")
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
  const transcript = sendCertificate(
    io,
    state.transcript,
    chosen,
    wanted.asked,
    state.config,
  );
  if (chosen === undefined) return finish({ ...state, transcript }, io);
  const need = signingNeed("client", transcript, chosen);
  return { ...state, at: "WAIT_SIGNER", transcript, need, chosen };
}

function onSigned(
  state: WaitSigner,
  { signature }: Answers["signed"],
  io: HandshakeIo,
): ClientConnected {
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
