import type { CryptoProvider } from "../crypto/provider.ts";
import { noble } from "../crypto/noble/index.ts";
import type { BytesLike } from "../bytes.ts";
import { Connection } from "./connection.ts";
import {
  Protocol,
  type ProtocolName,
  type TLSVersion,
  type TLSVersionName,
  type VerifyMode,
  type VerifyModeName,
} from "./constants.ts";
import type { KeyLog, PeerVerifier } from "./context-state.ts";
import {
  type AlpnCallback,
  ContextSettings,
  type SessionListener,
  type SniCallback,
} from "./context-settings.ts";
import { SSLError, stateError } from "./errors.ts";
import { serverHostnameOf } from "./hostname.ts";
import type { VerifyLocations } from "./anchors.ts";
import type { CertChainSource } from "./key-material.ts";
import { LateTransport } from "./late-transport.ts";
import { MemoryBIO } from "./memory-bio.ts";
import type { Platform } from "./platform.ts";
import { contextState } from "./protocol-settings.ts";
import type { EchClient } from "../handshake/ech.ts";
import type { ExtensionOptions } from "./extension-settings.ts";
import type { SecurityLevel } from "../x509/security-level.ts";
import type { SSLSession } from "./session.ts";
import { SSLObject } from "./ssl-object.ts";
import type { ContextSessionStore } from "./server-sessions.ts";
import { SSLSocket } from "./ssl-socket.ts";
import type { CallOptions, Transport } from "./transport.ts";
import {
  type ContextOptions,
  protocolOf,
  type VerifyFlagWords,
} from "./words.ts";

/** What a context can be given when it is made; all can be set later too. */
export interface SSLContextOptions extends ExtensionOptions {
  /** Default `tlsClient`: verifies the server and its name. */
  readonly protocol?: Protocol | ProtocolName;
  /** Where the cryptography comes from. Default: noble. */
  readonly provider?: CryptoProvider;
  /** Files and the system's certificates. Default: files only, if there are. */
  readonly platform?: Platform;
  readonly verifyMode?: VerifyMode | VerifyModeName;
  readonly checkHostname?: boolean;
  readonly hostnameChecksCommonName?: boolean;
  readonly verifyFlags?: number | VerifyFlagWords;
  readonly verifier?: PeerVerifier;
  readonly options?: Partial<ContextOptions>;
  readonly minimumVersion?: TLSVersion | TLSVersionName;
  readonly maximumVersion?: TLSVersion | TLSVersionName;
  readonly alpnProtocols?: readonly (string | BytesLike)[];
  readonly alpnMismatch?: "ignore" | "alert";
  readonly ciphersuites?: string | readonly string[];
  readonly groups?: string | readonly string[];
  /** As `setServerSigalgs()` and `setClientSigalgs()` take them, for both. */
  readonly signatureAlgorithms?: string | readonly string[];
  readonly securityLevel?: SecurityLevel;
  readonly sniCallback?: SniCallback;
  readonly alpnCallback?: AlpnCallback;
  readonly numTickets?: number;
  readonly earlyData?: boolean;
  readonly maxEarlyData?: number;
  readonly postHandshakeAuth?: boolean;
  readonly sessionStore?: ContextSessionStore;
  readonly onSession?: SessionListener;
  readonly keylog?: KeyLog;
  /** As `loadCertChain()` takes it. */
  readonly certChain?: CertChainSource;
  /** As `loadVerifyLocations()` takes it. */
  readonly verifyLocations?: VerifyLocations;
}

/** Which end of a connection to be, and whom to expect at the other. */
export interface WrapOptions {
  /** Default: what the context is for; false for `tls`. */
  readonly serverSide?: boolean;
  /** On a client: a DNS name or an IP literal. */
  readonly serverHostname?: string | null;
  /** On a client: a connection of this context to go on from. */
  readonly session?: SSLSession | null;
  /**
   * On a client: what `echClient()` of `puretls/ech` makes of the host's configs,
   * in place of the context's `encryptedClientHello`.
   */
  readonly encryptedClientHello?: EchClient | null;
}

export interface WrapBioOptions extends WrapOptions {
  /** The most bytes that the outgoing BIO is to hold. Default: no bound. */
  readonly highWaterMark?: number;
}

export interface WrapSocketOptions extends WrapOptions, CallOptions {
  /** Begin the handshake at once (see `SSLSocket.ready`). Default true. */
  readonly doHandshakeOnConnect?: boolean;
  /** An end without close_notify reads as an end. Default true. */
  readonly suppressRaggedEofs?: boolean;
}

/**
 * Python: `ssl.SSLContext`. Certificates, keys, whom to trust and by what
 * rules, for any number of connections; what a connection has of it is what it
 * was when the connection began.
 *
 * @example
 * ```ts
 * import { SSLContext } from "puretls";
 *
 * const context = new SSLContext({ alpnProtocols: ["h2", "http/1.1"] });
 * if (!context.checkHostname || context.verifyMode !== 2) throw new Error();
 * ```
 */
export class SSLContext extends ContextSettings {
  /** Python: `sslobject_class`. What {@link wrapBio} makes. */
  sslObjectClass: typeof SSLObject = SSLObject;
  /** Python: `sslsocket_class`. What {@link wrapSocket} makes. */
  sslSocketClass: typeof SSLSocket = SSLSocket;

  /**
   * @throws RangeError for a protocol that does not exist
   * @throws SSLError UNSUPPORTED_PROTOCOL for one that is not spoken any more
   */
  constructor(options: SSLContextOptions = {}) {
    const { provider = noble, platform = {} } = options;
    super(speakable(options.protocol), provider, platform);
    this.#apply(options);
  }

  /**
   * Not in Python, whose contexts cannot be copied either. Another context with
   * the same settings, certificates and keys, but for those given; what is
   * changed in one of them later is not changed in the other.
   *
   * @throws as the constructor does
   */
  extend(
    overrides: Omit<
      SSLContextOptions,
      "protocol" | "provider" | "platform"
    > = {},
  ): SSLContext {
    const { protocol, provider } = this;
    const state = contextState(this);
    const { platform } = state;
    const copy = new SSLContext({ protocol, provider, platform });
    state.copyTo(contextState(copy));
    copy.sslObjectClass = this.sslObjectClass;
    copy.sslSocketClass = this.sslSocketClass;
    if (this.sniCallback !== null) copy.sniCallback = this.sniCallback;
    copy.alpnCallback = this.alpnCallback;
    copy.onSession = this.onSession;
    copy.#apply(overrides);
    return copy;
  }

  /**
   * Python: `wrap_bio`. TLS between two memory BIOs.
   *
   * @throws TypeError, RangeError, SSLError for options that do not fit; see
   *   {@link WrapOptions}
   */
  wrapBio(
    incoming: MemoryBIO,
    outgoing: MemoryBIO,
    options: WrapBioOptions = {},
  ): SSLObject {
    if (!(incoming instanceof MemoryBIO && outgoing instanceof MemoryBIO))
      throw new TypeError("wrapBio: two MemoryBIOs are wanted");
    const highWaterMark = options.highWaterMark ?? Infinity;
    if (!(highWaterMark > 0))
      throw new RangeError("highWaterMark: a number above 0 is wanted");
    return new this.sslObjectClass(
      this.#connection(options),
      incoming,
      outgoing,
      highWaterMark,
    );
  }

  /**
   * Python: `wrap_socket`. TLS over a transport, which belongs to the socket
   * from then on. On a transport that was read from before (STARTTLS), bytes
   * that wait unread would not be TLS's: they are refused.
   *
   * @param source a transport, or what makes one: `SSLSocket.connect()` calls it
   * @throws TypeError, RangeError, SSLError for options that do not fit; see
   *   {@link WrapOptions}
   */
  wrapSocket(
    source: Transport | (() => Transport | Promise<Transport>),
    options: WrapSocketOptions = {},
  ): SSLSocket {
    const connection = this.#connection(options);
    const transport =
      typeof source === "function" ? new LateTransport(source) : source;
    if (!isTransport(transport))
      throw new TypeError("wrapSocket: a Transport is wanted, a byte stream");
    // CVE-2011-0411: commands that somebody slipped in before TLS began.
    if (transport.buffered > 0 && transport.bytesRead > 0)
      throw stateError(
        "ERR_SSL_PLAINTEXT_IN_BUFFER",
        "plaintext waits unread in the transport: it must not pass for what came through TLS",
      );
    const { timeout, signal } = options;
    return new this.sslSocketClass(connection, transport, {
      doHandshakeOnConnect: options.doHandshakeOnConnect ?? true,
      suppressRaggedEofs: options.suppressRaggedEofs ?? true,
      handshake: { timeout, signal },
    });
  }

  #connection(options: WrapOptions): Connection {
    const { protocol } = this;
    const serverSide =
      options.serverSide ?? protocol === Protocol.PROTOCOL_TLS_SERVER;
    const serverHostname = options.serverHostname ?? null;
    if (serverSide && protocol === Protocol.PROTOCOL_TLS_CLIENT)
      throw wrongRole("server", "TLS_CLIENT");
    if (!serverSide && protocol === Protocol.PROTOCOL_TLS_SERVER)
      throw wrongRole("client", "TLS_SERVER");
    if (serverSide && serverHostname !== null)
      throw new TypeError(
        "serverHostname can only be specified in client mode",
      );
    const { session = null } = options;
    if (serverSide && session !== null)
      throw new TypeError("session can only be specified in client mode");
    const { encryptedClientHello = null } = options;
    if (serverSide && encryptedClientHello !== null)
      throw new TypeError(
        "encryptedClientHello can only be specified in client mode",
      );
    if (!serverSide && this.checkHostname && serverHostname === null)
      throw new TypeError("checkHostname requires serverHostname");
    return new Connection({
      context: this,
      serverSide,
      session,
      encryptedClientHello,
      serverHostname:
        serverHostname === null ? null : serverHostnameOf(serverHostname),
    });
  }

  #apply(options: SSLContextOptions): void {
    const { checkHostname, verifyMode } = options;
    // Off before NONE, which it forbids; on after, which it raises.
    if (checkHostname === false) this.checkHostname = false;
    if (verifyMode !== undefined) this.verifyMode = verifyMode;
    if (checkHostname === true) this.checkHostname = true;
    if (options.hostnameChecksCommonName !== undefined)
      this.hostnameChecksCommonName = options.hostnameChecksCommonName;
    if (options.verifyFlags !== undefined)
      this.verifyFlags = options.verifyFlags;
    if (options.verifier !== undefined) this.verifier = options.verifier;
    if (options.options !== undefined) this.options = options.options;
    if (options.minimumVersion !== undefined)
      this.minimumVersion = options.minimumVersion;
    if (options.maximumVersion !== undefined)
      this.maximumVersion = options.maximumVersion;
    if (options.alpnProtocols !== undefined)
      this.setAlpnProtocols(options.alpnProtocols);
    if (options.alpnMismatch !== undefined)
      this.alpnMismatch = options.alpnMismatch;
    if (options.ciphersuites !== undefined)
      this.setCiphersuites(options.ciphersuites);
    if (options.groups !== undefined) this.setGroups(options.groups);
    if (options.sniCallback !== undefined)
      this.sniCallback = options.sniCallback;
    if (options.alpnCallback !== undefined)
      this.alpnCallback = options.alpnCallback;
    if (options.signatureAlgorithms !== undefined)
      this.signatureAlgorithms = options.signatureAlgorithms;
    if (options.securityLevel !== undefined)
      this.securityLevel = options.securityLevel;
    if (options.earlyData !== undefined) this.earlyData = options.earlyData;
    if (options.maxEarlyData !== undefined)
      this.maxEarlyData = options.maxEarlyData;
    if (options.numTickets !== undefined) this.numTickets = options.numTickets;
    if (options.postHandshakeAuth !== undefined)
      this.postHandshakeAuth = options.postHandshakeAuth;
    if (options.sessionStore !== undefined)
      this.sessionStore = options.sessionStore;
    if (options.onSession !== undefined) this.onSession = options.onSession;
    if (options.keylog !== undefined) this.keylog = options.keylog;
    if (options.certChain !== undefined) this.loadCertChain(options.certChain);
    if (options.verifyLocations !== undefined)
      this.loadVerifyLocations(options.verifyLocations);
    this.applyExtensions(options);
  }
}

/** RFC 8996. */
function speakable(protocol: Protocol | ProtocolName = "tlsClient"): Protocol {
  const number = protocolOf(protocol);
  if (
    number === Protocol.PROTOCOL_TLSv1 ||
    number === Protocol.PROTOCOL_TLSv1_1
  )
    throw new SSLError("TLS 1.0 and 1.1 are not spoken: take tlsClient", {
      library: "SSL",
      reason: "UNSUPPORTED_PROTOCOL",
    });
  return number;
}

function isTransport(value: unknown): value is Transport {
  return (
    typeof value === "object" &&
    value !== null &&
    "read" in value &&
    typeof value.read === "function" &&
    "write" in value &&
    typeof value.write === "function"
  );
}

function wrongRole(role: string, protocol: string): SSLError {
  return stateError(
    "ERR_SSL_WRONG_ROLE",
    `Cannot create a ${role} socket with a PROTOCOL_${protocol} context`,
  );
}
