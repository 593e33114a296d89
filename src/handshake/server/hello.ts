/**
 * A server before the version is known: it reads a ClientHello, may ask for a
 * second one, and hands over with its ServerHello (RFC 8446 4.1).
 */
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import type { TlsVersion } from "../cipher-suites.ts";
import type { ServerConfig } from "../config.ts";
import type { Credential } from "../credential.ts";
import { turnsOf } from "../features.ts";
import type { Answers, HandshakeIo } from "../io.ts";
import type { Transitions } from "../machine.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import type { ChosenPsk } from "../psk.ts";
import {
  type ChosenGroup,
  chooseGroup,
  chooseSuite13,
  chooseVersion,
} from "../negotiate.ts";
import { PendingTranscript } from "../transcript.ts";
import type { Beginning12 } from "./server-flight12.ts";
import {
  afterPsk,
  afterSession,
  commonMode,
  searchAgain,
  searchPsk,
} from "./psk-search.ts";
import { remembered, sendRetry } from "./hello-retry.ts";
import { checkSecondHello } from "./second-hello.ts";
import { serverFlight } from "./server-flight13.ts";
import type {
  PskSearch,
  SentRetry,
  Server13State,
  ServerHelloState,
  Start,
  WaitCertificateChoice,
  WaitPsk,
  WaitSession,
} from "./states.ts";
import type { Server12State } from "./states12.ts";

type NextState = ServerHelloState | Server13State | Server12State;

/** Goes on with a ClientHello that gets TLS 1.2. */
export type Begin12 = (
  beginning: Beginning12,
  io: HandshakeIo,
) => Server12State;

/** The table of a server that speaks TLS 1.2 too if it is told how. */
export function serverHello(
  begin12?: Begin12,
): Transitions<ServerHelloState, NextState> {
  return {
    START: {
      client_hello: (state, hello, io) =>
        onClientHello(state, hello, begin12, io),
    },
    WAIT_CERTIFICATE_CHOICE: {
      certificate_chosen: (state, answer, io) =>
        onCertificateChosen(state, answer, begin12, io),
    },
    WAIT_SESSION: { session_found: onSessionFound },
    WAIT_PSK: { psk_found: onPskFound },
  };
}

export function startServer(config: ServerConfig): Start {
  return {
    machine: "serverHello",
    at: "START",
    config,
    transcript: new PendingTranscript(),
    retry: undefined,
    ech: undefined,
  };
}

function onClientHello(
  start: Start,
  outer: ClientHello,
  begin12: Begin12 | undefined,
  io: HandshakeIo,
): NextState {
  // RFC 8446 5: "at any time after the first ClientHello message".
  io.setChangeCipherSpec("dropped");
  const ech = turnsOf(start.config).ech?.open(
    start.config,
    outer,
    start.retry && { opened: start.ech },
  );
  const hello = ech?.hello ?? outer;
  const state = remembered({ ...start, ech }, hello);
  if (state.retry !== undefined)
    return secondHello(state.retry, state, hello, io);
  const { config } = state;
  if (config.credentials !== "ask")
    return firstHello(state, hello, config.credentials, begin12, io);
  return {
    machine: "serverHello",
    at: "WAIT_CERTIFICATE_CHOICE",
    config,
    hello,
    ech,
    need: { type: "certificate", clientHello: hello, request: undefined },
  };
}

function onCertificateChosen(
  state: WaitCertificateChoice,
  answer: Answers["certificate_chosen"],
  begin12: Begin12 | undefined,
  io: HandshakeIo,
): NextState {
  const config = answer.config ?? state.config;
  const start = { ...startServer(config), ech: state.ech };
  return firstHello(start, state.hello, answer.credentials, begin12, io);
}

/** RFC 8446 4.1.2, RFC 5246 7.4.1.2: the null method has to be among them. */
function checkCompression(
  { legacyCompressionMethods: methods }: ClientHello,
  version: TlsVersion,
): void {
  // RFC 8446 4.1.2: "exactly one byte, set to zero".
  if (!methods.includes(0) || (version === "TLSv1.3" && methods.length !== 1))
    throw new TlsError(reason.illegal_parameter, {
      detail: "legacy_compression_methods: not the null method alone",
    });
}

/** RFC 8446 9.2 and 4.2.9. */
function checkHello13(hello: ClientHello): void {
  const { supported_groups, key_share, psk_key_exchange_modes, ...rest } =
    hello.extensions;
  const { pre_shared_key: psks } = rest;
  if (psks === undefined) {
    requireCertificateExtensions(hello);
    return;
  }
  require(psk_key_exchange_modes, "psk_key_exchange_modes");
  if ((supported_groups === undefined) !== (key_share === undefined))
    throw new TlsError(reason.missing_extension, {
      detail: "supported_groups or key_share without the other",
    });
  if (psks.identities.length !== psks.binders.length)
    throw new TlsError(reason.illegal_parameter, {
      detail: "binders: not as many as identities",
    });
}

/** RFC 8446 9.2: what a handshake without a PSK needs. */
function requireCertificateExtensions({ extensions }: ClientHello): void {
  require(extensions.supported_groups, "supported_groups");
  require(extensions.key_share, "key_share");
  require(extensions.signature_algorithms, "signature_algorithms");
}

function require(body: unknown, name: string): void {
  if (body === undefined)
    throw new TlsError(reason.missing_extension, { detail: name });
}

/** The first hello, its credentials and perhaps another config chosen. */
function firstHello(
  state: Start,
  hello: ClientHello,
  credentials: readonly Credential[],
  begin12: Begin12 | undefined,
  io: HandshakeIo,
): NextState {
  const { config, transcript: before, ech } = state;
  const version = chooseVersion(config, hello);
  checkCompression(hello, version);
  if (version === "TLSv1.2") {
    if (begin12 === undefined) throw new TlsError(reason.unsupported_protocol);
    const transcript = before.add(hello.raw);
    return begin12({ config, hello, credentials, transcript }, io);
  }
  checkHello13(hello);
  const search = { config, hello, credentials, before, ech, index: 0 };
  return searchPsk(search, afterSearch, io);
}

function onSessionFound(
  state: WaitSession,
  answer: Answers["session_found"],
  io: HandshakeIo,
): NextState {
  return afterSession(state, answer, afterSearch, io);
}

function onPskFound(
  state: WaitPsk,
  answer: Answers["psk_found"],
  io: HandshakeIo,
): NextState {
  return afterPsk(state, answer, afterSearch, io);
}

function afterSearch(
  search: PskSearch,
  psk: ChosenPsk | undefined,
  io: HandshakeIo,
): NextState {
  const { config, hello, credentials, before, ech } = search;
  const suite = chooseSuite13(config, hello, psk?.psk.hash);
  const exchange = keyExchange(config, hello, psk);
  if (exchange !== undefined && exchange.share === undefined) {
    const { group } = exchange;
    const asked = { hello, suite, group, credentials, psk };
    const start = { ...startServer(config), transcript: before, ech };
    return sendRetry(start, asked, io);
  }
  return serverFlight(
    {
      config,
      hello,
      suite,
      exchange,
      helloRetried: false,
      earlyRejected: false,
      ech,
      psk,
      credentials,
      transcript: before.add(hello.raw),
    },
    io,
  );
}

function secondHello(
  retry: SentRetry,
  state: Start,
  hello: ClientHello,
  io: HandshakeIo,
): Server13State {
  const { config, transcript: before, ech } = state;
  checkSecondHello(config, retry, hello);
  if (chooseVersion(config, hello) !== "TLSv1.3")
    throw new TlsError(reason.version_changed_after_retry);
  checkCompression(hello, "TLSv1.3");
  checkHello13(hello);
  // RFC 8446 4.1.2: only PSKs that the suite does not go with may be left out.
  if (retry.psk !== undefined)
    require(hello.extensions.pre_shared_key, "pre_shared_key");
  const { credentials } = retry;
  const search = { config, hello, credentials, before, ech, index: 0 };
  const psk = retry.psk && searchAgain(search, retry.psk);
  const { suite } = retry;
  const exchange = keyExchange(config, hello, psk);
  // A second hello that again has no share was refused above.
  if (exchange?.share === undefined || exchange.group !== retry.group)
    throw new TlsError(reason.hello_changed_after_retry);
  const transcript = before.add(hello.raw);
  const agreed = { config, hello, suite, exchange, psk, credentials };
  const { earlyData: earlyRejected } = retry;
  const retried = { helloRetried: true, earlyRejected, ech };
  return serverFlight({ ...agreed, ...retried, transcript }, io);
}

/** Undefined: the PSK stands alone. */
function keyExchange(
  config: ServerConfig,
  hello: ClientHello,
  psk: ChosenPsk | undefined,
): ChosenGroup | undefined {
  if (psk === undefined) requireCertificateExtensions(hello);
  else if (commonMode(config, hello) === "psk_ke") return undefined;
  require(hello.extensions.key_share, "key_share");
  return chooseGroup(config, hello);
}
