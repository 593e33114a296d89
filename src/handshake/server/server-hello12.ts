/** The ServerHello of TLS 1.2 and what it settles, RFC 5246 7.4.1.3. */
import { asciiBytes, NO_BYTES } from "../../bytes.ts";
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { CipherSuiteSignal, ProtocolVersion } from "../../wire/code-points.ts";
import type { CipherSuite12 } from "../cipher-suites.ts";
import type { ServerConfig } from "../config.ts";
import type { Credential } from "../credential.ts";
import {
  checkPointFormats,
  UNCOMPRESSED,
} from "../extensions/ec-point-formats.ts";
import type { Extensions } from "../extensions/spec.ts";
import { stapleExtensions } from "../extensions/table.ts";
import { turnsOf } from "../features.ts";
import type { HandshakeIo } from "../io.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import { encodeServerHello12 } from "../messages/server-hello.ts";
import { chooseAlpn } from "../negotiate.ts";
import type { PendingTranscript } from "../transcript.ts";
import type { Server12 } from "./states12.ts";

/** RFC 8446 4.1.3: says that this side could do better than TLS 1.2. */
const DOWNGRADE_SENTINEL = asciiBytes("DOWNGRD\x01");

/** What a ServerHello is made of. */
export interface HelloChoice {
  readonly config: ServerConfig;
  readonly hello: ClientHello;
  readonly suite: CipherSuite12;
  readonly credential: Credential | undefined;
  /** Of which it was chosen. */
  readonly credentials: readonly Credential[];
  readonly sessionId: Uint8Array;
  readonly ticket: boolean;
  readonly group: Server12["group"];
  readonly resumed: boolean;
  /** Up to the ClientHello. */
  readonly transcript: PendingTranscript;
}

/** Sends the ServerHello. */
export function sendServerHello12(
  choice: HelloChoice,
  io: HandshakeIo,
): Server12 {
  const { config, hello, suite, resumed, credentials, transcript, ...rest } =
    choice;
  // Nothing of the client's next flight can be there yet.
  io.endFlight();
  checkRenegotiationInfo(hello);
  checkPointFormats(hello.extensions.ec_point_formats);
  const alpnProtocol = chooseAlpn(config, hello);
  const { credential } = choice;
  // Who shows no credential of its own asks for none.
  const { rawKeys, recordSizes } = turnsOf(config);
  const clientType =
    (credential && rawKeys?.clientType(config, hello)) ?? "X509";
  const extensions = {
    ...answers(choice, alpnProtocol),
    ...(credential &&
      rawKeys?.typesAnswer(config, hello, credential, clientType)),
    ...(resumed && rawKeys?.typesResumed(credentials, hello)),
  };
  const message = encodeServerHello12(
    config.protocol.extensions,
    {
      legacyVersion: ProtocolVersion["TLSv1.2"],
      random: serverRandom(config),
      legacySessionIdEcho: choice.sessionId,
      cipherSuite: suite.code,
      extensions,
    },
    config.shapes.server_hello12,
  );
  io.setChangeCipherSpec("delivered");
  io.setWarningAlerts("ignored");
  io.send(message);
  recordSizes?.apply(extensions, hello, "TLSv1.2", io);
  const hash = config.provider.hashes[suite.hash];
  return {
    ...rest,
    machine: "server12",
    config,
    hello,
    suite,
    // The random of the message, whatever shape it was given.
    randoms: { client: hello.random, server: message.slice(6, 38) },
    extendedMasterSecret: extensions.extended_master_secret ?? false,
    encryptThenMac: extensions.encrypt_then_mac ?? false,
    alpnProtocol,
    clientType,
    transcript: transcript.begin12(hash).add(message),
  };
}

function serverRandom({ provider, versions }: ServerConfig): Uint8Array {
  const random = provider.random(32);
  if (versions.includes("TLSv1.3"))
    random.set(DOWNGRADE_SENTINEL, random.length - DOWNGRADE_SENTINEL.length);
  return random;
}

/** RFC 5746 3.6: in a first handshake there is nothing to go on from. */
function checkRenegotiationInfo({ extensions }: ClientHello): void {
  const { renegotiation_info: info } = extensions;
  if (info !== undefined && info.length > 0)
    throw new TlsError(reason.renegotiation_mismatch);
}

/** What a server says to what it was asked; never more. */
function answers(
  choice: HelloChoice,
  alpnProtocol: string | undefined,
): Extensions<"server_hello12"> {
  const { config, hello, suite, credential, ticket, resumed } = choice;
  const { extensions: asked, cipherSuites } = hello;
  const signals = cipherSuites.includes(
    CipherSuiteSignal.TLS_EMPTY_RENEGOTIATION_INFO_SCSV,
  );
  const stapled =
    credential === undefined || resumed
      ? {}
      : stapleExtensions(config.protocol.extensions, credential, asked);
  const { signed_certificate_timestamp: scts } = stapled;
  return {
    // RFC 6066 3: not when a session goes on.
    ...(asked.server_name !== undefined && !resumed && { server_name: true }),
    ...(asked.extended_master_secret && { extended_master_secret: true }),
    ...((asked.renegotiation_info || signals) && {
      renegotiation_info: NO_BYTES,
    }),
    ...(asked.ec_point_formats &&
      suite.keyExchange.startsWith("EC") && {
        ec_point_formats: [UNCOMPRESSED],
      }),
    ...(ticket && { session_ticket: true }),
    ...(asked.encrypt_then_mac &&
      suite.protection.kind === "cbc" && { encrypt_then_mac: true }),
    ...(stapled.status_request && { status_request: true }),
    ...(scts && { signed_certificate_timestamp: scts }),
    ...(alpnProtocol !== undefined && {
      application_layer_protocol_negotiation: [alpnProtocol],
    }),
    ...turnsOf(config).recordSizes?.answer(config, hello, "TLSv1.2"),
  };
}
