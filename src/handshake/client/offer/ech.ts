/**
 * Chooses between a client's two hellos: RFC 9849 6.1. Clients that hide
 * nothing do not load it: `puretls/ech` brings it.
 */
import { TlsError } from "../../../errors.ts";
import * as reason from "../../../reasons.ts";
import type { HashAlgorithm } from "../../../crypto/provider.ts";
import { ExtensionType } from "../../../wire/code-points.ts";
import type { CipherSuite } from "../../registries/cipher-suites.ts";
import { type ClientConfig, clientVariant } from "../../config/config.ts";
import type { EchOffer } from "../../config/ech-interfaces.ts";
import type {
  HelloRetryRequest,
  ServerHello,
} from "../../messages/server-hello.ts";
import type { OwnPsk } from "../../sessions/external-psk.ts";
import { PendingTranscript } from "../../keys/transcript.ts";
import { firstHello, outerHello } from "./client-hello.ts";
import type { EchHooks, FirstHellos } from "../hooks.ts";
import { greasePsks, offeredPsks } from "./psk-offer.ts";
import type {
  EchAttempt,
  InnerHello,
  RetryAsked,
  SentHello,
  WaitServerHello,
} from "../states.ts";

/** The first hello, around another one where there is a name to hide. */
function firstHellos(
  config: ClientConfig,
  serverName: string | undefined,
  external: readonly OwnPsk[],
): FirstHellos | undefined {
  const offer = config.encryptedClientHello?.begin(config);
  if (offer === undefined) return undefined;
  const { publicName, innerBody } = offer;
  const psks = offeredPsks(config, serverName, external);
  if (publicName === undefined) {
    const hello = offer.seal(undefined, innerBody, (body) =>
      firstHello(config, serverName, psks, body),
    );
    const ech = attempt(offer, "refused", undefined, hello.random, config);
    return { hello, serverName, transcript: begin(hello), ech };
  }
  const inward = inwardConfig(config);
  const outward = outwardConfig(config, offer);
  const hello = firstHello(inward, serverName, psks, innerBody);
  const madeUp = greasePsks(config, psks);
  const random = config.provider.random(32);
  const outer = offer.seal(hello, random, (body) =>
    outerHello(
      outward,
      publicName,
      { ...hello, random },
      body,
      undefined,
      madeUp,
    ),
  );
  const transcript = begin(hello);
  const inner = { config: inward, hello, serverName, transcript };
  return {
    hello: outer,
    serverName: publicName,
    transcript: begin(outer),
    ech: attempt(offer, "offered", inner, random, outward),
  };
}

/** RFC 9849 6.1.5: a HelloRetryRequest says already which hello it is about. */
function checkRetry(
  state: WaitServerHello,
  message: HelloRetryRequest,
  hash: HashAlgorithm,
): WaitServerHello {
  const { ech } = state;
  const { encrypted_client_hello: body } = message.extensions;
  if (body !== undefined && body.length !== 8)
    throw new TlsError(reason.malformed_message, {
      detail: "HelloRetryRequest: encrypted_client_hello",
    });
  if (ech?.inner === undefined) return state;
  const transcript = ech.inner.transcript.retry(hash).begin(hash);
  const accepted =
    body !== undefined &&
    ech.offer.isRetryConfirmed(message.raw, body, transcript);
  return accepted ? goOnWithInner(state, ech.inner) : goOnWithOuter(state, ech);
}

/** Returns the second hello to send: itself, or the outer one around it. */
function sealSecond(
  { config, ech }: WaitServerHello,
  hello: SentHello,
  asked: RetryAsked,
): SentHello {
  const publicName = ech?.offer.publicName;
  if (ech?.status !== "accepted" || publicName === undefined) return hello;
  const random = ech.outerRandom;
  const madeUp = greasePsks(config, hello.psks);
  const { outward } = ech;
  return ech.offer.seal(hello, random, (body) =>
    outerHello(outward, publicName, { ...hello, random }, body, asked, madeUp),
  );
}

/** The extension of the second hello, RFC 9849 6.1.5 and 6.2. */
function secondBody(ech: EchAttempt | undefined): Uint8Array | undefined {
  if (ech === undefined) return undefined;
  if (ech.status === "accepted") return ech.offer.innerBody;
  const { raw } = ech.offer.seal(undefined, ech.outerRandom, (body) => ({
    raw: body,
  }));
  return raw;
}

/** RFC 9849 6.1.4: the signal in the ServerHello's random. */
function checkServerHello(
  state: WaitServerHello,
  message: ServerHello,
  hash: HashAlgorithm,
): WaitServerHello {
  const { ech } = state;
  if (ech === undefined) return state;
  if (ech.status === "accepted") {
    // It took the inner hello in its HelloRetryRequest.
    const transcript = state.transcript.begin(hash);
    if (!ech.offer.isConfirmed(message.raw, transcript))
      throw new TlsError(reason.illegal_parameter, {
        detail: "encrypted_client_hello: no word of it in the ServerHello",
      });
    return state;
  }
  if (ech.inner === undefined) return state;
  const transcript = ech.inner.transcript.begin(hash);
  return ech.offer.isConfirmed(message.raw, transcript)
    ? goOnWithInner(state, ech.inner)
    : goOnWithOuter(state, ech);
}

/**
 * RFC 9849 6.1.6: the public name has shown who it is, and that is all that
 * this connection was good for. With what it ends, once the handshake is done;
 * undefined where it goes on.
 *
 * @param retryConfigs those of a server whose certificate was verified
 */
function refusal(
  ech: EchAttempt | undefined,
  retryConfigs: Uint8Array | undefined,
): TlsError | undefined {
  if (ech?.status !== "refused" || ech.offer.publicName === undefined)
    return undefined;
  return new TlsError(reason.ech_rejected, {
    ...(retryConfigs && { echRetryConfigs: retryConfigs }),
  });
}

function goOnWithInner(
  state: WaitServerHello,
  { config, hello, serverName, transcript }: InnerHello,
): WaitServerHello {
  const ech = settled(state, true);
  return { ...state, config, hello, serverName, transcript, ech };
}

/** RFC 9849 6.1.6: a server of TLS 1.2 has refused. */
function continueWith12(state: WaitServerHello): WaitServerHello {
  return state.ech?.inner === undefined
    ? state
    : goOnWithOuter(state, state.ech);
}

function goOnWithOuter(
  state: WaitServerHello,
  { outward: config }: EchAttempt,
): WaitServerHello {
  return { ...state, config, ech: settled(state, false) };
}

/**
 * RFC 9849 6.1: TLS 1.3 and nothing older. What stands in both hellos stands in
 * a row, for 5.1 has one ech_outer_extensions.
 */
function inwardConfig(config: ClientConfig): ClientConfig {
  const { shapes, versions } = config;
  // What the two say each in its own way.
  const apart = [
    ExtensionType.server_name,
    ExtensionType.encrypted_client_hello,
    ...(versions.length > 1 ? [ExtensionType.supported_versions] : []),
  ];
  return clientVariant(config, {
    versions: ["TLSv1.3"],
    shapes: {
      ...shapes,
      client_hello: { order: apart, ...shapes.client_hello },
    },
    suites: config.suites13,
    suites12: [],
  });
}

/** Returns the config of the outer hello, for the server of the public name. */
function outwardConfig(config: ClientConfig, offer: EchOffer): ClientConfig {
  // RFC 9849 6.1.7: that server shows a certificate.
  const suites12 = config.suites12.filter(
    ({ authentication }) => authentication !== "PSK",
  );
  const kept: ReadonlySet<CipherSuite> = new Set([
    ...config.suites13,
    ...suites12,
  ]);
  return clientVariant(config, {
    suites12,
    suites: config.suites.filter((suite) => kept.has(suite)),
    alpnProtocols: offer.alpnProtocols ?? config.alpnProtocols,
    // RFC 9849 6.1.6: no certificate for it.
    credentials: [],
  });
}

function settled(
  { ech }: WaitServerHello,
  accepted: boolean,
): EchAttempt | undefined {
  const status = accepted ? "accepted" : "refused";
  return ech && { ...ech, status, inner: undefined };
}

function attempt(
  offer: EchOffer,
  status: EchAttempt["status"],
  inner: InnerHello | undefined,
  outerRandom: Uint8Array,
  outward: ClientConfig,
): EchAttempt {
  return { offer, status, inner, outerRandom, outward };
}

function begin(hello: SentHello): PendingTranscript {
  return new PendingTranscript().add(hello.raw);
}

/** The hooks of `puretls/ech` for a client. */
export const echHooks: EchHooks = {
  firstHellos,
  checkRetry,
  sealSecond,
  secondBody,
  checkServerHello,
  continueWith12,
  refusal,
};
