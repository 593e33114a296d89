/**
 * ServerHello … Certificate: the first half of a server's flight; with a PSK
 * there is no Certificate and it ends with Finished.
 */
import type { Secret } from "../../../bytes.ts";
import type { CryptoProvider } from "../../../crypto/provider.ts";
import { TlsError, TlsUsageError } from "../../../errors.ts";
import * as reason from "../../../reasons.ts";
import { chooseCredential } from "../../authentication/signatures-and-finished.ts";
import { asksInHandshake, asksOf } from "../../config/client-authentication.ts";
import { type Credential, unfitDetail } from "../../credentials/credential.ts";
import type { KeyShareEntry } from "../../extensions/spec.ts";
import { answerExtensions } from "../../extensions/table.ts";
import { byKind } from "../../features/feature.ts";
import { invalidShareIsAnAlert } from "../../keys/bad-key-share.ts";
import type { Transcript } from "../../keys/transcript.ts";
import type { Answers, HandshakeIo } from "../../machine/io.ts";
import { encodeEncryptedExtensions } from "../../messages/encrypted-extensions.ts";
import { encodeServerHello } from "../../messages/server-hello.ts";
import { GROUPS } from "../../registries/groups.ts";
import { serverHooksOf } from "../hooks.ts";
import {
  chooseAlpn,
  refusedBytes,
  sendsChangeCipherSpec,
} from "../negotiate.ts";
import type {
  ChosenGroup,
  FlightSent,
  Negotiated,
  Server13,
  WaitEndOfEarlyData,
  WaitFinished,
  WaitSigner,
  WaitStrike,
} from "../states.ts";
import { certificateRequest } from "./certificate-request.ts";
import {
  type EarlyDataKeys,
  acceptEarlyData,
  decideEarlyData,
} from "./early-data.ts";
import type { ChosenPsk } from "../../sessions/psk.ts";
import {
  certificateMessage,
  send,
  finishedOf,
  signingNeed,
} from "../../tls13/flight.ts";
import {
  applicationKeys,
  applicationSecrets,
  handshakeKeys,
  handshakeSecrets,
} from "../../tls13/secrets.ts";
import { ProtocolVersion } from "../../../wire/code-points.ts";

/** Sends all that a server can say before it has signed. */
export function serverFlight(
  negotiated: Negotiated,
  io: HandshakeIo,
): WaitSigner | WaitStrike | PskFlightSent {
  const { config, hello, psk } = negotiated;
  // [9846-4.4.2-08] [9846-4.4.2-09a]
  if (config.certificateWithPsk) requireBoth(negotiated);
  else if (psk !== undefined) return pskFlight(negotiated, psk, io);
  const chosen = chooseCredential(
    negotiated.credentials,
    config,
    "TLSv1.3",
    hello.extensions.signature_algorithms ?? [],
    hello.extensions.certificate_authorities,
    {
      certificateTypes: hello.extensions.server_certificate_type,
      delegated: hello.extensions.delegated_credential,
      certificateSchemes: hello.extensions.signature_algorithms_cert,
    },
  );
  if (chosen === undefined) {
    byKind(config, (kind) => kind.unmatched?.(negotiated.credentials, hello));
    const { credentials } = negotiated;
    // [9846-4.2.1-04]
    throw new TlsError(
      reason.no_shared_signature_scheme,
      unfitDetail(credentials) ??
        serverHooksOf(config).mismatch?.schemes13(config, hello, credentials),
    );
  }
  const alpnProtocol = chooseAlpn(config, hello);
  const { secrets, ...begun } = begin(
    negotiated,
    alpnProtocol,
    undefined,
    io,
    chosen.credential,
  );
  // [9846-4.4.2-02]
  const asking = asksInHandshake(config.clientAuthentication, "TLSv1.3")
    ? send(io, begun.transcript, certificateRequest(config))
    : begun.transcript;
  // [9846-4.5.1-01]
  const message = certificateMessage(chosen, hello.extensions, config);
  const transcript = send(io, asking, message);
  return {
    ...begun,
    at: "WAIT_SIGNER",
    transcript,
    need: signingNeed("server", transcript, chosen),
    chosen,
    ...secrets,
  };
}

/** RFC 8773 5.1: a certificate beside an external PSK, or no connection. */
function requireBoth({ config, hello, psk }: Negotiated): void {
  const { extensions } = hello;
  if (psk === undefined || extensions.tls_cert_with_extern_psk === undefined)
    throw new TlsError(reason.certificate_with_psk_missing, {
      detail:
        extensions.tls_cert_with_extern_psk === undefined
          ? "the client does not offer it"
          : "this server has none of the keys that the client offers",
    });
  if (extensions.early_data)
    throw new TlsError(reason.illegal_parameter, {
      detail: "early_data beside tls_cert_with_extern_psk",
    });
  psk.under({ trust: config.trust, serverName: extensions.server_name });
}

type PskFlightSent = WaitFinished | WaitEndOfEarlyData;

// [9846-F.1-01a]
/** RFC 9846 2.2 and 2.3: with a PSK the Finished follows at once. */
function pskFlight(
  negotiated: Negotiated,
  psk: ChosenPsk,
  io: HandshakeIo,
): WaitStrike | PskFlightSent {
  const { config, hello } = negotiated;
  const { server_name: serverName } = hello.extensions;
  psk.under({ trust: config.trust, serverName });
  const alpnProtocol = chooseAlpn(config, hello);
  const verdict = decideEarlyData(negotiated, psk, alpnProtocol);
  if (verdict === "accepted" || verdict === "refused")
    return sendPskFlight(negotiated, psk, alpnProtocol, verdict, io);
  return {
    machine: "serverHello",
    at: "WAIT_STRIKE",
    config,
    negotiated,
    psk,
    alpnProtocol,
    need: verdict,
  };
}

/** The register has answered whether the early data is no replay. */
export function onStruck(
  { negotiated, psk, alpnProtocol }: WaitStrike,
  { first }: Answers["struck"],
  io: HandshakeIo,
): PskFlightSent {
  const verdict = first === true ? "accepted" : "refused";
  return sendPskFlight(negotiated, psk, alpnProtocol, verdict, io);
}

function sendPskFlight(
  negotiated: Negotiated,
  psk: ChosenPsk,
  alpnProtocol: string | undefined,
  verdict: "accepted" | "refused",
  io: HandshakeIo,
): PskFlightSent {
  const early =
    verdict === "accepted" ? acceptEarlyData(negotiated, psk) : undefined;
  const { secrets, ...begun } = begin(negotiated, alpnProtocol, early, io);
  const peer = { psk };
  // [9846-4.3.11.3-01]
  const sent = sendServerFinished(begun, secrets, undefined, io);
  return sent.early === undefined
    ? { ...sent, at: "WAIT_FINISHED", peer }
    : { ...sent, early: sent.early, at: "WAIT_EOED", peer };
}

interface Begun extends Server13 {
  readonly secrets: Pick<WaitSigner, "handshake" | "serverHandshake">;
}

/**
 * ServerHello and EncryptedExtensions. The secrets come before the first of them
 * goes out: where a key log throws, the alert has to be one that the client reads.
 */
function begin(
  negotiated: Negotiated,
  alpnProtocol: string | undefined,
  early: EarlyDataKeys | undefined,
  io: HandshakeIo,
  credential?: Credential,
): Begun {
  const { config, hello, suite, exchange, psk, helloRetried } = negotiated;
  const { message: serverHello, shared, transcript } = answerHello(negotiated);
  const { handshake, client, server } = handshakeSecrets(
    config,
    { psk: psk?.psk.key, shared },
    hello.random,
    transcript,
  );
  io.send(serverHello);
  // RFC 9846 E.4: after its first message.
  if (!helloRetried && sendsChangeCipherSpec(config, hello))
    io.sendChangeCipherSpec();
  if (hello.extensions.early_data && early === undefined)
    io.skipEarlyData(refusedBytes(config, psk));
  io.setWriteKeys(handshakeKeys({ config, suite }, server));
  if (early === undefined)
    io.setReadKeys(handshakeKeys({ config, suite }, client));
  else io.beginReadingEarlyData(early.keys, early.bytes);
  const { credentials } = negotiated;
  const { answers, agreed } = answerExtensions(
    config.protocol.extensions,
    "encrypted_extensions",
    {
      config,
      version: "TLSv1.3",
      suite,
      hello,
      credential,
      credentials,
      resumed: psk?.psk.kind === "resumption",
      asks: asksOf(config.clientAuthentication, hello, "TLSv1.3"),
      alpnProtocol,
      hidden: negotiated.ech !== undefined,
      earlyData: early !== undefined,
      ticket: false,
    },
  );
  const message = encodeEncryptedExtensions(
    config.protocol.extensions,
    answers,
    config.shapes.encrypted_extensions,
  );
  if (agreed.recordLimits) io.setRecordLimits(agreed.recordLimits);
  return {
    machine: "server13",
    config,
    suite,
    group: exchange?.group,
    psk,
    earlyData:
      early !== undefined
        ? "accepted"
        : hello.extensions.early_data || negotiated.earlyRejected
          ? "rejected"
          : "none",
    early: early && { hash: suite.hash, exporter: early.exporter },
    hello,
    helloRetried,
    encryptedClientHello: negotiated.ech !== undefined,
    alpnProtocol,
    clientType: agreed.certificateTypes.client,
    clientHandshake: client,
    secrets: { handshake, serverHandshake: server },
    // [9846-4.4.1-01]
    transcript: send(io, transcript, message),
  };
}

/** The ServerHello, RFC 9846 4.2.3, and the secret that is shared by it. */
function answerHello(negotiated: Negotiated): {
  readonly message: Uint8Array;
  readonly shared: Secret | undefined;
  readonly transcript: Transcript;
} {
  const { config, hello, suite, exchange, psk, ...rest } = negotiated;
  const { provider } = config;
  // [9846-4.2.3-03]
  const random = provider.random(32);
  // [9846-4.3.8-16b]
  const agreed = exchange && encapsulate(exchange, provider);
  const encoded = encodeServerHello(
    config.protocol.extensions,
    {
      // [9846-4.2.3-01a] [9846-4.3.1-10] [9846-E.5-08]
      legacyVersion: ProtocolVersion["TLSv1.2"],
      random,
      legacySessionIdEcho: hello.legacySessionId,
      cipherSuite: suite.code,
      // [9846-4.2.3-08] [9846-4.3.9-07]
      extensions: {
        ...(agreed && { key_share: agreed.entry }),
        ...(config.certificateWithPsk && { tls_cert_with_extern_psk: true }),
        ...(psk && { pre_shared_key: psk.index }),
        // [9846-4.2.3-09] [9846-4.2.4-12a] [9846-4.3.1-09] [9846-9.2-03]
        supported_versions: ProtocolVersion["TLSv1.3"],
      },
    },
    config.shapes.server_hello,
  );
  const hash = provider.hashes[suite.hash];
  const before = rest.transcript.begin(hash);
  const message = rest.ech?.confirm(encoded, before) ?? encoded;
  return { message, shared: agreed?.secret, transcript: before.add(message) };
}

function encapsulate(
  { group, share }: ChosenGroup,
  { groups, random }: CryptoProvider,
): { readonly entry: KeyShareEntry; readonly secret: Secret } {
  const exchange = groups[group];
  if (exchange === undefined || share === undefined)
    throw new TlsUsageError(`the provider has no group ${group}`);
  // [9846-4.3.8-10] [9846-4.3.8-11]
  const answer = invalidShareIsAnAlert(() =>
    exchange.encapsulate(share, random),
  );
  // [9846-4.3.8-15]
  const entry = { group: GROUPS[group], share: answer.share };
  return { entry, secret: answer.secret };
}

/** RFC 9846 4.5.3; from here on the server writes under application keys. */
export function sendServerFinished(
  state: Server13,
  secrets: Pick<WaitSigner, "handshake" | "serverHandshake">,
  credential: Credential | undefined,
  io: HandshakeIo,
): FlightSent {
  const { config, hello } = state;
  const { handshake, serverHandshake } = secrets;
  const { message, transcript } = finishedOf(state.transcript, serverHandshake);
  const sent: FlightSent = {
    ...state,
    credential,
    transcript,
    // First, as in begin().
    ...applicationSecrets(config, handshake, hello.random, transcript),
  };
  io.send(message);
  // [9846-4.5.3-03]
  io.setWriteKeys(applicationKeys(sent, sent.serverApplication));
  serverHandshake.wipe();
  // RFC 9846 4.5.4 and F.1: a client that is asked for a certificate is sent
  // no data before it has answered.
  if (!asksInHandshake(config.clientAuthentication, "TLSv1.3"))
    io.allowHalfRtt();
  return sent;
}
