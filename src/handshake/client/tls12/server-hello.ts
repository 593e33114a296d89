/** The step from a ServerHello without a version extension to TLS 1.2. */
import { equal } from "../../../bytes.ts";
import { TlsError } from "../../../errors.ts";
import * as reason from "../../../reasons.ts";
import type { CipherSuite12 } from "../../registries/cipher-suites.ts";
import { agreeExtensions, checkSolicited } from "../../extensions/table.ts";
import type { HandshakeIo } from "../../machine/io.ts";
import type { ServerHello12 } from "../../messages/server-hello.ts";
import { resumedSecrets } from "../../tls12/record-keys.ts";
import type { ResumedPeer, Session12 } from "../../sessions/session.ts";
import { echHooksOf } from "../hooks.ts";
import type { SentHello, WaitServerHello } from "../states.ts";
import type {
  Client12,
  Client12State,
  Finishing12,
  ServerSaid,
} from "./states.ts";

/** RFC 5246 7.4.1.3. */
export function onServerHello12(
  state: WaitServerHello,
  message: ServerHello12,
  io: HandshakeIo,
): Client12State {
  const { config, hello } = state;
  // [5246-7.4.1.4-02] [5746-3.6-06]
  checkSolicited(message.extensionTypes, hello.types);
  const suite = config.suites12.find(
    ({ code }) => code === message.cipherSuite,
  );
  if (suite === undefined) throw new TlsError(reason.wrong_cipher_returned);
  const { ech } = state;
  const agreed = agreeExtensions(
    config.protocol.extensions,
    "server_hello12",
    message.extensions,
    { config, version: "TLSv1.2", suite, ech },
  );
  const { extendedMainSecret = false, encryptThenMac = false } = agreed;
  const said: ServerSaid = {
    ...agreed,
    extendedMainSecret,
    encryptThenMac,
    sessionId: message.legacySessionIdEcho.slice(),
  };
  if (said.recordLimits) io.setRecordLimits(said.recordLimits);
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
    refusal: echHooksOf(config)?.refusal(ech, undefined),
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
  // [7627-5.3-09] [7627-5.3-10] [7627-5.4-06]
  // RFC 7627 5.3: both with it or both without, else "MUST abort".
  if (session.extendedMainSecret !== said.extendedMainSecret)
    throw new TlsError(reason.resumed_session_mismatch, {
      detail: "extended_main_secret",
    });
  return offered;
}

/** The abbreviated handshake, RFC 5246 7.3: the server finishes first. */
function goOn(
  state: Client12,
  session: Session12,
  peer: ResumedPeer,
): Client12State {
  const { config, said, serverName } = state;
  const next: Finishing12 = {
    ...state,
    transcript: state.transcript.withoutMessages(),
    group: undefined,
    peer: {
      by: "session",
      resumed: peer.under(session, { trust: config.trust, serverName }),
    },
    credential: undefined,
    ...resumedSecrets(state, session, said.encryptThenMac),
    resumed: session,
    ownFinished: undefined,
    ticket: undefined,
  };
  return { ...next, at: said.ticket ? "WAIT_TICKET" : "WAIT_CCS" };
}
