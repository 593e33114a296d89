/**
 * ServerHello … Certificate: the first half of a server's flight; with a PSK
 * there is no Certificate and it ends with Finished.
 */
import type { Secret } from "../../bytes.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";
import { TlsError, TlsUsageError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { ProtocolVersion } from "../../wire/code-points.ts";
import { chooseCredential } from "../authentication.ts";
import type { CipherSuite13 } from "../cipher-suites.ts";
import type { ServerConfig } from "../config.ts";
import type { Credential } from "../credential.ts";
import { send, sendCertificate, signingNeed } from "../flight.ts";
import type { EchOpened } from "../ech.ts";
import { turnsOf } from "../features.ts";
import type { KeyShareEntry } from "../extensions/spec.ts";
import { GROUPS } from "../groups.ts";
import { type HandshakeIo, protectionKeys } from "../io.ts";
import { invalidShareIsAnAlert } from "../key-exchange.ts";
import { logSecrets } from "../key-log.ts";
import { earlySecret } from "../key-schedule13.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import { encodeEncryptedExtensions } from "../messages/encrypted-extensions.ts";
import { encodeServerHello } from "../messages/server-hello.ts";
import {
  type ChosenGroup,
  chooseAlpn,
  sendsChangeCipherSpec,
} from "../negotiate.ts";
import type { ChosenPsk } from "../psk.ts";
import type { PendingTranscript, Transcript } from "../transcript.ts";
import { certificateRequest } from "./certificate-request.ts";
import { acceptEarlyData, type EarlyDataKeys } from "./early-data.ts";
import {
  clientHandshakeKeys,
  sendServerFinished,
} from "./server-finished13.ts";
import type {
  Server13,
  WaitEndOfEarlyData,
  WaitFinished,
  WaitSigner,
} from "./states.ts";

/** What was negotiated. */
export interface Negotiated {
  readonly config: ServerConfig;
  readonly hello: ClientHello;
  readonly suite: CipherSuite13;
  /** Undefined: the PSK stands alone (psk_ke). */
  readonly exchange: ChosenGroup | undefined;
  readonly psk: ChosenPsk | undefined;
  readonly helloRetried: boolean;
  readonly ech: EchOpened | undefined;
  /** A HelloRetryRequest refused it. */
  readonly earlyRejected: boolean;
  readonly credentials: readonly Credential[];
  /** Up to the ClientHello. */
  readonly transcript: PendingTranscript;
}

/** Sends all that a server can say before it has signed. */
export function serverFlight(
  negotiated: Negotiated,
  io: HandshakeIo,
): WaitSigner | WaitFinished | WaitEndOfEarlyData {
  const { config, hello, psk } = negotiated;
  if (psk !== undefined) return pskFlight(negotiated, psk, io);
  const { rawKeys } = turnsOf(config);
  const chosen = chooseCredential(
    negotiated.credentials,
    config,
    "TLSv1.3",
    hello.extensions.signature_algorithms ?? [],
    hello.extensions.certificate_authorities,
    {
      certificateTypes: rawKeys?.typesTaken(hello),
      delegated: hello.extensions.delegated_credential,
      certificateSchemes: hello.extensions.signature_algorithms_cert,
    },
  );
  if (chosen === undefined) rawKeys?.checkTypes(negotiated.credentials, hello);
  if (chosen === undefined)
    throw new TlsError(reason.no_shared_signature_scheme);
  const alpnProtocol = chooseAlpn(config, hello);
  const { secrets, ...begun } = begin(
    negotiated,
    alpnProtocol,
    undefined,
    io,
    chosen.credential,
  );
  const asking =
    config.clientAuthentication === "none"
      ? begun.transcript
      : send(io, begun.transcript, certificateRequest(config));
  const transcript = sendCertificate(
    io,
    asking,
    chosen,
    hello.extensions,
    config,
  );
  return {
    ...begun,
    at: "WAIT_SIGNER",
    transcript,
    need: signingNeed("server", transcript, chosen),
    chosen,
    ...secrets,
  };
}

/** RFC 8446 2.2 and 2.3: with a PSK the Finished follows at once. */
function pskFlight(
  negotiated: Negotiated,
  psk: ChosenPsk,
  io: HandshakeIo,
): WaitFinished | WaitEndOfEarlyData {
  const { config, hello } = negotiated;
  const alpnProtocol = chooseAlpn(config, hello);
  const early = acceptEarlyData(negotiated, psk, alpnProtocol);
  const { secrets, ...begun } = begin(negotiated, alpnProtocol, early, io);
  const peer = { psk };
  const sent = sendServerFinished(begun, secrets, undefined, io);
  return sent.early === undefined
    ? { ...sent, at: "WAIT_FINISHED", peer }
    : { ...sent, early: sent.early, at: "WAIT_EOED", peer };
}

interface Begun extends Server13 {
  readonly secrets: Pick<WaitSigner, "handshake" | "serverHandshake">;
}

/** ServerHello and EncryptedExtensions. */
function begin(
  negotiated: Negotiated,
  alpnProtocol: string | undefined,
  early: EarlyDataKeys | undefined,
  io: HandshakeIo,
  credential?: Credential,
): Begun {
  const { config, hello, suite, exchange, psk, helloRetried } = negotiated;
  const { shared, transcript } = sendServerHello(negotiated, early, io);
  const secrets = handshakeSecrets(negotiated, transcript, shared, io);
  const { clientHandshake, handshake, serverHandshake } = secrets;
  const server13: Server13 = {
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
    // RFC 8446 4.3.2: who has a PSK is asked for nothing in the handshake.
    clientType:
      (credential && turnsOf(config).rawKeys?.clientType(config, hello)) ??
      "X509",
    clientHandshake,
    transcript,
  };
  if (early === undefined) io.setReadKeys(clientHandshakeKeys(server13));
  else io.beginReadingEarlyData(early.keys, early.bytes);
  return {
    ...server13,
    secrets: { handshake, serverHandshake },
    transcript: sendExtensions(
      server13,
      { ech: negotiated.ech, credential, credentials: negotiated.credentials },
      transcript,
      io,
    ),
  };
}

function sendServerHello(
  negotiated: Negotiated,
  early: EarlyDataKeys | undefined,
  io: HandshakeIo,
): { readonly shared: Secret | undefined; readonly transcript: Transcript } {
  const { config, hello, suite, exchange, psk, ...rest } = negotiated;
  const { provider } = config;
  const random = provider.random(32);
  const agreed = exchange && encapsulate(exchange, provider);
  const encoded = encodeServerHello(
    config.protocol.extensions,
    {
      legacyVersion: ProtocolVersion["TLSv1.2"],
      random,
      legacySessionIdEcho: hello.legacySessionId,
      cipherSuite: suite.code,
      extensions: {
        ...(agreed && { key_share: agreed.entry }),
        ...(psk && { pre_shared_key: psk.index }),
        supported_versions: ProtocolVersion["TLSv1.3"],
      },
    },
    config.shapes.server_hello,
  );
  const hash = provider.hashes[suite.hash];
  const before = rest.transcript.begin(hash);
  const message = rest.ech?.confirm(encoded, before) ?? encoded;
  io.send(message);
  // RFC 8446 D.4: after its first message.
  if (!rest.helloRetried && sendsChangeCipherSpec(config, hello))
    io.sendChangeCipherSpec();
  if (hello.extensions.early_data && early === undefined) io.skipEarlyData();
  return { shared: agreed?.secret, transcript: before.add(message) };
}

function encapsulate(
  { group, share }: ChosenGroup,
  { groups, random }: CryptoProvider,
): { readonly entry: KeyShareEntry; readonly secret: Secret } {
  const exchange = groups[group];
  if (exchange === undefined || share === undefined)
    throw new TlsUsageError(`the provider has no group ${group}`);
  const answer = invalidShareIsAnAlert(() =>
    exchange.encapsulate(share, random),
  );
  const entry = { group: GROUPS[group], share: answer.share };
  return { entry, secret: answer.secret };
}

function handshakeSecrets(
  { config, hello, suite, psk }: Negotiated,
  transcript: Transcript,
  shared: Secret | undefined,
  io: HandshakeIo,
): Pick<WaitSigner, "handshake" | "clientHandshake" | "serverHandshake"> {
  const { provider } = config;
  const early = earlySecret(transcript.hash, psk?.psk.key);
  const handshake = early.handshakeSecret(shared);
  shared?.wipe();
  const digest = transcript.digest();
  const clientHandshake = handshake.clientHandshakeTraffic(digest);
  const serverHandshake = handshake.serverHandshakeTraffic(digest);
  logSecrets(config, hello.random, {
    CLIENT_HANDSHAKE_TRAFFIC_SECRET: clientHandshake,
    SERVER_HANDSHAKE_TRAFFIC_SECRET: serverHandshake,
  });
  const { recordsPerKey } = config.limits;
  const keys = { provider, suite, epoch: "handshake", recordsPerKey } as const;
  io.setWriteKeys(protectionKeys({ ...keys, secret: serverHandshake }));
  return { handshake, clientHandshake, serverHandshake };
}

function sendExtensions(
  { config, hello, alpnProtocol, earlyData, psk, clientType }: Server13,
  {
    ech,
    credential,
    credentials,
  }: {
    readonly ech: EchOpened | undefined;
    readonly credential: Credential | undefined;
    readonly credentials: readonly Credential[];
  },
  transcript: Transcript,
  io: HandshakeIo,
): Transcript {
  const turns = turnsOf(config);
  const { rawKeys, recordSizes } = turns;
  const sizes = recordSizes?.answer(config, hello, "TLSv1.3") ?? {};
  const configs = turns.ech?.retryConfigs(config, hello, ech);
  const message = encodeEncryptedExtensions(
    config.protocol.extensions,
    {
      // RFC 6066 3: an empty server_name says that the name was used; "When
      // resuming a session, the server MUST NOT include" it.
      ...(hello.extensions.server_name !== undefined &&
        psk?.psk.kind !== "resumption" && { server_name: true }),
      ...(alpnProtocol !== undefined && {
        application_layer_protocol_negotiation: [alpnProtocol],
      }),
      ...sizes,
      ...(earlyData === "accepted" && { early_data: true }),
      ...(configs && { encrypted_client_hello: configs }),
      ...(credential &&
        rawKeys?.typesAnswer(config, hello, credential, clientType)),
      ...(psk?.psk.kind === "resumption" &&
        rawKeys?.typesResumed(credentials, hello)),
    },
    config.shapes.encrypted_extensions,
  );
  recordSizes?.apply(sizes, hello, "TLSv1.3", io);
  return send(io, transcript, message);
}
