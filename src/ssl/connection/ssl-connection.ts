/** The common interface of SSLObject and SSLSocket. */
import type { Bytes } from "../../bytes.ts";
import {
  CIPHER_SUITES,
  type TlsProtocolVersion,
} from "../../handshake/registries/cipher-suites.ts";
import type { Certificate } from "../../x509/certificates/certificate.ts";
import {
  type CertificateInfo,
  toCertificateInfo,
  type UnverifiedCertificate,
} from "../material/cert-info.ts";
import { type CipherTriple, cipherTriple } from "../names/ciphers.ts";
import { Connection } from "./connection.ts";
import type { PostHandshakeAuthOutcome } from "./fitting.ts";
import { handshakeNotDone } from "../errors/state-errors.ts";
import {
  CHANNEL_BINDING_TYPES,
  type ChannelBindingType,
} from "../constants.ts";
import type { SSLContext } from "../context/context-type.ts";
import type { MessageCallback, SniConnection } from "../context/settings.ts";
import { refusePythonNames, requireNames } from "../names/arguments.ts";
import { domainToUnicode } from "../names/punycode.ts";
import { serverEndPoint } from "../../handshake/credentials/server-end-point.ts";
import type { EarlyDataOutcome } from "../../handshake/machine/io.ts";
import type { SSLSession } from "../context/session.ts";

/**
 * The questions of Python's `SSLObject` and `SSLSocket`. See {@link SSLObject}
 * for an example.
 */
export abstract class SSLConnection implements SniConnection {
  readonly #connection: Connection;

  protected constructor(connection: Connection) {
    if (!(connection instanceof Connection))
      throw new TypeError(
        `${new.target.name} does not have a public constructor. Instances are returned by SSLContext.wrapBio() and wrapSocket().`,
      );
    this.#connection = connection;
    connection.owner = this;
  }

  /**
   * Python: `context`. The context that made this connection. Set it in an
   * `sniCallback` to continue under another one, with the settings that it has
   * then; later it changes nothing.
   *
   * @throws TypeError for what is no context, and on a client without
   *   `serverHostname` for one that checks it
   * @throws SSLError ERR_SSL_WRONG_ROLE for a context of the other role
   * @throws RangeError on a client for another context than its session's
   */
  get context(): SSLContext {
    return this.#connection.context;
  }
  set context(context: SSLContext) {
    this.#connection.context = context;
  }

  /** Python: `server_side`. */
  get serverSide(): boolean {
    return this.#connection.serverSide;
  }

  /** Python: `server_hostname`. An A-label or an IP literal, or null. */
  get serverHostname(): string | null {
    return this.#connection.serverHostname;
  }

  /** {@link serverHostname} for people to read. */
  get serverHostnameUnicode(): string | null {
    const name = this.serverHostname;
    return name === null ? null : domainToUnicode(name);
  }

  /**
   * Python: `session`. What a later connection of the same context can go on
   * from: in TLS 1.2 there after the handshake, in TLS 1.3 the newest ticket's,
   * which come while data is read. Set it on a client, before the handshake, to
   * go on from one.
   *
   * @throws TypeError for what is no session
   * @throws RangeError for one of another context, on a server, and once the
   *   handshake has begun
   */
  get session(): SSLSession | null {
    return this.#connection.session;
  }
  set session(session: SSLSession) {
    this.#connection.session = session;
  }

  /**
   * The `messageCallback` of this connection, in place of its context's; null: the
   * context's. OpenSSL's SSL_set_msg_callback.
   *
   * @throws TypeError for what is no function
   */
  get messageCallback(): MessageCallback | null {
    return this.#connection.messages.callback;
  }
  set messageCallback(callback: MessageCallback | null) {
    this.#connection.messages.callback = callback;
  }

  /** Python: `session_reused`. False before the handshake is done. */
  get sessionReused(): boolean {
    return this.#connection.info?.resumed ?? false;
  }

  /** True when the handshake is done. */
  get handshakeDone(): boolean {
    return this.#connection.handshakeDone;
  }

  /** Python: `version`. Null before the handshake is done. */
  version(): TlsProtocolVersion | null {
    return this.#connection.info?.version ?? null;
  }

  /** Python: `cipher`. Null before the handshake is done. */
  cipher(): CipherTriple | null {
    const { info } = this.#connection;
    return info === undefined ? null : cipherTriple(info.cipherSuite);
  }

  /**
   * Python: `shared_ciphers`. On a server what both sides have, in its own
   * order; null on a client and before the handshake is done.
   */
  sharedCiphers(): CipherTriple[] | null {
    const hello = this.#connection.info?.clientHello;
    if (hello === undefined) return null;
    return this.#connection.suites
      .map((name) => CIPHER_SUITES[name])
      .filter(({ code }) => hello.cipherSuites.includes(code))
      .map(cipherTriple);
  }

  /**
   * Not in Python: RFC 9846 2.3. On a server the next early data (0-RTT) of the
   * client, null when there is none. **Anyone who recorded it may have sent it
   * again**: take it for what may be done twice only.
   */
  readEarlyData(): Bytes | null {
    return this.#connection.takeEarlyData() ?? null;
  }

  /**
   * The outcome of early data: null before the handshake is done. A client
   * whose early data was "rejected" sends it again.
   */
  get earlyDataOutcome(): EarlyDataOutcome | null {
    return this.#connection.info?.earlyData ?? null;
  }

  /**
   * On a server, the outcome of the last `verifyClientPostHandshake()`:
   * "requested" until the client has answered, then "authenticated", or
   * "anonymous" where it has no certificate and `verifyMode` is "optional". Null
   * before a request, and on a client.
   */
  get postHandshakeAuthOutcome(): PostHandshakeAuthOutcome | null {
    return this.#connection.postHandshakeAuthOutcome;
  }

  /**
   * Python 3.15: `server_sigalg`. On a client, what the server signed with, by
   * IANA's name; null on a server, and where it did not sign.
   */
  serverSigalg(): string | null {
    return this.serverSide ? null : this.#peerSigalg();
  }

  /**
   * Python 3.15: `client_sigalg`. On a server, what the client signed with; null
   * on a client, and where it did not sign.
   */
  clientSigalg(): string | null {
    return this.serverSide ? this.#peerSigalg() : null;
  }

  /** Python 3.15: `group`. The key exchange group, by IANA's name. */
  group(): string | null {
    return this.#connection.info?.group ?? null;
  }

  /**
   * Not in Python. Whether the server took the Encrypted Client Hello, RFC 9849;
   * null before the handshake is done.
   */
  get encryptedClientHello(): boolean | null {
    return this.#connection.info?.encryptedClientHello ?? null;
  }

  /**
   * Not in Python. The key that the peer showed in place of a certificate, RFC
   * 7250: DER of a SubjectPublicKeyInfo, the caller's; null where it showed none.
   *
   * @throws SSLError ERR_HANDSHAKE_NOT_DONE
   */
  getPeerPublicKey(): Bytes | null {
    const { info } = this.#connection;
    if (info === undefined) throw handshakeNotDone();
    return info.peerRawPublicKey?.der.slice() ?? null;
  }

  /**
   * In TLS 1.2, whether extended_main_secret (RFC 7627) was used; null in TLS
   * 1.3, which has no need of it, and before the handshake is done. OpenSSL's
   * `SSL_get_extms_support`; not in Python.
   */
  get extendedMainSecret(): boolean | null {
    return this.#connection.info?.extendedMainSecret ?? null;
  }

  /** Python: `compression`. Always null: there is none. */
  compression(): null {
    return null;
  }

  /** Python: `pending`. Decrypted bytes that can be read at once. */
  pending(): number {
    return this.#connection.pending;
  }

  /** Python: `selected_alpn_protocol`, RFC 7301. One character is one byte. */
  selectedAlpnProtocol(): string | null {
    return this.#connection.info?.alpnProtocol ?? null;
  }

  /** @deprecated Python: `selected_npn_protocol`. Always null. */
  selectedNpnProtocol(): null {
    return null;
  }

  /**
   * Python: `getpeercert`. The peer's certificate as a dictionary, an empty
   * one when it was not verified, null when there is none; in binary form its
   * DER, verified or not.
   *
   * @throws SSLError ERR_HANDSHAKE_NOT_DONE
   * @throws X509Error with `unverified` for a certificate that cannot be read
   */
  getPeerCert(options: { readonly binary: true } | true): Bytes | null;
  getPeerCert(options: { readonly unverified: true }): CertificateInfo | null;
  getPeerCert(
    options?: { readonly binary?: false } | false,
  ): CertificateInfo | UnverifiedCertificate | null;
  getPeerCert(options: PeerCertOptions | boolean = {}) {
    const asked: PeerCertOptions =
      typeof options === "boolean" ? { binary: options } : options;
    requireNames("getPeerCert", asked, { binary: true, unverified: true });
    const { info } = this.#connection;
    if (info === undefined) throw handshakeNotDone();
    if (info.peer === undefined) return null;
    const { leaf, verified } = info.peer;
    if (asked.binary === true) return leaf.der.slice();
    if (!verified && asked.unverified !== true) return {};
    return toCertificateInfo(leaf);
  }

  /**
   * Python 3.13: `get_verified_chain`. DER from the leaf to what is trusted;
   * empty when this library did not verify.
   *
   * @throws SSLError ERR_HANDSHAKE_NOT_DONE
   */
  getVerifiedChain(): Bytes[] {
    return ders(this.#peerChain()?.path);
  }

  /**
   * Python 3.13: `get_unverified_chain`. DER as the peer sent it.
   *
   * @throws SSLError ERR_HANDSHAKE_NOT_DONE
   */
  getUnverifiedChain(): Bytes[] {
    return ders(this.#peerChain()?.received);
  }

  /**
   * Python: `get_channel_binding`; the array is the caller's. Null before the
   * handshake is done. `tls-unique` is of RFC 5929 3, and null in TLS 1.3, which
   * does not define it (RFC 9266 1).
   * `tls-server-end-point` is of RFC 5929 4, `tls-exporter` of RFC 9266. In TLS
   * 1.2 a connection without extended_main_secret (RFC 7627 5.4) has neither
   * `tls-unique` nor `tls-exporter`, where Python has the former.
   *
   * @throws RangeError for another type
   */
  getChannelBinding(type: ChannelBindingType = "tls-unique"): Bytes | null {
    if (!CHANNEL_BINDING_TYPES.includes(type))
      throw new RangeError(
        `'${type}' channel binding type not implemented; allowed are ${CHANNEL_BINDING_TYPES.join(", ")}`,
      );
    const connection = this.#connection;
    if (connection.info === undefined) return null;
    const { tlsUnique, extendedMainSecret } = connection.info;
    if (type === "tls-unique") return tlsUnique?.slice() ?? null;
    // RFC 9266 4.2, RFC 7627 5.4: a main secret that others may share.
    if (type === "tls-exporter" && extendedMainSecret === false) return null;
    // RFC 9266 2: the context is an empty string, in TLS 1.2 not the same as none.
    if (type === "tls-exporter")
      return connection.exportKeyingMaterial(
        "EXPORTER-Channel-Binding",
        32,
        new Uint8Array(0),
      );
    return endPointOf(connection);
  }

  /**
   * RFC 9846 7.5 and RFC 5705 4: key material that both sides can derive.
   *
   * @param length bytes of key material
   * @param context in TLS 1.3 an undefined one is as an empty one, in TLS 1.2
   *   it is not
   * @throws SSLError ERR_HANDSHAKE_NOT_DONE, what ended the connection once it
   *   has failed, and ERR_SSL_NO_EXTENDED_MASTER_SECRET in TLS 1.2 without it
   *   (RFC 7627 5.4)
   * @throws RangeError for a label that TLS 1.2 uses itself, and a context of
   *   more than 65535 bytes there
   */
  exportKeyingMaterial(
    label: string,
    length: number,
    context?: Uint8Array,
  ): Bytes {
    return this.#connection.exportKeyingMaterial(label, length, context);
  }

  #peerSigalg(): string | null {
    return this.#connection.info?.peerSignatureScheme ?? null;
  }

  #peerChain() {
    const { info } = this.#connection;
    if (info === undefined) throw handshakeNotDone();
    return info.peer;
  }
}

interface PeerCertOptions {
  readonly binary?: boolean;
  readonly unverified?: boolean;
}

refusePythonNames(SSLConnection);

function ders(chain: readonly Certificate[] = []): Bytes[] {
  return chain.map((certificate) => certificate.der.slice());
}

/** RFC 5929 4; of the handshake that showed the certificate. */
function endPointOf(connection: Connection): Bytes | null {
  const { info, serverSide, context } = connection;
  const { leaf } = info?.peer ?? {};
  const shown = serverSide ? info?.credential : leaf && { chain: [leaf.der] };
  const bytes = info?.serverEndPoint ?? serverEndPoint(context.provider, shown);
  return bytes.length === 0 ? null : bytes.slice();
}
