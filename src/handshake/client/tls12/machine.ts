/** The client of TLS 1.2 after its ServerHello, RFC 5246 7.3, top to bottom. */
import { concat } from "../../../bytes.ts";
import { TlsError } from "../../../errors.ts";
import * as reason from "../../../reasons.ts";
import { verifyNeed } from "../../authentication/authenticated-peer.ts";
import { verifySignature } from "../../authentication/signatures-and-finished.ts";
import {
  onChangeCipherSpec,
  refuseRenegotiation,
} from "../../tls12/finished.ts";
import { serverExchange } from "../../tls12/key-exchange.ts";
import type { HandshakeIo } from "../../machine/io.ts";
import type { Inputs12, Transitions } from "../../machine/transitions.ts";
import { hooksOf } from "../../features/feature.ts";
import type { Certificate12 } from "../../messages/certificate12.ts";
import type { CertificateRequest12 } from "../../messages/certificate-request12.ts";
import type { Message, RawMessage } from "../../messages/codec.ts";
import {
  parseServerKeyExchange,
  type ServerKeyExchange,
  type ServerKeyExchangeFields,
} from "../../messages/server-key-exchange.ts";
import { leafKey12, readPeerChain12 } from "../../tls12/peer-certificate.ts";
import { onNewSessionTicket, onServerFinished } from "./finished.ts";
import {
  onCertificateChosen,
  onPskFound,
  onSigned,
  onVerified,
} from "./flight.ts";
import type {
  Client12State,
  KeysOffered,
  Presented,
  WaitCertificate12,
  WaitDone,
  WaitHintOrDone,
  WaitKeyExchange,
  WaitRequestOrDone,
  WaitStatusOrDone,
  WaitStatusOrKeyExchange,
} from "./states.ts";

/**
 * RFC 5246 7.4.1.1: a HelloRequest "will be ignored by the client if the client
 * is currently negotiating a session".
 */
const negotiating = {
  // [5246-7.4.1.1-05]
  hello_request: <S extends Client12State>(state: S): S => state,
} as const;

// [5246-7.4-01]
export const client12: Transitions<Client12State, Client12State, Inputs12> = {
  WAIT_CERT: { ...negotiating, certificate: onCertificate },
  WAIT_CERT_STATUS_SKE: {
    ...negotiating,
    certificate_status: onStatusBeforeKeyExchange,
    server_key_exchange: onServerKeyExchange,
  },
  WAIT_CERT_STATUS_CR_SHD: {
    ...negotiating,
    certificate_status: onStatusBeforeDone,
    certificate_request: onCertificateRequest,
    server_hello_done: onServerHelloDone,
  },
  WAIT_SKE: { ...negotiating, server_key_exchange: onServerKeyExchange },
  WAIT_SKE_SHD: {
    ...negotiating,
    server_key_exchange: onHint,
    server_hello_done: onServerHelloDone,
  },
  WAIT_CR_SHD: {
    ...negotiating,
    certificate_request: onCertificateRequest,
    server_hello_done: onServerHelloDone,
  },
  WAIT_SHD: { ...negotiating, server_hello_done: onServerHelloDone },
  WAIT_VERIFIER: { verified: onVerified },
  WAIT_PSK: { psk_found: onPskFound },
  WAIT_CERTIFICATE_CHOICE: { certificate_chosen: onCertificateChosen },
  WAIT_SIGNER: { signed: onSigned },
  WAIT_TICKET: { ...negotiating, new_session_ticket: onNewSessionTicket },
  WAIT_CCS: { ...negotiating, change_cipher_spec: onChangeCipherSpec },
  WAIT_FINISHED: { ...negotiating, finished: onServerFinished },
  CONNECTED: { hello_request: refuseRenegotiation },
};

/** RFC 5246 7.4.2. */
function onCertificate(
  state: WaitCertificate12,
  message: Certificate12,
):
  | WaitStatusOrKeyExchange
  | WaitStatusOrDone
  | WaitKeyExchange
  | WaitRequestOrDone {
  const { config, suite, said } = state;
  const { certificateTypes, scts } = said;
  const shown = readPeerChain12(config, message, certificateTypes.server);
  const chain = { ...shown, ...(scts && { scts }) };
  const presented: Presented = { chain, key: leafKey12(chain, suite, config) };
  const transcript = state.transcript.add(message.raw);
  const next = { ...state, presented, transcript };
  if (suite.keyExchange !== "RSA")
    return said.status
      ? { ...next, at: "WAIT_CERT_STATUS_SKE" }
      : { ...next, at: "WAIT_SKE" };
  const keys = NO_KEYS;
  return said.status
    ? { ...next, ...keys, at: "WAIT_CERT_STATUS_CR_SHD" }
    : { ...next, ...keys, at: "WAIT_CR_SHD" };
}

/** Before a ServerKeyExchange, and for good in the suites without one. */
const NO_KEYS: KeysOffered = {
  exchange: undefined,
  signature: undefined,
  pskIdentityHint: undefined,
};

/** RFC 6066 8. */
function onStatusBeforeKeyExchange(
  state: WaitStatusOrKeyExchange,
  message: RawMessage,
): WaitKeyExchange {
  const transcript = state.transcript.add(message.raw);
  const presented = stapled(state, message);
  return { ...state, at: "WAIT_SKE", presented, transcript };
}

function onStatusBeforeDone(
  state: WaitStatusOrDone,
  message: RawMessage,
): WaitRequestOrDone {
  const transcript = state.transcript.add(message.raw);
  const presented = stapled(state, message);
  return { ...state, at: "WAIT_CR_SHD", presented, transcript };
}

function stapled(
  { config, presented }: WaitStatusOrKeyExchange | WaitStatusOrDone,
  message: RawMessage,
): Presented {
  const ocspResponse = hooksOf(config).stapling?.response12(message);
  // It was not offered, and so it was not announced.
  if (ocspResponse === undefined)
    throw new TlsError(reason.unexpected_message, {
      detail: "certificate_status",
    });
  return { ...presented, chain: { ...presented.chain, ocspResponse } };
}

/** RFC 5246 7.4.3, RFC 8422 5.4. */
function onServerKeyExchange(
  state: WaitStatusOrKeyExchange | WaitKeyExchange,
  message: ServerKeyExchange,
): WaitRequestOrDone | WaitDone {
  const { config, suite, presented } = state;
  if (suite.keyExchange === "RSA")
    throw new TlsError(reason.unexpected_message, {
      detail: "server_key_exchange",
    });
  const fields = parseServerKeyExchange(message, suite.keyExchange);
  const { params, pskIdentityHint } = fields;
  if (params === undefined)
    throw new TlsError(reason.unexpected_message, {
      detail: "server_key_exchange",
    });
  const transcript = state.transcript.add(message.raw);
  const exchange = serverExchange(params, config);
  if (presented === undefined)
    return {
      ...state,
      at: "WAIT_SHD",
      exchange,
      signature: undefined,
      pskIdentityHint: pskIdentityHint?.slice(),
      wanted: undefined,
      presented,
      transcript,
    };
  const signature = verifyParams(state, presented, fields);
  const keys = { exchange, signature, pskIdentityHint: undefined };
  return { ...state, ...keys, at: "WAIT_CR_SHD", presented, transcript };
}

// [8422-2.1-02]
/**
 * Verifies the signature over both randoms and the parameters, RFC 5246 7.4.3.
 */
function verifyParams(
  { config, randoms }: WaitStatusOrKeyExchange | WaitKeyExchange,
  { key }: Presented,
  { signature, signedParams }: ServerKeyExchangeFields,
) {
  if (signature === undefined)
    throw new TlsError(reason.malformed_message, {
      detail: "ServerKeyExchange: no signature",
    });
  return verifySignature({
    config,
    version: "TLSv1.2",
    key,
    scheme: signature.scheme,
    content: concat(randoms.client, randoms.server, signedParams),
    signature: signature.signature,
  });
}

/** RFC 4279 2: a hint, and nothing else. */
function onHint(state: WaitHintOrDone, message: ServerKeyExchange): WaitDone {
  const { pskIdentityHint } = parseServerKeyExchange(message, "PSK");
  return {
    ...state,
    at: "WAIT_SHD",
    pskIdentityHint: pskIdentityHint?.slice(),
    wanted: undefined,
    transcript: state.transcript.add(message.raw),
  };
}

/** RFC 5246 7.4.4. */
function onCertificateRequest(
  state: WaitStatusOrDone | WaitRequestOrDone,
  message: CertificateRequest12,
): WaitDone {
  const { certificateTypes, signatureSchemes, authorities } = message;
  return {
    ...state,
    at: "WAIT_SHD",
    wanted: { certificateTypes, signatureSchemes, authorities },
    transcript: state.transcript.add(message.raw),
  };
}

/** RFC 5246 7.4.5: now it is the client's turn; first it verifies the server. */
function onServerHelloDone(
  state: WaitStatusOrDone | WaitHintOrDone | WaitRequestOrDone | WaitDone,
  message: Message,
  io: HandshakeIo,
): Client12State {
  // The server has said all that it can before it hears from this side.
  io.endFlight();
  const { config, serverName, presented, pskIdentityHint } = state;
  const transcript = state.transcript.add(message.raw);
  const wanted = "wanted" in state ? state.wanted : undefined;
  if (presented === undefined) {
    const request = { identity: undefined, hint: pskIdentityHint };
    const need = { type: "psk", request } as const;
    return { ...state, at: "WAIT_PSK", transcript, need };
  }
  const version = "TLSv1.2";
  return {
    ...state,
    at: "WAIT_VERIFIER",
    transcript:
      wanted === undefined ? transcript.withoutMessages() : transcript,
    presented,
    wanted,
    need: verifyNeed(presented.chain, { config, version, serverName }),
  };
}
