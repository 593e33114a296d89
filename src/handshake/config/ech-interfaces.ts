/**
 * Interfaces of Encrypted Client Hello (RFC 9849) for the handshake. A config
 * that wants it brings an object of `puretls/ech`; nothing here loads one.
 */
import type { CryptoProvider } from "../../crypto/provider.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import type { Protocol } from "./protocol.ts";
import type { Transcript } from "../keys/transcript.ts";

/** The part of a config that ECH needs. */
export interface EchEnvironment {
  readonly provider: CryptoProvider;
  readonly keyLog?: ((line: string) => void) | undefined;
}

/** The part of a server's config that ECH needs. */
export interface EchServerEnvironment extends EchEnvironment {
  readonly protocol: Protocol;
}

/** A client's wish; made by `createEchClient` or `createEchGrease`. */
export interface EchClient {
  /** "real": there is a name to hide; "grease": it is noise. */
  readonly kind: "real" | "grease";
  /** One connection's offer. */
  begin(environment: EchEnvironment): EchOffer;
}

/** One connection's offer. */
export interface EchOffer {
  /** The name in the clear; undefined: GREASE, the hello itself is all. */
  readonly publicName: string | undefined;
  /** ALPN names of the outer hello; undefined: the inner one's. */
  readonly alpnProtocols: readonly string[] | undefined;
  /** The extension inside the inner hello, RFC 9849 5. */
  readonly innerBody: Uint8Array;
  /**
   * The outer hello around an inner one; `write` writes it with the extension
   * given. Without an inner hello the extension is as it was the last time, or
   * noise.
   */
  seal<T extends { readonly raw: Uint8Array }>(
    inner:
      { readonly raw: Uint8Array; readonly random: Uint8Array } | undefined,
    outerRandom: Uint8Array,
    write: (body: Uint8Array) => T,
  ): T;
  /**
   * RFC 9849 7.2: whether a ServerHello says that the inner hello was taken.
   *
   * @param transcript up to the (second) inner hello
   */
  isConfirmed(message: Uint8Array, transcript: Transcript): boolean;
  /**
   * RFC 9849 7.2.1, of a HelloRetryRequest with that extension.
   *
   * @param transcript the inner hello as message_hash
   */
  isRetryConfirmed(
    message: Uint8Array,
    body: Uint8Array,
    transcript: Transcript,
  ): boolean;
  /** @throws TlsError for what is no ECHConfigList */
  checkRetryConfigs(configs: Uint8Array): void;
  /** A copy that shares nothing that moves. */
  clone(): EchOffer;
}

/** A server's keys; made by `createEchServer`. */
export interface EchServer {
  /** An ECHConfigList for clients whose key is not known, RFC 9849 7.1. */
  readonly retryConfigs: Uint8Array | undefined;
  /**
   * The inner hello; undefined where the outer one is all that can be read.
   *
   * @throws TlsError
   */
  open(
    environment: EchServerEnvironment,
    hello: ClientHello,
  ): EchOpened | undefined;
}

/** A hello that a server opened, and how it says so. */
export interface EchOpened {
  /** The inner hello. */
  readonly hello: ClientHello;
  /**
   * The inner one of a second hello, RFC 9849 7.1.1.
   *
   * @throws TlsError
   */
  openSecond(hello: ClientHello): EchOpened;
  /** A ServerHello with the signal in its random. */
  confirm(message: Uint8Array, transcript: Transcript): Uint8Array;
  /** A HelloRetryRequest with the signal as its extension. */
  confirmRetry(
    write: (body: Uint8Array) => Uint8Array,
    transcript: Transcript,
  ): Uint8Array;
  /** A copy that shares nothing that moves. */
  clone(): EchOpened;
}
