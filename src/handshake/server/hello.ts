/**
 * A server before the version is known: it reads a ClientHello, may ask for a
 * second one, and hands over with its ServerHello (RFC 9846 4.2).
 */
import { RAISE_NEED } from "../../promises.ts";
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { ProtocolVersion } from "../../wire/code-points.ts";
import type { TlsProtocolVersion } from "../registries/cipher-suites.ts";
import { type ServerConfig, underEnvironment } from "../config/config.ts";
import type { Credential } from "../credentials/credential.ts";
import type { EchOpened } from "../config/ech-interfaces.ts";
import type { Answers, HandshakeIo } from "../machine/io.ts";
import type { Transitions } from "../machine/transitions.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import type { ChosenPsk } from "../sessions/psk.ts";
import {
  chooseGroup,
  chooseSuite13,
  chooseVersion,
  sharesGroup,
} from "./negotiate.ts";
import { PendingTranscript } from "../keys/transcript.ts";
import { serverHooksOf } from "./hooks.ts";
import {
  afterPsk,
  afterSession,
  commonModes,
  searchAgain,
  searchPsk,
} from "./tls13/psk-search.ts";
import { remembered, sendRetry } from "./hello-retry.ts";
import { checkSecondHello } from "./second-hello.ts";
import { onStruck, serverFlight } from "./tls13/flight.ts";
import type {
  ChosenGroup,
  PskSearch,
  SentRetry,
  Server13State,
  ServerHelloState,
  Start,
  WaitCertificateChoice,
  WaitPsk,
  WaitSession,
} from "./states.ts";
import type { Server12State } from "./tls12/states.ts";

type NextState = ServerHelloState | Server13State | Server12State;

/** The table of a server until the version is known. */
export const serverHello: Transitions<ServerHelloState, NextState> = {
  START: { client_hello: onClientHello },
  WAIT_CERTIFICATE_CHOICE: { certificate_chosen: onCertificateChosen },
  WAIT_SESSION: { session_found: onSessionFound },
  WAIT_PSK: { psk_found: onPskFound },
  WAIT_STRIKE: { struck: onStruck },
};

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
  io: HandshakeIo,
): NextState {
  // RFC 9846 5: "at any time after the first ClientHello message".
  io.setChangeCipherSpec("dropped");
  const ech = openHello(start, outer);
  const hello = ech?.hello ?? outer;
  if (hello !== outer) io.showInnerHello("read", hello.raw);
  const state = remembered({ ...start, ech }, hello);
  if (state.retry !== undefined)
    return secondHello(state.retry, state, hello, io);
  const { config } = state;
  if (config.credentials !== RAISE_NEED)
    return firstHello(state, hello, config.credentials, io);
  return {
    machine: "serverHello",
    at: "WAIT_CERTIFICATE_CHOICE",
    config,
    hello,
    ech,
    need: { type: "certificate", clientHello: hello, request: undefined },
  };
}

/**
 * Returns the hello that another hides (RFC 9849); undefined: there is no
 * other. A first hello that could not be opened is not tried again (RFC 9849
 * 7.1.1), and a server of TLS 1.2 alone has nothing to open.
 */
function openHello(
  { config, retry, ech }: Start,
  hello: ClientHello,
): EchOpened | undefined {
  if (retry !== undefined) return ech?.openSecond(hello);
  if (!config.versions.includes("TLSv1.3")) return undefined;
  return config.encryptedClientHello?.open(config, hello);
}

function onCertificateChosen(
  state: WaitCertificateChoice,
  answer: Answers["certificate_chosen"],
  io: HandshakeIo,
): NextState {
  const config = underEnvironment(answer.config ?? state.config, state.config);
  io.setRecordRules(config);
  const start = { ...startServer(config), ech: state.ech };
  return firstHello(start, state.hello, answer.credentials, io);
}

/** RFC 9846 4.2.2, RFC 5246 7.4.1.2: the null method has to be among them. */
function checkCompression(
  { legacyCompressionMethods: methods }: ClientHello,
  version: TlsProtocolVersion,
): void {
  // [5246-7.4.1.2-07] [9846-4.2.2-15] [9846-4.2.2-16]
  // RFC 9846 4.2.2: "exactly one byte, set to zero".
  if (!methods.includes(0) || (version === "TLSv1.3" && methods.length !== 1))
    throw new TlsError(reason.illegal_parameter, {
      detail:
        version === "TLSv1.3"
          ? "legacy_compression_methods: not the null method alone"
          : "legacy_compression_methods: the null method is missing",
    });
}

/** RFC 9846 4.2.2, 9.2 and 4.3.9. */
function checkHello13(hello: ClientHello): void {
  // [9846-4.2.2-07b] [9846-E.5-09a]
  if (hello.legacyVersion !== ProtocolVersion["TLSv1.2"])
    throw new TlsError(reason.wrong_legacy_version);
  const { supported_groups, key_share, psk_key_exchange_modes, ...rest } =
    hello.extensions;
  const { pre_shared_key: psks } = rest;
  if (psks === undefined) {
    requireCertificateExtensions(hello);
    return;
  }
  // [9846-4.3.9-03] [9846-9.2-08]
  require(psk_key_exchange_modes, "psk_key_exchange_modes");
  // [9846-9.2-11]
  if ((supported_groups === undefined) !== (key_share === undefined))
    throw new TlsError(reason.missing_extension, {
      detail: "supported_groups or key_share without the other",
    });
  // [9846-4.3.11-09]
  if (psks.identities.length !== psks.binders.length)
    throw new TlsError(reason.illegal_parameter, {
      detail: "binders: not as many as identities",
    });
}

// [9846-9.2-10]
/** RFC 9846 9.2: what a handshake without a PSK needs. */
function requireCertificateExtensions({ extensions }: ClientHello): void {
  // [9846-9.2-05]
  require(extensions.supported_groups, "supported_groups");
  // [9846-9.2-06]
  require(extensions.key_share, "key_share");
  // [9846-4.3.3-03] [9846-9.2-04]
  require(extensions.signature_algorithms, "signature_algorithms");
}

// [9846-9.2-12]
function require(body: unknown, name: string): void {
  if (body === undefined)
    throw new TlsError(reason.missing_extension, { detail: name });
}

/** The first hello, its credentials and perhaps another config chosen. */
function firstHello(
  state: Start,
  hello: ClientHello,
  credentials: readonly Credential[],
  io: HandshakeIo,
): NextState {
  const { config, transcript: before, ech } = state;
  const version = chooseVersion(config, hello);
  checkCompression(hello, version);
  if (version === "TLSv1.2") {
    const { tls12 } = serverHooksOf(config);
    if (tls12 === undefined) throw new TlsError(reason.unsupported_protocol);
    const transcript = before.add(hello.raw);
    return tls12.begin({ config, hello, credentials, transcript }, io);
  }
  checkHello13(hello);
  const retry = undefined;
  const search = { config, hello, credentials, before, ech, index: 0, retry };
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
  const { config, hello, credentials, before, ech, retry } = search;
  if (retry !== undefined) return afterSecondSearch(search, retry, psk, io);
  const suite = chooseSuite13(config, hello, psk?.psk.hash);
  const exchange = keyExchange(config, hello, psk);
  if (exchange !== undefined && exchange.share === undefined) {
    const { group } = exchange;
    const asked = { hello, suite, group, credentials, psk };
    const start = { ...startServer(config), transcript: before, ech };
    // [9846-4.2.1-03]
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
): NextState {
  const { config, transcript: before, ech } = state;
  checkSecondHello(config, retry, hello);
  if (chooseVersion(config, hello) !== "TLSv1.3")
    throw new TlsError(reason.version_changed_after_retry);
  checkCompression(hello, "TLSv1.3");
  checkHello13(hello);
  const { credentials } = retry;
  const search = { config, hello, credentials, before, ech, index: 0, retry };
  // A cookie remembers no PSK: it is looked for again.
  if (retry.byCookie) return searchPsk(search, afterSearch, io);
  const psk = retry.psk && searchAgain(search, retry.psk);
  return afterSecondSearch(search, retry, psk, io);
}

function afterSecondSearch(
  { config, hello, credentials, before, ech }: PskSearch,
  retry: SentRetry,
  psk: ChosenPsk | undefined,
  io: HandshakeIo,
): NextState {
  // [9846-4.2.4-09]
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

/**
 * Tells whether a PSK is used without a key exchange: where that is the better
 * mode in common, or the only one that there is a way to.
 */
function isAlone(config: ServerConfig, hello: ClientHello): boolean {
  const [best, other] = commonModes(config, hello);
  return (
    best === "psk_ke" || (other === "psk_ke" && !sharesGroup(config, hello))
  );
}

/** Undefined: the PSK stands alone. */
function keyExchange(
  config: ServerConfig,
  hello: ClientHello,
  psk: ChosenPsk | undefined,
): ChosenGroup | undefined {
  if (psk === undefined || config.certificateWithPsk)
    requireCertificateExtensions(hello);
  else if (isAlone(config, hello)) return undefined;
  // [9846-4.3.9-08]
  require(hello.extensions.key_share, "key_share");
  return chooseGroup(config, hello);
}
