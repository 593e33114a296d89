/** The ServerHello of TLS 1.2 and what it settles, RFC 5246 7.4.1.3. */
import { ProtocolVersion } from "../../../wire/code-points.ts";
import type { CipherSuite12 } from "../../registries/cipher-suites.ts";
import { asksOf } from "../../config/client-authentication.ts";
import type { ServerConfig } from "../../config/config.ts";
import type { Credential } from "../../credentials/credential.ts";
import { answerExtensions } from "../../extensions/table.ts";
import type { HandshakeIo } from "../../machine/io.ts";
import type { ClientHello } from "../../messages/client-hello.ts";
import {
  encodeServerHello12,
  markDowngrade,
} from "../../messages/server-hello.ts";
import { chooseAlpn } from "../negotiate.ts";
import type { PendingTranscript } from "../../keys/transcript.ts";
import type { Server12 } from "./states.ts";

/** Parts of a ServerHello. */
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
  const { credential, ticket } = choice;
  // [5246-7.4.1.4-01]
  const { answers, agreed } = answerExtensions(
    config.protocol.extensions,
    "server_hello12",
    {
      config,
      version: "TLSv1.2",
      suite,
      hello,
      credential,
      credentials,
      resumed,
      asks: asksOf(config.clientAuthentication, hello, "TLSv1.2"),
      alpnProtocol: chooseAlpn(config, hello),
      hidden: false,
      earlyData: false,
      ticket,
    },
  );
  const message = encodeServerHello12(
    config.protocol.extensions,
    {
      // [9846-4.3.1-08] [9846-E.5-08]
      legacyVersion: ProtocolVersion["TLSv1.2"],
      random: serverRandom(config),
      legacySessionIdEcho: choice.sessionId,
      cipherSuite: suite.code,
      extensions: answers,
    },
    config.shapes.server_hello12,
  );
  io.setChangeCipherSpec("delivered");
  io.setWarningAlerts("ignored");
  io.send(message);
  if (agreed.recordLimits) io.setRecordLimits(agreed.recordLimits);
  const hash = config.provider.hashes[suite.hash];
  return {
    ...rest,
    machine: "server12",
    config,
    hello,
    suite,
    // The random of the message, whatever shape it was given.
    randoms: { client: hello.random, server: message.slice(6, 38) },
    extendedMainSecret: agreed.extendedMainSecret ?? false,
    encryptThenMac: agreed.encryptThenMac ?? false,
    alpnProtocol: agreed.alpnProtocol,
    clientType: agreed.certificateTypes.client,
    transcript: transcript.begin12(hash).add(message),
  };
}

function serverRandom({ provider, versions }: ServerConfig): Uint8Array {
  // [5246-7.4.1.3-01]
  const random = provider.random(32);
  // [9846-4.2.3-02] [9846-4.2.3-11]
  if (versions.includes("TLSv1.3")) markDowngrade(random);
  return random;
}
