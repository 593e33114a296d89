/** The client's flight of TLS 1.2: Certificate … Finished, RFC 5246 7.4.6 on. */
import { RAISE_NEED } from "../../../promises.ts";
import type { Secret } from "../../../bytes.ts";
import { TlsError } from "../../../errors.ts";
import * as reason from "../../../reasons.ts";
import { AuthenticatedPeer } from "../../authentication/authenticated-peer.ts";
import { requireCredential } from "../../authentication/own-certificate.ts";
import {
  chooseCredential,
  type ChosenCredential,
} from "../../authentication/signatures-and-finished.ts";
import type { Credential } from "../../credentials/credential.ts";
import { CertificateType } from "../../registries/certificate-types.ts";
import {
  agree,
  pskPreliminary,
  type ServerExchange,
} from "../../tls12/key-exchange.ts";
import type { Answers, HandshakeIo } from "../../machine/io.ts";
import { encryptPreliminarySecret } from "../../tls12/rsa-key-transport.ts";
import { encodeCredential12 } from "../../messages/certificate12.ts";
import { ClientCertificateType } from "../../messages/certificate-request12.ts";
import { encodeCertificateVerify } from "../../messages/certificate-verify.ts";
import { encodeClientKeyExchange } from "../../messages/client-key-exchange.ts";
import { authenticationOf } from "../../tls12/peer-certificate.ts";
import { newSecrets } from "../../tls12/record-keys.ts";
import type { ServerPeer12 } from "../../tls12/peer.ts";
import { SIGNATURE_SCHEMES } from "../../registries/signature-schemes.ts";
import { sendFinished12 } from "../../tls12/finished.ts";
import type {
  Answering12,
  CertificateWanted12,
  Client12,
  Client12State,
  Finishing12,
  Keyed12,
  WaitCertificateChoice12,
  WaitPsk12,
  WaitSigner12,
  WaitVerifier12,
} from "./states.ts";

type Wanted = CertificateWanted12 | undefined;

/** The server's chain is accepted: this side answers. */
export function onVerified(
  state: WaitVerifier12,
  { chain }: Answers["verified"],
  io: HandshakeIo,
): Client12State {
  const { need, presented, signature, wanted, ...rest } = state;
  const { config } = state;
  const server = { need, chain, key: presented.key, signature };
  const answering: Answering12 = { ...rest, server };
  // [5246-7.4.7-02]
  if (wanted === undefined) return keyExchange(answering, undefined, io);
  if (config.credentials !== RAISE_NEED)
    return certificate(answering, wanted, config.credentials, io);
  const { certificateTypes, signatureSchemes, authorities } = wanted;
  return {
    ...answering,
    at: "WAIT_CERTIFICATE_CHOICE",
    wanted,
    need: {
      type: "certificate",
      clientHello: undefined,
      request: {
        certificateTypes,
        signatureSchemes,
        authorities,
        certificateType: state.said.certificateTypes.client,
      },
    },
  };
}

export function onCertificateChosen(
  state: WaitCertificateChoice12,
  { credentials }: Answers["certificate_chosen"],
  io: HandshakeIo,
): Client12State {
  const { need: _need, wanted, ...answering } = state;
  return certificate(answering, wanted, credentials, io);
}

// [5246-7.3-02]
/** RFC 5246 7.4.6: who is asked answers, with an empty list if need be. */
function certificate(
  state: Answering12,
  wanted: CertificateWanted12,
  credentials: readonly Credential[],
  io: HandshakeIo,
): Client12State {
  const certificateType = state.said.certificateTypes.client;
  // [5246-7.4.6-04]
  const chosen = chooseCredential(
    credentials.filter((one) => isOfType(one, wanted)),
    state.config,
    "TLSv1.2",
    wanted.signatureSchemes,
    wanted.authorities,
    { certificateTypes: [CertificateType[certificateType]] },
  );
  requireCredential(chosen, credentials, state.config, certificateType);
  // [5246-7.4.6-01]
  const message = encodeCredential12(chosen?.credential);
  io.send(message);
  const transcript = state.transcript.add(message);
  // [5246-7.4.7-01]
  return keyExchange({ ...state, transcript }, chosen, io);
}

// [5246-7.4.4-03]
/** RFC 5246 7.4.4, RFC 8422 5.5. */
function isOfType(
  credential: Credential,
  { certificateTypes }: NonNullable<Wanted>,
): boolean {
  const kind = authenticationOf(credential);
  if (kind === "RSA")
    return certificateTypes.includes(ClientCertificateType.rsa_sign);
  // [8422-3.1-01] [8422-5.6-01]
  if (kind === "ECDSA")
    return certificateTypes.includes(ClientCertificateType.ecdsa_sign);
  return false;
}

/** RFC 5246 7.4.7, and with it the main secret. */
function keyExchange(
  state: Answering12,
  chosen: ChosenCredential | undefined,
  io: HandshakeIo,
): Client12State {
  const { server, exchange, ...rest } = state;
  const { need, chain, key } = server;
  if (exchange !== undefined && server.signature !== undefined) {
    const authenticated = AuthenticatedPeer.of(need, chain, server.signature);
    const peer = { by: "certificate", peer: authenticated } as const;
    const { share, secret } = agree(exchange, state.config);
    const sent = { pskIdentity: undefined, exchange: share };
    const keyed = { ...rest, exchange, peer };
    return sendKeyExchange(keyed, sent, secret, chosen, io);
  }
  const { encrypted, preliminary, proof } = encryptPreliminarySecret(
    state.config,
    key,
  );
  const authenticated = AuthenticatedPeer.of(need, chain, proof);
  const peer = { by: "certificate", peer: authenticated } as const;
  const sent = { pskIdentity: undefined, exchange: encrypted };
  const keyed = { ...rest, exchange, peer };
  return sendKeyExchange(keyed, sent, preliminary, chosen, io);
}

/** RFC 4279 2 to 3, RFC 5489 2. */
export function onPskFound(
  state: WaitPsk12,
  { psk }: Answers["psk_found"],
  io: HandshakeIo,
): Client12State {
  const { need: _need, ...rest } = state;
  const { exchange, config } = state;
  // RFC 9258 5: an imported key is for no other version.
  if (psk === undefined || psk.imported) throw new TlsError(reason.psk_missing);
  const half = exchange && agree(exchange, config);
  const { preliminary, held } = pskPreliminary(psk, half?.secret);
  const sent = { pskIdentity: psk.identity, exchange: half?.share };
  const keyed = {
    ...rest,
    exchange,
    peer: { by: "psk", held },
  } as const;
  return sendKeyExchange(keyed, sent, preliminary, undefined, io);
}

interface Agreed extends Client12 {
  readonly exchange: ServerExchange | undefined;
  readonly peer: ServerPeer12;
}

function sendKeyExchange(
  { exchange, ...state }: Agreed,
  sent: {
    readonly pskIdentity: Uint8Array | undefined;
    readonly exchange: Uint8Array | undefined;
  },
  preliminary: Secret,
  chosen: ChosenCredential | undefined,
  io: HandshakeIo,
): Client12State {
  const message = encodeClientKeyExchange(state.suite.keyExchange, sent);
  io.send(message);
  const next = { ...state, transcript: state.transcript.add(message) };
  const keyed: Keyed12 = {
    ...next,
    ...newSecrets(next, preliminary, state.said),
    group: exchange?.group,
    credential: chosen?.credential,
  };
  // [8422-3-02]
  return chosen === undefined
    ? finish(keyed, io)
    : waitForSignature(keyed, chosen);
}

/** RFC 5246 7.4.8: over the messages themselves. */
function waitForSignature(
  state: Keyed12,
  chosen: ChosenCredential,
): WaitSigner12 {
  const content = state.transcript.messages();
  const need = { type: "sign", ...chosen, content } as const;
  return { ...state, at: "WAIT_SIGNER", need, chosen };
}

export function onSigned(
  state: WaitSigner12,
  { signature }: Answers["signed"],
  io: HandshakeIo,
): Client12State {
  const { need: _need, chosen, ...keyed } = state;
  const { code } = SIGNATURE_SCHEMES[chosen.scheme];
  // [5246-7.4.8-01]
  const message = encodeCertificateVerify(code, signature);
  io.send(message);
  const transcript = state.transcript.add(message);
  return finish({ ...keyed, transcript }, io);
}

/** ChangeCipherSpec and Finished; then the server's are waited for. */
function finish(state: Keyed12, io: HandshakeIo): Client12State {
  const sent = sendFinished12(
    { ...state, transcript: state.transcript.withoutMessages() },
    "client",
    io,
  );
  const next: Finishing12 = { ...sent, resumed: undefined, ticket: undefined };
  return { ...next, at: state.said.ticket ? "WAIT_TICKET" : "WAIT_CCS" };
}
