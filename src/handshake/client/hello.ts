/**
 * A client before the version is known: it sends a ClientHello, perhaps a
 * second one, and hands over with the ServerHello (RFC 9846 4.2).
 */
import { equal } from "../../bytes.ts";
import type { GroupName } from "../../crypto/provider.ts";
import { type Remedy, TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { ExtensionType, ProtocolVersion } from "../../wire/code-points.ts";
import type { CipherSuite13 } from "../registries/cipher-suites.ts";
import type { ClientConfig } from "../config/config.ts";
import { checkSolicited } from "../extensions/table.ts";
import { groupOf } from "../registries/groups.ts";
import { enabledText, versionText } from "../registries/listing.ts";
import type { OwnPsk } from "../sessions/external-psk.ts";
import type { Answers, HandshakeIo } from "../machine/io.ts";
import type { Transitions } from "../machine/transitions.ts";
import {
  type HelloRetryRequest,
  isDowngrade,
  type ServerHello,
  type ServerHello12,
  type ServerHelloMessage,
} from "../messages/server-hello.ts";
import { PendingTranscript } from "../keys/transcript.ts";
import { firstHello, secondHello } from "./offer/client-hello.ts";
import { onServerHello13 } from "./tls13/server-hello.ts";
import type {
  Client13State,
  ClientHelloState,
  SentHello,
  WaitPsk,
  WaitServerHello,
} from "./states.ts";
import type { Client12State } from "./tls12/states.ts";
import { clientHooksOf, echHooksOf, type FirstHellos } from "./hooks.ts";

type NextState = ClientHelloState | Client13State | Client12State;

/** The table of a client until the version is known. */
export const clientHello: Transitions<ClientHelloState, NextState> = {
  WAIT_PSK: { psk_found: onPskFound },
  WAIT_SH: { server_hello: onAnyServerHello },
};

/** Sends the first ClientHello, or asks for the PSK that goes into it. */
export function startClient(
  config: ClientConfig,
  serverName: string | undefined,
  io: HandshakeIo,
): ClientHelloState {
  if (config.psk === undefined || config.suites13.length === 0)
    return sendFirstHello(config, serverName, [], io);
  return {
    machine: "clientHello",
    at: "WAIT_PSK",
    config,
    serverName,
    ech: undefined,
    need: { type: "psk", request: { identity: undefined, hint: undefined } },
  };
}

function onPskFound(
  { config, serverName }: WaitPsk,
  { psk, others }: Answers["psk_found"],
  io: HandshakeIo,
): WaitServerHello {
  const external = psk === undefined ? [] : [psk, ...others];
  return sendFirstHello(config, serverName, external, io);
}

function sendFirstHello(
  config: ClientConfig,
  serverName: string | undefined,
  external: readonly OwnPsk[],
  io: HandshakeIo,
): WaitServerHello {
  const hellos =
    echHooksOf(config)?.firstHellos(config, serverName, external) ??
    plainHello(config, serverName, external);
  requirePsks(config, hellos.hello);
  const { inner } = hellos.ech ?? {};
  if (inner !== undefined) io.showInnerHello("write", inner.hello.raw);
  // [9846-4.2.2-01]
  io.send(hellos.hello.raw);
  // A server of TLS 1.2 may warn before it says hello: RFC 6066 3.
  if (config.versions.includes("TLSv1.2")) io.setWarningAlerts("ignored");
  return {
    machine: "clientHello",
    at: "WAIT_SH",
    config,
    ...hellos,
    retrySuite: undefined,
    early: clientHooksOf(config).sessions?.beginEarlyData(
      config,
      inner?.hello ?? hellos.hello,
      io,
    ),
    earlyRejected: false,
  };
}

/** RFC 8773: without a key to offer there is nothing to agree on. */
function requirePsks(
  { certificateWithPsk }: ClientConfig,
  { psks }: SentHello,
): void {
  if (certificateWithPsk && psks.length === 0)
    throw new TlsError(reason.certificate_with_psk_missing, {
      detail: "this client has no key to offer, or none of the suite's hash",
    });
}

function plainHello(
  config: ClientConfig,
  serverName: string | undefined,
  external: readonly OwnPsk[],
): FirstHellos {
  const { sessions } = clientHooksOf(config);
  const psks = sessions?.offeredPsks(config, serverName, external);
  const hello = firstHello(config, serverName, psks);
  const transcript = new PendingTranscript().add(hello.raw);
  return { hello, serverName, transcript, ech: undefined };
}

function onAnyServerHello(
  state: WaitServerHello,
  message: ServerHelloMessage,
  io: HandshakeIo,
): NextState {
  if (message.kind !== "server_hello12")
    return onServerHello(state, message, io);
  checkVersion12(state, message);
  const { tls12 } = clientHooksOf(state.config);
  if (tls12 === undefined) throw new TlsError(reason.unsupported_protocol);
  const ech = echHooksOf(state.config);
  return tls12.begin(ech?.continueWith12(state) ?? state, message, io);
}

function onServerHello(
  state: WaitServerHello,
  message: ServerHello | HelloRetryRequest,
  io: HandshakeIo,
): ClientHelloState | Client13State {
  // [9846-4.2.4-04]
  checkVersion(message);
  // RFC 9846 6: the level of an alert means nothing any more.
  io.setWarningAlerts("fatal");
  // [9846-4.2.3-04]
  // RFC 9846 4.2.3: legacy_session_id_echo.
  if (!equal(message.legacySessionIdEcho, state.hello.sessionId))
    throw new TlsError(reason.session_id_not_echoed);
  const suite = state.config.suites13.find(
    ({ code }) => code === message.cipherSuite,
  );
  // [9846-4.2.3-05] [9846-4.2.4-08]
  if (suite === undefined) throw new TlsError(reason.wrong_cipher_returned);
  return message.kind === "hello_retry_request"
    ? retry(state, message, suite, io)
    : onServerHello13(state, message, suite, io);
}

/** RFC 9846 4.2.3, 4.3.1. */
function checkVersion(message: ServerHello | HelloRetryRequest): void {
  // [9846-4.2.3-01b] [9846-E.5-09b]
  if (message.legacyVersion !== ProtocolVersion["TLSv1.2"])
    throw new TlsError(reason.wrong_legacy_version);
  const selected = message.extensions.supported_versions;
  // [9846-4.2.4-12b] [9846-4.3.1-13]
  if (selected !== ProtocolVersion["TLSv1.3"])
    throw new TlsError(reason.wrong_version_returned);
}

/** RFC 9846 4.2.3, E.1. */
function checkVersion12(
  { config: { versions, protocol }, retrySuite, early }: WaitServerHello,
  { legacyVersion, random }: ServerHello12,
): void {
  // [9846-4.2.4-12b]
  // Who asked for a second hello of TLS 1.3 does not go back behind it.
  if (retrySuite !== undefined)
    throw new TlsError(reason.version_changed_after_retry);
  // [9846-4.2.3-16]
  if (versions.includes("TLSv1.3") && isDowngrade(random))
    throw new TlsError(reason.downgrade_detected);
  // [9846-E.3-01]
  // RFC 9846 E.3: early data went out, and TLS 1.2 has no such thing.
  if (early !== undefined) throw new TlsError(reason.early_data_without_tls13);
  // [5246-E.1-01] [9846-E.1-03]
  if (
    legacyVersion !== ProtocolVersion["TLSv1.2"] ||
    !versions.includes("TLSv1.2")
  )
    throw new TlsError(reason.unsupported_protocol, {
      detail: `the server speaks ${versionText(legacyVersion)} at most; ${enabledText(versions)} here`,
      ...(legacyVersion === ProtocolVersion["TLSv1.2"] &&
        protocol.versions.includes("TLSv1.2") && { remedy: TLS12 }),
    });
}

const TLS12: Remedy = { option: "versions", names: ["TLSv1.2"] };

/** RFC 9846 4.2.4. */
function retry(
  state: WaitServerHello,
  message: HelloRetryRequest,
  suite: CipherSuite13,
  io: HandshakeIo,
): WaitServerHello {
  // [9846-4.2.4-06]
  if (state.retrySuite !== undefined)
    throw new TlsError(reason.second_hello_retry);
  io.endFlight();
  // RFC 9846 4.2.4: only cookie may come without having been offered.
  const allowed = new Set(state.hello.types).add(ExtensionType.cookie);
  checkSolicited(message.extensionTypes, allowed);
  const { cookie, key_share: code } = message.extensions;
  // [9846-4.2.4-05]
  if (cookie === undefined && code === undefined)
    throw new TlsError(reason.pointless_hello_retry);
  const group = code === undefined ? undefined : retryGroup(state, code);
  const hash = state.config.provider.hashes[suite.hash];
  const hooks = echHooksOf(state.config);
  const retried = hooks?.checkRetry(state, message, hash) ?? state;
  const { config, serverName, ech } = retried;
  const before = retried.transcript.retry(hash).add(message.raw);
  const asked = { group, cookie, hash: suite.hash, before };
  const body = hooks?.secondBody(ech);
  // [9846-4.2.4-07]
  const hello = secondHello(config, serverName, retried.hello, asked, body);
  requirePsks(config, hello);
  // RFC 9846 4.3.10: a HelloRetryRequest refuses early data.
  if (state.early !== undefined) io.endWritingEarlyData();
  else if (config.compatibilityMode) io.sendChangeCipherSpec();
  const outer = hooks?.sealSecond(retried, hello, asked) ?? hello;
  if (outer !== hello) io.showInnerHello("write", hello.raw);
  io.send(outer.raw);
  return {
    ...retried,
    hello,
    transcript: before.add(hello.raw),
    retrySuite: suite,
    early: undefined,
    earlyRejected: state.early !== undefined,
  };
}

/** RFC 9846 4.3.8: offered as a group, but not yet with a share. */
function retryGroup(state: WaitServerHello, code: number): GroupName {
  const group = groupOf(code);
  // [9846-4.3.8-13]
  if (group === undefined || !state.config.groups.includes(group))
    throw new TlsError(reason.wrong_group_returned);
  // [9846-4.3.8-12]
  if (state.hello.keyPairs.some((offered) => offered.group === group))
    throw new TlsError(reason.pointless_hello_retry);
  return group;
}
