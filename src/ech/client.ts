/** A client's Encrypted Client Hello: RFC 9849 6. */
import { type BytesLike, concat, equal, NO_BYTES } from "../bytes.ts";
import {
  hasHpkeSuite,
  HPKE_KEM,
  type HpkeContext,
  hpkeSender,
  type HpkeSuite,
} from "../crypto/hpke.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { TlsUsageError } from "../errors.ts";
import { echHooks } from "../handshake/client/offer/ech.ts";
import { EchClientWithHooks } from "../handshake/client/hooks.ts";
import type {
  EchClient,
  EchEnvironment,
  EchOffer,
} from "../handshake/config/ech-interfaces.ts";
import type { Transcript } from "../handshake/keys/transcript.ts";
import { checkAlpn } from "../handshake/config/checks.ts";
import { encodeOuterBody, INNER_BODY } from "./body.ts";
import {
  type EchConfig,
  hasMandatoryExtension,
  isPublicName,
  parseEchConfigList,
} from "./config.ts";
import { encodeInnerHello } from "./inner-hello.ts";
import { logEch, ECH_INFO } from "./key-log.ts";
import {
  helloSignal,
  retrySignal,
  SIGNAL_LENGTH,
  signalOf,
  withRetrySignal,
} from "./signal.ts";

/**
 * Hides the server's name, and all else that the inner hello says, from who
 * looks on: for the config of a client. What is hidden is TLS 1.3 alone. With a
 * server that speaks nothing newer than TLS 1.2, or that cannot open the hello,
 * the connection ends (`ech_rejected`), and the error has what the server says
 * are its keys now; the name never goes out in the clear.
 *
 * @param configs an ECHConfigList, from the server's HTTPS record in the DNS
 *   or from the error of an earlier connection; copied
 * @param options.outerAlpnProtocols ALPN names for everyone to read, best
 *   first; the config's own unless given. One character stands for one byte
 * @throws TlsError `malformed_message`
 * @throws TlsUsageError when no config in it is one that puretls can use, and
 *   for an ALPN name that is none
 * @example
 * ```ts
 * import { createEchKey, createEchClient, encodeEchConfigList } from "puretls/ech";
 * import { createClientConfig, TlsEngine } from "puretls/engine";
 * import { noble } from "puretls/crypto/noble";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const key = createEchKey({ provider: noble, publicName: "front.example" });
 * const trustStore = new TrustStore();
 * const config = createClientConfig({
 *   provider: noble,
 *   verifier: createVerifier({ provider: noble, trustStore }),
 *   encryptedClientHello: createEchClient(encodeEchConfigList([key.config])),
 * });
 * TlsEngine.client(config, "hidden.example").takeOutput();
 * ```
 */
export function createEchClient(
  configs: BytesLike,
  options: { readonly outerAlpnProtocols?: readonly string[] } = {},
): EchClient {
  const alpnProtocols = options.outerAlpnProtocols?.slice();
  if (alpnProtocols !== undefined) checkAlpn(alpnProtocols);
  const usable = parseEchConfigList(configs).filter(isUsable);
  if (usable.length === 0)
    throw new TlsUsageError("ECH: no config in the list can be used");
  return new EchClientWithHooks(echHooks, {
    kind: "real",
    begin: (environment) => {
      for (const config of usable) {
        const suite = config.suites.find((one) =>
          hasHpkeSuite(environment.provider, one),
        );
        if (suite !== undefined)
          return new RealOffer(environment, config, suite, alpnProtocols);
      }
      throw new TlsUsageError("ECH: the provider has no suite of the configs");
    },
  });
}

/**
 * Noise of the same shape (RFC 9849 6.2), so that those who hide a name do not
 * stand out.
 *
 * @example
 * ```ts
 * import { SSLContext } from "puretls";
 * import { createEchGrease } from "puretls/ech";
 *
 * new SSLContext({ encryptedClientHello: createEchGrease() });
 * ```
 */
export function createEchGrease(): EchClient {
  return new EchClientWithHooks(echHooks, {
    kind: "grease",
    begin: ({ provider }) => new GreaseOffer(provider),
  });
}

/** RFC 9849 4, 4.2, 6.1.7. Without a name to check nothing could be learnt. */
function isUsable(config: EchConfig): boolean {
  return (
    config.kem === HPKE_KEM &&
    config.publicKey.length === 32 &&
    isPublicName(config.publicName) &&
    !hasMandatoryExtension(config)
  );
}

class RealOffer implements EchOffer {
  readonly innerBody = INNER_BODY;
  readonly publicName: string;
  readonly alpnProtocols: readonly string[] | undefined;
  readonly #environment: EchEnvironment;
  readonly #config: EchConfig;
  readonly #suite: HpkeSuite;
  #context: HpkeContext | undefined;
  #innerRandom: Uint8Array = NO_BYTES;
  #lastBody: Uint8Array = NO_BYTES;

  constructor(
    environment: EchEnvironment,
    config: EchConfig,
    suite: HpkeSuite,
    alpnProtocols: readonly string[] | undefined,
  ) {
    this.#environment = environment;
    this.#config = config;
    this.#suite = suite;
    this.publicName = config.publicName;
    this.alpnProtocols = alpnProtocols;
  }

  seal<T extends { readonly raw: Uint8Array }>(
    inner:
      { readonly raw: Uint8Array; readonly random: Uint8Array } | undefined,
    outerRandom: Uint8Array,
    write: (body: Uint8Array) => T,
  ): T {
    // RFC 9849 6.1.6: after a refusal the extension stays as it was.
    if (inner === undefined) return write(this.#lastBody);
    const first = this.#context === undefined;
    const { enc, context } = this.#setUp(outerRandom);
    this.#innerRandom = inner.random;
    const bodyWith = (payload: Uint8Array): Uint8Array =>
      encodeOuterBody({
        suite: this.#suite,
        configId: this.#config.configId,
        // RFC 9849 6.1.5: a second hello goes on with the same context.
        enc: first ? enc : NO_BYTES,
        payload,
      });
    const draft = write(bodyWith(Uint8Array.of(0)));
    const { maximumNameLength } = this.#config;
    const encoded = encodeInnerHello(inner.raw, draft.raw, maximumNameLength);
    // RFC 9849 5.2: ClientHelloOuterAAD has zeros in place of the payload.
    const zeros = new Uint8Array(encoded.length + context.tagLength);
    const aad = write(bodyWith(zeros)).raw.subarray(4);
    this.#lastBody = bodyWith(context.seal(aad, encoded));
    return write(this.#lastBody);
  }

  isConfirmed(message: Uint8Array, transcript: Transcript): boolean {
    const expected = helloSignal(this.#innerRandom, message, transcript);
    return equal(expected, signalOf(message));
  }

  isRetryConfirmed(
    message: Uint8Array,
    body: Uint8Array,
    transcript: Transcript,
  ): boolean {
    const zeroed = withRetrySignal(message, new Uint8Array(SIGNAL_LENGTH));
    const expected = retrySignal(this.#innerRandom, transcript.add(zeroed));
    return equal(expected, body);
  }

  checkRetryConfigs(configs: Uint8Array): void {
    parseEchConfigList(configs);
  }

  clone(): RealOffer {
    const copy = new RealOffer(
      this.#environment,
      this.#config,
      this.#suite,
      this.alpnProtocols,
    );
    copy.#context = this.#context?.clone();
    copy.#innerRandom = this.#innerRandom;
    copy.#lastBody = this.#lastBody;
    return copy;
  }

  #setUp(outerRandom: Uint8Array): {
    readonly enc: Uint8Array;
    readonly context: HpkeContext;
  } {
    if (this.#context !== undefined)
      return { enc: NO_BYTES, context: this.#context };
    const { raw, publicKey: recipient } = this.#config;
    const environment = this.#environment;
    const { enc, context } = hpkeSender({
      provider: environment.provider,
      suite: this.#suite,
      recipient,
      info: concat(ECH_INFO, raw),
      observe: (secret) => {
        logEch(environment, outerRandom, secret, raw);
      },
    });
    this.#context = context;
    return { enc, context };
  }
}

/** RFC 9849 6.2. */
class GreaseOffer implements EchOffer {
  readonly publicName = undefined;
  readonly alpnProtocols = undefined;
  readonly innerBody = NO_BYTES;
  readonly #body: Uint8Array;

  constructor({ random, groups }: CryptoProvider) {
    const [configId = 0, size = 0] = random(2);
    this.#body = encodeOuterBody({
      // HKDF-SHA256 and AES-128-GCM, as most configs have them.
      suite: { kdf: 1, aead: 1 },
      configId,
      enc: groups.x25519?.generate(random).share ?? random(32),
      payload: random(128 + 32 * (size % 4) + 16),
    });
  }

  seal<T>(
    _inner: unknown,
    _outerRandom: Uint8Array,
    write: (body: Uint8Array) => T,
  ): T {
    return write(this.#body);
  }

  isConfirmed(): boolean {
    return false;
  }

  isRetryConfirmed(): boolean {
    return false;
  }

  checkRetryConfigs(configs: Uint8Array): void {
    parseEchConfigList(configs);
  }

  clone(): this {
    return this;
  }
}
