/** A server's Encrypted Client Hello, client-facing and backend: RFC 9849 7. */
import { concat, equal } from "../bytes.ts";
import {
  HPKE_KEM,
  type HpkeContext,
  hpkeKeyPair,
  hpkeRecipient,
} from "../crypto/hpke.ts";
import {
  type CryptoProvider,
  InvalidKeyShare,
  type KeyPair,
} from "../crypto/provider.ts";
import { TlsError, TlsUsageError } from "../errors.ts";
import * as reason from "../reasons.ts";
import type {
  EchServerEnvironment,
  EchOpened,
  EchServer,
} from "../handshake/config/ech-interfaces.ts";
import {
  type ClientHello,
  readClientHello,
} from "../handshake/messages/client-hello.ts";
import type { Transcript } from "../handshake/keys/transcript.ts";
import { HandshakeType, ProtocolVersion } from "../wire/code-points.ts";
import { type OuterBody, readBody } from "./body.ts";
import {
  type EchConfig,
  encodeEchConfigList,
  parseEchConfigList,
} from "./config.ts";
import { decodeInnerHello, splitHello } from "./inner-hello.ts";
import type { EchKey } from "./keys.ts";
import { ECH_INFO, logEch } from "./key-log.ts";
import {
  helloSignal,
  retrySignal,
  SIGNAL_LENGTH,
  withSignal,
} from "./signal.ts";

interface ServerKey {
  readonly config: EchConfig;
  readonly pair: KeyPair;
}

/**
 * Opens hellos with any of the keys: for the config of a server. Whoever used
 * another key is answered under the public name, and told those that are
 * published. A hello that is an inner one already, passed on by a
 * client-facing server in front of this one, is taken as such.
 *
 * @param options.keys the newest first; copied
 * @param options.retryConfigs the keys that clients are told of; all of them
 *   unless given
 * @throws TlsUsageError for a key whose config is another's or malformed
 * @example
 * ```ts
 * import { createEchKey, createEchServer } from "puretls/ech";
 * import { noble } from "puretls/crypto/noble";
 *
 * const key = createEchKey({ provider: noble, publicName: "front.example" });
 * const encryptedClientHello = createEchServer({ provider: noble, keys: [key] });
 * if (!encryptedClientHello.retryConfigs) throw new Error("no configs");
 * ```
 */
export function createEchServer(options: {
  readonly provider: CryptoProvider;
  readonly keys: readonly EchKey[];
  readonly retryConfigs?: readonly EchKey[];
}): EchServer {
  const { provider, keys, retryConfigs = keys } = options;
  const own = keys.map((key) => serverKey(provider, key));
  return {
    retryConfigs:
      retryConfigs.length === 0
        ? undefined
        : encodeEchConfigList(retryConfigs.map(({ config }) => config)),
    open: (environment, hello) => open(environment, own, hello),
  };
}

function serverKey(
  provider: CryptoProvider,
  { config, privateKey }: EchKey,
): ServerKey {
  const [parsed] = parsedConfig(config);
  if (parsed === undefined || parsed.kem !== HPKE_KEM)
    throw new TlsUsageError("ECH: a key's config is none that puretls has");
  const pair = hpkeKeyPair(provider, privateKey);
  if (!equal(pair.share, parsed.publicKey))
    throw new TlsUsageError("ECH: a private key is not its config's");
  return { config: parsed, pair };
}

function parsedConfig(config: Uint8Array): readonly EchConfig[] {
  try {
    return parseEchConfigList(encodeEchConfigList([config]));
  } catch (cause) {
    throw new TlsUsageError("ECH: a key's config is malformed", { cause });
  }
}

function open(
  environment: EchServerEnvironment,
  keys: readonly ServerKey[],
  hello: ClientHello,
): EchOpened | undefined {
  const { encrypted_client_hello: bytes } = hello.extensions;
  if (bytes === undefined) return undefined;
  const body = readBody(bytes);
  // RFC 9849 7.2: where TLS 1.2 is agreed on, nothing is confirmed.
  if (body === "inner")
    return offersTls13(hello)
      ? new Opened(environment, hello, undefined)
      : undefined;
  for (const { config, pair } of keys) {
    if (!isFor(config, body)) continue;
    let secret: Uint8Array | undefined;
    const context = recipient(environment.provider, config, pair, body, (s) => {
      secret = s.slice();
    });
    const inner = context && openHello(environment, context, body, hello);
    if (!context || !inner) continue;
    if (secret) logEch(environment, hello.random, secret, config.raw);
    return new Opened(environment, inner, { context, body });
  }
  return undefined;
}

function isFor(
  { configId, suites }: EchConfig,
  { configId: id, suite: { kdf, aead } }: OuterBody,
): boolean {
  return (
    configId === id &&
    suites.some((one) => one.kdf === kdf && one.aead === aead)
  );
}

function recipient(
  provider: CryptoProvider,
  { raw }: EchConfig,
  pair: KeyPair,
  { suite, enc }: OuterBody,
  observe: (sharedSecret: Uint8Array) => void,
): HpkeContext | undefined {
  try {
    return hpkeRecipient({
      ...{ provider, suite, enc, observe },
      recipient: pair,
      info: concat(ECH_INFO, raw),
    });
  } catch (error) {
    // A key that gives no secret is one that nobody here has.
    if (error instanceof InvalidKeyShare) return undefined;
    throw error;
  }
}

/** RFC 9849 7.1: undefined where it does not decrypt. */
function openHello(
  { protocol }: EchServerEnvironment,
  context: HpkeContext,
  { payload }: OuterBody,
  outer: ClientHello,
): ClientHello | undefined {
  const aad = outer.raw.slice(4);
  const parts = splitHello(aad);
  const encoded = context.open(zeroPayload(aad, payload), payload);
  if (encoded === undefined) return undefined;
  const raw = decodeInnerHello(encoded, parts);
  const type = HandshakeType.client_hello;
  const message = { type, body: raw.subarray(4), raw };
  return checkInner(readClientHello(message, protocol.extensions));
}

/** RFC 9849 5.2: ClientHelloOuterAAD, in place. */
function zeroPayload(aad: Uint8Array, payload: Uint8Array): Uint8Array {
  for (const { type, body } of splitHello(aad).extensions)
    if (type === 0xfe0d) body.fill(0, body.length - payload.length);
  return aad;
}

/** RFC 9849 7.1: of type inner, and nothing below TLS 1.3. */
function checkInner(hello: ClientHello): ClientHello {
  const { encrypted_client_hello: body, supported_versions: versions = [] } =
    hello.extensions;
  const old = versions.some(
    (version) => version <= ProtocolVersion["TLSv1.2"] && version >> 8 === 3,
  );
  if (
    body === undefined ||
    readBody(body) !== "inner" ||
    old ||
    !offersTls13(hello)
  )
    throw new TlsError(reason.illegal_parameter, {
      detail: "ClientHelloInner: it is none",
    });
  return hello;
}

function offersTls13({ extensions }: ClientHello): boolean {
  const { supported_versions: versions = [] } = extensions;
  return versions.includes(ProtocolVersion["TLSv1.3"]);
}

/**
 * The way in which the hello was sealed; undefined: it came as an inner one.
 */
type Sealed =
  { readonly context: HpkeContext; readonly body: OuterBody } | undefined;

class Opened implements EchOpened {
  readonly hello: ClientHello;
  readonly #environment: EchServerEnvironment;
  readonly #sealed: Sealed;

  constructor(
    environment: EchServerEnvironment,
    hello: ClientHello,
    sealed: Sealed,
  ) {
    this.#environment = environment;
    this.hello = hello;
    this.#sealed = sealed;
  }

  openSecond(hello: ClientHello): Opened {
    const sealed = this.#sealed;
    const { encrypted_client_hello: bytes } = hello.extensions;
    // RFC 9849 7.1.1.
    if (bytes === undefined)
      throw new TlsError(reason.missing_extension, {
        detail: "encrypted_client_hello",
      });
    const body = readBody(bytes);
    if (sealed === undefined || body === "inner") {
      if (sealed === undefined && body === "inner")
        return new Opened(this.#environment, hello, undefined);
      throw changed();
    }
    const { suite, configId } = sealed.body;
    if (
      body.configId !== configId ||
      body.suite.kdf !== suite.kdf ||
      body.suite.aead !== suite.aead ||
      body.enc.length > 0
    )
      throw changed();
    const inner = openHello(this.#environment, sealed.context, body, hello);
    if (inner === undefined) throw new TlsError(reason.ech_not_decrypted);
    return new Opened(this.#environment, inner, sealed);
  }

  confirm(message: Uint8Array, transcript: Transcript): Uint8Array {
    return withSignal(
      message,
      helloSignal(this.hello.random, message, transcript),
    );
  }

  confirmRetry(
    write: (body: Uint8Array) => Uint8Array,
    transcript: Transcript,
  ): Uint8Array {
    const zeroed = transcript.add(write(new Uint8Array(SIGNAL_LENGTH)));
    return write(retrySignal(this.hello.random, zeroed));
  }

  clone(): Opened {
    const sealed = this.#sealed;
    return new Opened(
      this.#environment,
      this.hello,
      sealed && { ...sealed, context: sealed.context.clone() },
    );
  }
}

function changed(): TlsError {
  return new TlsError(reason.hello_changed_after_retry, {
    detail: "encrypted_client_hello",
  });
}
