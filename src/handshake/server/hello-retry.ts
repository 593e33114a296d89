/** A server's HelloRetryRequest, RFC 9846 4.2.4: sent, and remembered. */
import { ownBytes } from "../../bytes.ts";
import { RAISE_NEED } from "../../promises.ts";
import type { GroupName } from "../../crypto/provider.ts";
import { callProgram, TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { ProtocolVersion } from "../../wire/code-points.ts";
import type { CipherSuite13 } from "../registries/cipher-suites.ts";
import type { ServerConfig } from "../config/config.ts";
import type { Credential } from "../credentials/credential.ts";
import { GROUPS, groupOf } from "../registries/groups.ts";
import type { HandshakeIo } from "../machine/io.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import {
  encodeHelloRetryRequest,
  HELLO_RETRY_RANDOM,
} from "../messages/server-hello.ts";
import { refusedBytes, sendsChangeCipherSpec } from "./negotiate.ts";
import type { ChosenPsk } from "../sessions/psk.ts";
import { PendingTranscript } from "../keys/transcript.ts";
import type { RetryCookies, RetryMemory } from "../sessions/retry-memory.ts";
import { fixedPart } from "./second-hello.ts";
import type { Start } from "./states.ts";

/** RFC 9846 4.2.4. */
export function sendRetry(
  state: Start,
  asked: {
    readonly hello: ClientHello;
    readonly suite: CipherSuite13;
    readonly group: GroupName;
    readonly credentials: readonly Credential[];
    readonly psk: ChosenPsk | undefined;
  },
  io: HandshakeIo,
): Start {
  const { config, ech } = state;
  const { hello, suite, group, credentials, psk } = asked;
  const hash = config.provider.hashes[suite.hash];
  const fixed = fixedPart(config.provider, hello);
  const earlyData = hello.extensions.early_data ?? false;
  const digest = hash.hash(hello.raw);
  const memory = { suite: suite.code, group: GROUPS[group], earlyData };
  const { retryCookies, provider } = config;
  const cookie =
    retryCookies !== undefined && ech === undefined
      ? cookieOf(retryCookies, { ...memory, digest, fixed }, provider.now())
      : config.helloRetryCookie
        ? provider.random(32)
        : undefined;
  const transcript = PendingTranscript.ofRetry(digest);
  const write = (signal?: Uint8Array): Uint8Array =>
    retryMessage(config, { hello, suite, group, cookie, signal });
  const message = ech?.confirmRetry(write, transcript.begin(hash)) ?? write();
  io.endFlight();
  io.send(message);
  // RFC 9846 E.4: after its first message.
  if (sendsChangeCipherSpec(config, hello)) io.sendChangeCipherSpec();
  if (earlyData) io.skipEarlyData(refusedBytes(config, psk));
  return {
    ...state,
    transcript: transcript.add(message),
    retry: {
      fixed,
      earlyData,
      suite,
      group,
      cookie,
      credentials,
      psk,
      identities: identitiesOf(hello, ech !== undefined),
      byCookie: false,
    },
  };
}

/**
 * RFC 9849 6.1.2: identities of a hello around another one are made up, and again
 * for the second one. What is opened here has those of the inner hello.
 */
function identitiesOf(
  { extensions }: ClientHello,
  isInner: boolean,
): readonly Uint8Array[] | undefined {
  const { encrypted_client_hello: ech, pre_shared_key: psks } = extensions;
  if (ech !== undefined && !isInner) return undefined;
  return psks?.identities.map(({ identity }) => identity) ?? [];
}

/** @throws TlsError `callback_failed` where a program's own cookies are none */
function cookieOf(
  cookies: RetryCookies,
  memory: RetryMemory,
  now: number,
): Uint8Array {
  const seal = (): unknown => cookies.seal(memory, now);
  return callProgram("retryCookies", seal, (answer) => {
    const cookie = ownBytes(answer);
    // RFC 9846 4.3.2: opaque cookie<1..2^16-1>, in an extension of as many.
    if (cookie && cookie.length > 0 && cookie.length <= 65_533) return cookie;
    throw new TypeError("seal(): 1 to 65533 bytes are allowed");
  });
}

/** @throws TlsError `callback_failed` where a program's own cookies throw */
function memoryIn(
  cookies: RetryCookies,
  cookie: Uint8Array,
  now: number,
): RetryMemory | undefined {
  const open = () => cookies.open(cookie.slice(), now);
  return callProgram("retryCookies", open, (memory) => {
    if (memory === undefined) return undefined;
    const { suite, group, earlyData, ...bytes } = memory;
    const digest = ownBytes(bytes.digest);
    const fixed = ownBytes(bytes.fixed);
    if (digest === undefined || fixed === undefined)
      throw new TypeError("open(): digest and fixed are Uint8Arrays");
    return { suite, group, earlyData, digest, fixed };
  });
}

/**
 * RFC 9846 4.3.2: the state that a cookie holds, where the HelloRetryRequest
 * was another engine's; as it was where there is none to be had.
 *
 * @throws TlsError `wrong_cookie`
 */
export function remembered(state: Start, hello: ClientHello): Start {
  const { config, retry, ech } = state;
  const { retryCookies, provider, credentials } = config;
  const { cookie } = hello.extensions;
  if (retry !== undefined || ech !== undefined || cookie === undefined)
    return state;
  if (retryCookies === undefined || credentials === RAISE_NEED) return state;
  const memory = memoryIn(retryCookies, cookie, provider.now());
  const suite = config.suites13.find(({ code }) => code === memory?.suite);
  const group = memory && groupOf(memory.group);
  if (memory === undefined || suite === undefined || group === undefined)
    throw new TlsError(reason.wrong_cookie);
  const { fixed, earlyData, digest } = memory;
  const asked = { hello, suite, group, cookie, signal: undefined };
  return {
    ...state,
    transcript: PendingTranscript.ofRetry(digest).add(
      retryMessage(config, asked),
    ),
    retry: {
      fixed,
      earlyData,
      suite,
      group,
      cookie,
      credentials,
      psk: undefined,
      identities: undefined,
      byCookie: true,
    },
  };
}

function retryMessage(
  config: ServerConfig,
  asked: {
    readonly hello: ClientHello;
    readonly suite: CipherSuite13;
    readonly group: GroupName;
    readonly cookie: Uint8Array | undefined;
    readonly signal: Uint8Array | undefined;
  },
): Uint8Array {
  const { hello, suite, group, cookie, signal } = asked;
  return encodeHelloRetryRequest(
    config.protocol.extensions,
    {
      legacyVersion: ProtocolVersion["TLSv1.2"],
      random: HELLO_RETRY_RANDOM,
      legacySessionIdEcho: hello.legacySessionId,
      cipherSuite: suite.code,
      // [9846-4.2.4-03]
      extensions: {
        // [9846-4.2.4-01]
        supported_versions: ProtocolVersion["TLSv1.3"],
        // [9846-4.2.4-02]
        key_share: GROUPS[group],
        ...(cookie && { cookie }),
        ...(signal && { encrypted_client_hello: signal }),
      },
    },
    config.shapes.hello_retry_request,
  );
}
