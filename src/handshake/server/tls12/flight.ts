/** The server's flight of TLS 1.2, ServerHello … ServerHelloDone, RFC 5246 7.3. */
import { concat, NO_BYTES } from "../../../bytes.ts";
import type { KeyPair } from "../../../crypto/provider.ts";
import { Writer } from "../../../wire/writer.ts";
import { asksInHandshake } from "../../config/client-authentication.ts";
import type { ServerConfig } from "../../config/config.ts";
import type { Credential } from "../../credentials/credential.ts";
import { ownKeyPair } from "../../tls12/key-exchange.ts";
import { hooksOf } from "../../features/feature.ts";
import type { Answers, HandshakeIo } from "../../machine/io.ts";
import { encodeCredential12 } from "../../messages/certificate12.ts";
import {
  ClientCertificateType,
  encodeCertificateRequest12,
} from "../../messages/certificate-request12.ts";
import { encodeServerHelloDone } from "../../messages/without-content.ts";
import {
  encodeServerKeyExchange,
  type KeyExchangeParams,
  writeParams,
} from "../../messages/server-key-exchange.ts";
import { SIGNATURE_SCHEMES } from "../../registries/signature-schemes.ts";
import { choose12 } from "./choose.ts";
import { sendServerHello12 } from "./server-hello.ts";
import type {
  Beginning12,
  Server12,
  Server12State,
  WaitCertificate12,
  WaitKeyExchange,
  WaitSigner12,
} from "./states.ts";

/** RFC 5246 7.4.1.2. */
const SESSION_ID_LENGTH = 32;

/** A full handshake, up to what has to wait. */
export function fullHandshake(
  { config, hello, credentials, transcript }: Beginning12,
  io: HandshakeIo,
): Server12State {
  const { suite, exchange, chosen } = choose12(config, hello, credentials);
  const credential = chosen?.credential;
  const ticket =
    config.sessionTickets &&
    config.ticketKeys !== undefined &&
    hello.extensions.session_ticket !== undefined;
  // [5246-7.4.1.2-02]
  const sessionId =
    config.sessionStore !== undefined && !ticket
      ? config.provider.random(SESSION_ID_LENGTH)
      : NO_BYTES;
  const { group } = exchange;
  const state = sendServerHello12(
    {
      config,
      hello,
      suite,
      credential,
      credentials,
      sessionId,
      ticket,
      group,
      resumed: false,
      transcript,
    },
    io,
  );
  const half = ownKeyPair(exchange, config);
  if (chosen === undefined || half === undefined)
    return withoutCertificate(state, half, io);
  // [5246-7.4.2-01]
  const certified = sendCertificate(state, chosen.credential, io);
  const { randoms } = state;
  const signedParams = paramsOf(half.params);
  const content = concat(randoms.client, randoms.server, signedParams);
  return {
    ...certified,
    ...half,
    at: "WAIT_SIGNER",
    need: { type: "sign", ...chosen, content },
    chosen,
  };
}

function paramsOf(params: KeyExchangeParams): Uint8Array {
  return writeParams(new Writer(), params).finish();
}

/** RFC 5246 7.4.2, and RFC 6066 8 behind it. */
function sendCertificate(
  state: Server12,
  credential: Credential,
  io: HandshakeIo,
): Server12 {
  const certified = send(state, encodeCredential12(credential), io);
  const status = hooksOf(state.config).stapling?.status12(credential, state);
  return status === undefined ? certified : send(certified, status, io);
}

/** RFC 4279 2: without a hint and without a share there is nothing to say. */
function withoutCertificate(
  state: Server12,
  half:
    { readonly pair: KeyPair; readonly params: KeyExchangeParams } | undefined,
  io: HandshakeIo,
): WaitKeyExchange {
  const { pskIdentityHint: hint } = state.config;
  const said =
    half === undefined && hint === undefined
      ? state
      : send(
          state,
          encodeServerKeyExchange({
            pskIdentityHint: hint ?? NO_BYTES,
            signedParams: half === undefined ? NO_BYTES : paramsOf(half.params),
            signature: undefined,
          }),
          io,
        );
  const done = send(said, encodeServerHelloDone(), io);
  return {
    ...done,
    at: "WAIT_CKE",
    transcript: done.transcript.withoutMessages(),
    pair: half?.pair,
    presented: undefined,
  };
}

/** ServerKeyExchange … ServerHelloDone, RFC 5246 7.4.3 to 7.4.5. */
export function onSigned(
  state: WaitSigner12,
  { signature }: Answers["signed"],
  io: HandshakeIo,
): WaitCertificate12 | WaitKeyExchange {
  const { need: _need, chosen, params, pair, ...rest } = state;
  const { config } = state;
  const scheme = SIGNATURE_SCHEMES[chosen.scheme].code;
  const exchanged = send(
    rest,
    encodeServerKeyExchange({
      pskIdentityHint: undefined,
      signedParams: paramsOf(params),
      signature: { scheme, signature },
    }),
    io,
  );
  if (asksInHandshake(config.clientAuthentication, "TLSv1.2")) {
    const requested = send(exchanged, certificateRequest(config), io);
    const done = send(requested, encodeServerHelloDone(), io);
    return { ...done, at: "WAIT_CERT", pair };
  }
  const done = send(exchanged, encodeServerHelloDone(), io);
  return {
    ...done,
    at: "WAIT_CKE",
    // Nobody will sign over the messages themselves.
    transcript: done.transcript.withoutMessages(),
    pair,
    presented: undefined,
  };
}

/** RFC 5246 7.4.4. */
function certificateRequest({
  certificateAuthorities: authorities,
  signatureSchemes,
}: ServerConfig): Uint8Array {
  const { rsa_sign, ecdsa_sign } = ClientCertificateType;
  const schemes = signatureSchemes
    .map((name) => SIGNATURE_SCHEMES[name])
    .filter(({ handshake }) => handshake.some((one) => one === "TLSv1.2"));
  return encodeCertificateRequest12({
    certificateTypes: [ecdsa_sign, rsa_sign],
    signatureSchemes: schemes.map(({ code }) => code),
    authorities,
  });
}

function send<S extends Server12>(
  state: S,
  message: Uint8Array,
  io: HandshakeIo,
): S {
  io.send(message);
  return { ...state, transcript: state.transcript.add(message) };
}
