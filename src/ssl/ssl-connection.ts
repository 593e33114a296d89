/** What an SSLObject and an SSLSocket can both be asked. */
import { CIPHER_SUITES, type TlsVersion } from "../handshake/cipher-suites.ts";
import type { Certificate } from "../x509/certificate.ts";
import {
  type CertificateInfo,
  certificateInfo,
  type UnverifiedCertificate,
} from "./cert-info.ts";
import { type CipherTriple, cipherTriple } from "./ciphers.ts";
import { Connection, handshakeNotDone } from "./connection.ts";
import { CHANNEL_BINDING_TYPES, type ChannelBindingType } from "./constants.ts";
import {
  type ContextSettings,
  type SniConnection,
} from "./context-settings.ts";
import { domainToUnicode } from "./punycode.ts";
import { serverEndPoint } from "../handshake/end-point.ts";
import type { EarlyDataOutcome } from "../handshake/io.ts";
import type { SSLSession } from "./session.ts";

/** The questions of Python's `SSLObject` and `SSLSocket`. */
export abstract class SSLConnection implements SniConnection {
  readonly #connection: Connection;

  protected constructor(connection: Connection) {
    if (!(connection instanceof Connection))
      throw new TypeError(
        "no public constructor: instances are returned by wrapBio() and wrapSocket()",
      );
    this.#connection = connection;
    connection.owner = this;
  }

  /**
   * Python: `context`. Setting it, in an `sniCallback`, goes on under another
   * context.
   *
   * @throws TypeError for what is no context
   */
  get context(): ContextSettings {
    return this.#connection.context;
  }
  set context(context: ContextSettings) {
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

  /** Python: `session_reused`. False before the handshake is done. */
  get sessionReused(): boolean {
    return this.#connection.info?.resumed ?? false;
  }

  /** Whether the handshake is done. */
  get handshakeDone(): boolean {
    return this.#connection.handshakeDone;
  }

  /** Python: `version`. Null before the handshake is done. */
  version(): TlsVersion | null {
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
   * Not in Python: RFC 8446 2.3. On a server the next early data (0-RTT) of the
   * client, null when there is none. **Anyone who recorded it may have sent it
   * again**: take it for what may be done twice only.
   */
  readEarlyData(): Uint8Array | null {
    return this.#connection.takeEarlyData() ?? null;
  }

  /**
   * What became of early data: null before the handshake is done. A client
   * whose early data was "rejected" sends it again.
   */
  get earlyDataOutcome(): EarlyDataOutcome | null {
    return this.#connection.info?.earlyData ?? null;
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
  getPeerPublicKey(): Uint8Array | null {
    const { info } = this.#connection;
    if (info === undefined) throw handshakeNotDone();
    return info.peerRawPublicKey?.der.slice() ?? null;
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
   */
  getPeerCert(options: { readonly binary: true }): Uint8Array | null;
  getPeerCert(options: { readonly unverified: true }): CertificateInfo | null;
  getPeerCert(options?: {
    readonly binary?: false;
  }): CertificateInfo | UnverifiedCertificate | null;
  getPeerCert(
    options: { readonly binary?: boolean; readonly unverified?: boolean } = {},
  ) {
    const { info } = this.#connection;
    if (info === undefined) throw handshakeNotDone();
    if (info.peer === undefined) return null;
    const { leaf, verified } = info.peer;
    if (options.binary === true) return leaf.der.slice();
    if (!verified && options.unverified !== true) return {};
    return certificateInfo(leaf);
  }

  /**
   * Python 3.13: `get_verified_chain`. DER from the leaf to what is trusted;
   * empty when this library did not verify.
   *
   * @throws SSLError ERR_HANDSHAKE_NOT_DONE
   */
  getVerifiedChain(): Uint8Array[] {
    return ders(this.#peerChain()?.path);
  }

  /**
   * Python 3.13: `get_unverified_chain`. DER as the peer sent it.
   *
   * @throws SSLError ERR_HANDSHAKE_NOT_DONE
   */
  getUnverifiedChain(): Uint8Array[] {
    return ders(this.#peerChain()?.received);
  }

  /**
   * Python: `get_channel_binding`; the array is the caller's. Null before the
   * handshake is done. `tls-unique` is of RFC 5929 3, and null in TLS 1.3, which
   * does not define it (RFC 9266 1).
   * `tls-server-end-point` is of RFC 5929 4, `tls-exporter` of RFC 9266. In TLS
   * 1.2 a session that went on without extended_master_secret (RFC 7627) has
   * neither `tls-unique` nor `tls-exporter`.
   *
   * @throws RangeError for another type
   */
  getChannelBinding(
    type: ChannelBindingType = "tls-unique",
  ): Uint8Array | null {
    if (!CHANNEL_BINDING_TYPES.includes(type))
      throw new RangeError(
        `${JSON.stringify(type)} channel binding type not implemented`,
      );
    const connection = this.#connection;
    if (connection.info === undefined) return null;
    const { tlsUnique, version } = connection.info;
    if (type === "tls-unique") return tlsUnique?.slice() ?? null;
    // RFC 9266 4.2, RFC 7627 5.4: a master secret that others may share.
    if (type === "tls-exporter" && version === "TLSv1.2" && !tlsUnique)
      return null;
    // RFC 9266 2: the context is an empty string, in TLS 1.2 not the same as none.
    if (type === "tls-exporter")
      return connection.exportKeyingMaterial(
        "EXPORTER-Channel-Binding",
        new Uint8Array(0),
        32,
      );
    return endPointOf(connection);
  }

  /**
   * RFC 8446 7.5 and RFC 5705 4: key material that both sides can derive.
   *
   * @param context in TLS 1.3 an undefined one is as an empty one, in TLS 1.2
   *   it is not
   * @throws SSLError ERR_HANDSHAKE_NOT_DONE
   */
  exportKeyingMaterial(
    length: number,
    label: string,
    context?: Uint8Array,
  ): Uint8Array {
    return this.#connection.exportKeyingMaterial(label, context, length);
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

function ders(chain: readonly Certificate[] = []): Uint8Array[] {
  return chain.map((certificate) => certificate.der.slice());
}

/** RFC 5929 4; of the handshake that showed the certificate. */
function endPointOf(connection: Connection): Uint8Array | null {
  const { info, serverSide, context } = connection;
  const { leaf } = info?.peer ?? {};
  const shown = serverSide ? info?.credential : leaf && { chain: [leaf.der] };
  const bytes = info?.serverEndPoint ?? serverEndPoint(context.provider, shown);
  return bytes.length === 0 ? null : bytes.slice();
}
