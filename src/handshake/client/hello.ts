/**
 * A client before the version is known: it sends a ClientHello, perhaps a
 * second one, and hands over with the ServerHello (RFC 8446 4.1).
 */
import { equal, type Secret } from "../../bytes.ts";
import type { GroupName } from "../../crypto/provider.ts";
import { TlsError } from "../../errors.ts";
import { ExtensionType, ProtocolVersion } from "../../wire/code-points.ts";
import type { CipherSuite13 } from "../cipher-suites.ts";
import type { ClientConfig } from "../config.ts";
import { checkSolicited } from "../extensions/table.ts";
import { groupOf } from "../groups.ts";
import { type HandshakeIo, protectionKeys } from "../io.ts";
import { earlySecret } from "../key-schedule13.ts";
import { invalidShareIsAnAlert } from "../key-exchange.ts";
import { logSecrets } from "../key-log.ts";
import type { Transitions } from "../machine.ts";
import type {
  HelloRetryRequest,
  ServerHello,
  ServerHelloMessage,
} from "../messages/server-hello.ts";
import { secondHello } from "./client-hello.ts";
import {
  firstHellos,
  judgeRetry,
  judgeServerHello,
  sealSecond,
  secondBody,
} from "./ech.ts";
import { onServerHello12 } from "./server-hello12.ts";
import type {
  Client13State,
  ClientHelloState,
  HandshakeSecrets,
  WaitEncryptedExtensions,
  WaitServerHello,
} from "./states.ts";
import type { Client12State } from "./states12.ts";

type NextState = ClientHelloState | Client13State | Client12State;

export const clientHello: Transitions<ClientHelloState, NextState> = {
  WAIT_SH: { server_hello: onServerHello },
};

/** Sends the first ClientHello. */
export function startClient(
  config: ClientConfig,
  serverName: string | undefined,
  io: HandshakeIo,
): WaitServerHello {
  const hellos = firstHellos(config, serverName);
  io.send(hellos.hello.raw);
  return {
    machine: "clientHello",
    at: "WAIT_SH",
    config,
    ...hellos,
    retrySuite: undefined,
  };
}

function onServerHello(
  state: WaitServerHello,
  message: ServerHelloMessage,
  io: HandshakeIo,
): NextState {
  if (message.kind === "server_hello12")
    return onServerHello12(state, message, io);
  checkVersion(message);
  // RFC 8446 4.1.3: legacy_session_id_echo.
  if (!equal(message.legacySessionIdEcho, state.hello.sessionId))
    throw new TlsError("session_id_not_echoed");
  const suite = state.config.suites13.find(
    ({ code }) => code === message.cipherSuite,
  );
  if (suite === undefined) throw new TlsError("wrong_cipher_returned");
  return message.kind === "hello_retry_request"
    ? retry(state, message, suite, io)
    : handshakeKeys(state, message, suite, io);
}

/** RFC 8446 4.1.3, 4.2.1. */
function checkVersion(message: ServerHello | HelloRetryRequest): void {
  const selected = message.extensions.supported_versions;
  if (
    selected !== ProtocolVersion["TLSv1.3"] ||
    message.legacyVersion !== ProtocolVersion["TLSv1.2"]
  )
    throw new TlsError("wrong_version_returned");
}

/** RFC 8446 4.1.4. */
function retry(
  state: WaitServerHello,
  message: HelloRetryRequest,
  suite: CipherSuite13,
  io: HandshakeIo,
): WaitServerHello {
  if (state.retrySuite !== undefined) throw new TlsError("second_hello_retry");
  io.endFlight();
  // RFC 8446 4.1.4: only cookie may come without having been offered.
  const allowed = new Set(state.hello.types).add(ExtensionType.cookie);
  checkSolicited(message.extensionTypes, allowed);
  const { cookie, key_share: code } = message.extensions;
  if (cookie === undefined && code === undefined)
    throw new TlsError("pointless_hello_retry");
  const group = code === undefined ? undefined : retryGroup(state, code);
  const { config } = state;
  const hash = config.provider.hashes[suite.hash];
  const asked = { group, cookie };
  const judged = judgeRetry(state, message, hash);
  const { serverName, ech, transcript } = judged;
  const body = secondBody(ech);
  const hello = secondHello(config, serverName, judged.hello, asked, body);
  if (config.compatibilityMode) io.sendChangeCipherSpec();
  io.send(sealSecond(judged, hello, asked).raw);
  return {
    ...judged,
    hello,
    transcript: transcript.retry(hash).add(message.raw).add(hello.raw),
    retrySuite: suite,
  };
}

/** RFC 8446 4.2.8: offered as a group, but not yet with a share. */
function retryGroup(state: WaitServerHello, code: number): GroupName {
  const group = groupOf(code);
  if (group === undefined || !state.config.groups.includes(group))
    throw new TlsError("wrong_group_returned");
  if (state.hello.keyPairs.some((offered) => offered.group === group))
    throw new TlsError("pointless_hello_retry");
  return group;
}

/** The ServerHello decides; from here on it is TLS 1.3 and encrypted. */
function handshakeKeys(
  sent: WaitServerHello,
  message: ServerHello,
  suite: CipherSuite13,
  io: HandshakeIo,
): WaitEncryptedExtensions {
  const hash = sent.config.provider.hashes[suite.hash];
  const state = judgeServerHello(sent, message, hash);
  const { config, serverName, hello, ech } = state;
  checkSolicited(message.extensionTypes, hello.types);
  // RFC 8446 4.1.4: the suite of the HelloRetryRequest stays.
  if (state.retrySuite !== undefined && state.retrySuite.code !== suite.code)
    throw new TlsError("hello_changed_after_retry");
  const { group, shared } = agree(state, message);
  const transcript = state.transcript.begin(hash).add(message.raw);
  const handshake = earlySecret(hash).handshakeSecret(shared);
  shared.wipe();
  const digest = transcript.digest();
  const secrets: HandshakeSecrets = {
    handshake,
    client: handshake.clientHandshakeTraffic(digest),
    server: handshake.serverHandshakeTraffic(digest),
  };
  logSecrets(config, hello.random, {
    CLIENT_HANDSHAKE_TRAFFIC_SECRET: secrets.client,
    SERVER_HANDSHAKE_TRAFFIC_SECRET: secrets.server,
  });
  // RFC 8446 D.4: once, before the first encrypted flight.
  if (config.compatibilityMode && state.retrySuite === undefined)
    io.sendChangeCipherSpec();
  const keys = {
    provider: config.provider,
    suite,
    epoch: "handshake",
    recordsPerKey: config.limits.recordsPerKey,
  } as const;
  io.setReadKeys(protectionKeys({ ...keys, secret: secrets.server }));
  io.setWriteKeys(protectionKeys({ ...keys, secret: secrets.client }));
  return {
    machine: "client13",
    at: "WAIT_EE",
    config,
    serverName,
    ech,
    suite,
    group,
    offered: hello.types,
    clientRandom: hello.random,
    helloRetried: state.retrySuite !== undefined,
    transcript,
    secrets,
  };
}

function agree(
  { config, hello }: WaitServerHello,
  message: ServerHello,
): { readonly group: GroupName; readonly shared: Secret } {
  const entry = message.extensions.key_share;
  // No PSK was offered, so a key exchange there must be.
  if (message.extensions.pre_shared_key !== undefined || entry === undefined)
    throw new TlsError("missing_extension", { detail: "key_share" });
  // After a HelloRetryRequest the one share asked for is the only one.
  const offered = hello.keyPairs.find(
    ({ group }) => group === groupOf(entry.group),
  );
  if (offered === undefined || !config.groups.includes(offered.group))
    throw new TlsError("wrong_group_returned");
  const shared = invalidShareIsAnAlert(() =>
    offered.pair.decapsulate(entry.share),
  );
  return { group: offered.group, shared };
}
