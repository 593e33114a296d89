/** The server of TLS 1.2 after its ServerHelloDone, RFC 5246 7.3, top to bottom. */
import type { Secret } from "../../../bytes.ts";
import type { KeyPair } from "../../../crypto/provider.ts";
import { TlsError } from "../../../errors.ts";
import * as reason from "../../../reasons.ts";
import {
  AuthenticatedPeer,
  verifyNeed,
} from "../../authentication/authenticated-peer.ts";
import { Anonymous } from "../../config/client-authentication.ts";
import { verifySignature } from "../../authentication/signatures-and-finished.ts";
import {
  onChangeCipherSpec,
  refuseRenegotiation,
} from "../../tls12/finished.ts";
import { pskPreliminary } from "../../tls12/key-exchange.ts";
import type { Answers } from "../../machine/io.ts";
import { invalidShareIsAnAlert } from "../../keys/bad-key-share.ts";
import type { Inputs12, Transitions } from "../../machine/transitions.ts";
import type { Certificate12 } from "../../messages/certificate12.ts";
import type { CertificateVerify } from "../../messages/certificate-verify.ts";
import {
  type ClientKeyExchange,
  parseClientKeyExchange,
} from "../../messages/client-key-exchange.ts";
import { isAnonymous, leafKey } from "../../authentication/peer-certificate.ts";
import { readPeerChain12 } from "../../tls12/peer-certificate.ts";
import type { ClientPeer12 } from "../../tls12/peer.ts";
import { newSecrets } from "../../tls12/record-keys.ts";
import { onClientFinished } from "./finished.ts";
import { onSessionFound } from "./resumption.ts";
import { onSigned } from "./flight.ts";
import type {
  Keyed12,
  Server12State,
  WaitCertificate12,
  WaitCertificateVerify12,
  WaitChangeCipherSpec12,
  WaitKeyExchange,
  WaitPsk12,
  WaitVerifier12,
} from "./states.ts";

// [5246-7.4-01]
export const server12: Transitions<Server12State, Server12State, Inputs12> = {
  WAIT_SESSION: { session_found: onSessionFound },
  WAIT_SIGNER: { signed: onSigned },
  WAIT_CERT: { certificate: onCertificate },
  WAIT_CKE: { client_key_exchange: onClientKeyExchange },
  WAIT_PSK: { psk_found: onPskFound },
  WAIT_CV: { certificate_verify: onCertificateVerify },
  WAIT_VERIFIER: { verified: onVerified },
  WAIT_CCS: { change_cipher_spec: onChangeCipherSpec },
  WAIT_FINISHED: { finished: onClientFinished },
  CONNECTED: { client_hello: refuseRenegotiation },
};

/** RFC 5246 7.4.6. */
function onCertificate(
  state: WaitCertificate12,
  message: Certificate12,
): WaitKeyExchange {
  const { config } = state;
  const chain = readPeerChain12(config, message, state.clientType);
  const transcript = state.transcript.add(message.raw);
  if (isAnonymous(chain)) {
    Anonymous.allowedBy(config.clientAuthentication, "TLSv1.2");
    const next = transcript.withoutMessages();
    return { ...state, at: "WAIT_CKE", presented: undefined, transcript: next };
  }
  const presented = { chain, key: leafKey(chain, config) };
  return { ...state, at: "WAIT_CKE", presented, transcript };
}

/** RFC 5246 7.4.7. */
function onClientKeyExchange(
  state: WaitKeyExchange,
  message: ClientKeyExchange,
): Server12State {
  const { pair, presented, ...rest } = state;
  const { pskIdentity, exchange } = parseClientKeyExchange(
    message,
    state.suite.keyExchange,
  );
  const next = { ...rest, transcript: state.transcript.add(message.raw) };
  if (pskIdentity !== undefined) {
    const request = { identity: pskIdentity.slice(), hint: undefined };
    const need = { type: "psk", request } as const;
    return { ...next, at: "WAIT_PSK", pair, need, exchange: exchange?.slice() };
  }
  const preliminary = agreed(pair, exchange);
  if (preliminary === undefined) throw new TlsError(reason.unexpected_message);
  const keyed = { ...next, ...newSecrets(next, preliminary, next) };
  if (presented !== undefined) return { ...keyed, at: "WAIT_CV", presented };
  const policy = state.config.clientAuthentication;
  const anonymous = Anonymous.allowedBy(policy, "TLSv1.2");
  return waitForFinish(keyed, { by: "nothing", anonymous });
}

/** RFC 4279 2 to 3, RFC 5489 2. */
function onPskFound(
  state: WaitPsk12,
  { psk: found }: Answers["psk_found"],
): Server12State {
  const { need: _need, exchange, pair, ...rest } = state;
  // RFC 9258 5: an imported key is for no other version.
  if (found === undefined || found.imported)
    throw new TlsError(reason.unknown_psk_identity);
  const half = agreed(pair, exchange);
  const { preliminary, held } = pskPreliminary(found, half);
  const keyed = { ...rest, ...newSecrets(rest, preliminary, rest) };
  return waitForFinish(keyed, { by: "psk", held });
}

/** The secret of (EC)DHE; undefined in the suites without. */
function agreed(
  pair: KeyPair | undefined,
  exchange: Uint8Array | undefined,
): Secret | undefined {
  return pair && exchange
    ? invalidShareIsAnAlert(() => pair.decapsulate(exchange))
    : undefined;
}

function waitForFinish(
  state: Keyed12,
  peer: ClientPeer12,
): WaitChangeCipherSpec12 {
  return {
    ...state,
    at: "WAIT_CCS",
    transcript: state.transcript.withoutMessages(),
    peer,
    resumed: undefined,
    storedIds: [],
    ownFinished: undefined,
  };
}

/** RFC 5246 7.4.8: over the messages themselves. */
function onCertificateVerify(
  state: WaitCertificateVerify12,
  message: CertificateVerify,
): WaitVerifier12 {
  const { presented, ...rest } = state;
  const { config, transcript } = state;
  const signature = verifySignature({
    config,
    version: "TLSv1.2",
    key: presented.key,
    scheme: message.algorithm,
    content: transcript.messages(),
    signature: message.signature,
  });
  return {
    ...rest,
    at: "WAIT_VERIFIER",
    need: verifyNeed(presented.chain, { config, version: "TLSv1.2" }),
    signature,
    transcript: transcript.add(message.raw),
  };
}

function onVerified(
  state: WaitVerifier12,
  { chain }: Answers["verified"],
): WaitChangeCipherSpec12 {
  const { need, signature, ...keyed } = state;
  const peer = AuthenticatedPeer.of(need, chain, signature);
  return waitForFinish(keyed, { by: "certificate", peer });
}
