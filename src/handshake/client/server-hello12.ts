/** The step from a ServerHello without a version extension to TLS 1.2. */
import { equal } from "../../bytes.ts";
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { X509_ALONE } from "../certificate-types.ts";
import type { CipherSuite12 } from "../cipher-suites.ts";
import type { ClientConfig } from "../config.ts";
import { checkSolicited } from "../extensions/table.ts";
import { turnsOf } from "../features.ts";
import type { HandshakeIo } from "../io.ts";
import { resumedMasterSecret } from "../key-schedule12.ts";
import type { ServerHello12 } from "../messages/server-hello.ts";
import { protectionKeys12 } from "../protection12.ts";
import type { ResumedPeer } from "../resumption.ts";
import type { Session12 } from "../session.ts";
import { echFlowOf } from "./ech-flow.ts";
import { selectedProtocol } from "./alpn.ts";
import type { SentHello, WaitServerHello } from "./states.ts";
import type {
  Client12,
  Client12State,
  Finishing12,
  ServerSaid,
} from "./states12.ts";

/** RFC 5246 7.4.1.3. */
export function onServerHello12(
  state: WaitServerHello,
  message: ServerHello12,
  io: HandshakeIo,
): Client12State {
  const { config, hello } = state;
  checkSolicited(message.extensionTypes, hello.types);
  const suite = config.suites12.find(
    ({ code }) => code === message.cipherSuite,
  );
  if (suite === undefined) throw new TlsError(reason.wrong_cipher_returned);
  checkRenegotiationInfo(config, message);
  const said = serverSaid(config, suite, message);
  const { recordSizes } = turnsOf(config);
  recordSizes?.agree(config, message.extensions, "TLSv1.2", io);
  io.setChangeCipherSpec("delivered");
  io.setWarningAlerts("ignored");
  const hash = config.provider.hashes[suite.hash];
  const next: Client12 = {
    machine: "client12",
    config,
    serverName: state.serverName,
    suite,
    randoms: { client: hello.random, server: message.random.slice() },
    said,
    transcript: state.transcript.begin12(hash).add(message.raw),
    refusal: echFlowOf(config)?.refusal(state.ech, false),
  };
  const resumed = resumedSession(hello, message, suite, said);
  if (resumed !== undefined) return goOn(next, resumed.session, resumed.peer);
  return suite.authentication === "PSK"
    ? withoutCertificate(next)
    : { ...next, at: "WAIT_CERT" };
}

function withoutCertificate(next: Client12): Client12State {
  if (next.suite.keyExchange === "PSK")
    return {
      ...next,
      at: "WAIT_SKE_SHD",
      presented: undefined,
      exchange: undefined,
      signature: undefined,
      pskIdentityHint: undefined,
    };
  return { ...next, at: "WAIT_SKE", presented: undefined };
}

/** RFC 5746 3.4 and 4.1. */
function checkRenegotiationInfo(
  { legacyServerConnect }: ClientConfig,
  { extensions: { renegotiation_info: info } }: ServerHello12,
): void {
  if (info === undefined && !legacyServerConnect)
    throw new TlsError(reason.unsafe_legacy_renegotiation);
  if (info !== undefined && info.length > 0)
    throw new TlsError(reason.renegotiation_mismatch);
}

function serverSaid(
  config: ClientConfig,
  { protection }: CipherSuite12,
  { extensions, legacySessionIdEcho }: ServerHello12,
): ServerSaid {
  // RFC 7366 3: "the server MUST NOT send an encrypt-then-MAC response
  // extension" with a suite of another kind.
  if (extensions.encrypt_then_mac && protection.kind !== "cbc")
    throw new TlsError(reason.illegal_parameter, {
      detail: "encrypt_then_mac with an AEAD",
    });
  return {
    sessionId: legacySessionIdEcho.slice(),
    extendedMasterSecret: extensions.extended_master_secret ?? false,
    encryptThenMac: extensions.encrypt_then_mac ?? false,
    alpnProtocol: selectedProtocol(
      extensions.application_layer_protocol_negotiation,
      config.alpnProtocols,
    ),
    ticket: extensions.session_ticket ?? false,
    status: extensions.status_request ?? false,
    scts: extensions.signed_certificate_timestamp?.map((sct) => sct.slice()),
    certificateTypes:
      turnsOf(config).rawKeys?.typesChosen(extensions, config) ?? X509_ALONE,
  };
}

interface Resumed {
  readonly session: Session12;
  readonly peer: ResumedPeer;
}

/**
 * RFC 5246 7.4.1.3, RFC 5077 3.4: an echoed session id says that the session
 * goes on; one that was made up for middleboxes or tickets is no other case.
 */
function resumedSession(
  { session12: offered, sessionId }: SentHello,
  { legacySessionIdEcho: echo }: ServerHello12,
  suite: CipherSuite12,
  said: ServerSaid,
): Resumed | undefined {
  if (echo.length === 0 || !equal(echo, sessionId)) return undefined;
  if (offered === undefined) throw new TlsError(reason.session_not_offered);
  const { session } = offered;
  if (session.cipherSuite.code !== suite.code)
    throw new TlsError(reason.wrong_cipher_returned, {
      detail: "another one than the session's",
    });
  // RFC 7627 5.3: both with it or both without, else "MUST abort".
  if (session.extendedMasterSecret !== said.extendedMasterSecret)
    throw new TlsError(reason.resumed_session_mismatch, {
      detail: "extended_master_secret",
    });
  return offered;
}

/** The abbreviated handshake, RFC 5246 7.3: the server finishes first. */
function goOn(
  state: Client12,
  session: Session12,
  peer: ResumedPeer,
): Client12State {
  const { config, suite, randoms, said } = state;
  const hash = config.provider.hashes[suite.hash];
  const master = resumedMasterSecret(hash, session.masterSecret);
  const next: Finishing12 = {
    ...state,
    transcript: state.transcript.withoutMessages(),
    group: undefined,
    peer: { by: "session", resumed: peer },
    credential: undefined,
    master,
    keys: protectionKeys12({
      provider: config.provider,
      suite,
      master,
      randoms,
      encryptThenMac: said.encryptThenMac,
    }),
    resumed: session,
    ownFinished: undefined,
    ticket: undefined,
  };
  return { ...next, at: said.ticket ? "WAIT_TICKET" : "WAIT_CCS" };
}
