/** What a context says about extensions that Python's `ssl` does not have. */
import type { CertificateCompression } from "../handshake/compression-row.ts";
import type { EchClient, EchServer } from "../handshake/ech.ts";
import type { RawKeyVerifier } from "../x509/raw-key.ts";
import type { TransparencyPolicy } from "../x509/transparency.ts";
import { Protocol } from "./constants.ts";
import type { ContextState } from "./context-state.ts";
import type {
  ExtensionChoices,
  OcspStapling,
  RecordPadding,
} from "./extension-state.ts";
import { loadRawPublicKey, type RawPublicKeySource } from "./key-material.ts";
import { contextState } from "./protocol-settings.ts";
import { SessionSettings } from "./session-settings.ts";

/** Those that a context can be given when it is made. */
export type ExtensionOptions = Partial<ExtensionChoices>;

/**
 * The part of a context that Python has nothing for. All of it is off until it
 * is set, and what it needs is brought by what it is set to: nothing of it is
 * loaded by a program that does without.
 */
export class ExtensionSettings extends SessionSettings {
  get #state(): ContextState {
    return contextState(this);
  }

  /**
   * Encrypted Client Hello, RFC 9849, of `puretls/ech`. On a server: its keys
   * (`echServer()`). On a client: what its connections send where they are not
   * told otherwise, as `echGrease()`; a name is hidden by the option of the same
   * name of `wrapSocket()` and `wrapBio()`, since keys belong to one host. A
   * refused client throws ECH_REJECTED with `echRetryConfigs`; the name never
   * goes out in the clear. Null: none.
   *
   * @throws TypeError for what is neither
   * @throws RangeError for a server's on a context for clients and the reverse
   *
   * @example
   * ```ts
   * import { SSLContext } from "puretls";
   * import { noble } from "puretls/crypto/noble";
   * import { createEchKey, echGrease, echServer } from "puretls/ech";
   *
   * const key = createEchKey({ provider: noble, publicName: "front.example" });
   * const server = new SSLContext({ protocol: "tlsServer" });
   * server.encryptedClientHello = echServer({ provider: noble, keys: [key] });
   * const client = new SSLContext({ encryptedClientHello: echGrease() });
   * if (client.encryptedClientHello === null) throw new Error();
   * ```
   */
  get encryptedClientHello(): EchClient | EchServer | null {
    return this.#state.extensions.encryptedClientHello;
  }
  set encryptedClientHello(ech: EchClient | EchServer | null) {
    const isClient = isObjectWith(ech, "begin");
    if (ech !== null && !isClient && !isObjectWith(ech, "open"))
      throw new TypeError(
        "encryptedClientHello: what echClient(), echGrease() or echServer() makes is wanted",
      );
    const { protocol } = this;
    const wrong = isClient
      ? Protocol.PROTOCOL_TLS_SERVER
      : Protocol.PROTOCOL_TLS_CLIENT;
    if (ech !== null && protocol === wrong)
      throw new RangeError(
        `encryptedClientHello: this is a ${isClient ? "client" : "server"}'s, and the context is for the other side`,
      );
    this.#set({ encryptedClientHello: ech });
  }

  /**
   * How certificates may be compressed on the way, RFC 8879, best first: rows of
   * `puretls/compression` or `puretls/compression/node`. Default none.
   *
   * @throws TypeError for what is no list of rows
   */
  get certificateCompression(): readonly CertificateCompression[] {
    return this.#state.extensions.certificateCompression;
  }
  set certificateCompression(rows: readonly CertificateCompression[]) {
    if (!Array.isArray(rows) || !rows.every(isCompression))
      throw new TypeError(
        "certificateCompression: rows of puretls/compression are wanted",
      );
    this.#set({ certificateCompression: rows.slice() });
  }

  /**
   * Whether the peer is asked for a stapled OCSP response, RFC 6066 8. "request":
   * one that comes is judged, and a certificate that promises one (RFC 7633)
   * must have it. "require": there must be one. What this side staples is given
   * to `loadCertChain()`. Default "off", as in Python.
   *
   * @throws RangeError for another word
   */
  get ocspStapling(): OcspStapling {
    return this.#state.extensions.ocspStapling;
  }
  set ocspStapling(value: OcspStapling) {
    if (value !== "off" && value !== "request" && value !== "require")
      throw new RangeError(`ocspStapling: ${String(value)} is no choice`);
    this.#set({ ocspStapling: value });
  }

  /**
   * Which logs of Certificate Transparency must have seen the peer's
   * certificate, RFC 6962: what `requireTimestamps()` of `puretls/x509` makes.
   * The peer is asked for timestamps then. Null: none.
   *
   * @throws TypeError for what is no policy
   */
  get transparency(): TransparencyPolicy | null {
    return this.#state.extensions.transparency;
  }
  set transparency(policy: TransparencyPolicy | null) {
    if (policy !== null && !isObjectWith(policy, "check"))
      throw new TypeError("transparency: one with check() is wanted");
    this.#set({ transparency: policy });
  }

  /**
   * Takes bare public keys of the peer in place of certificates, RFC 7250, and
   * judges them: what `trustRawPublicKeys()` of `puretls/x509` makes. The name
   * is not checked for a key that is known. Null: certificates alone.
   *
   * @throws TypeError for what is no judge of keys
   */
  get rawPublicKeys(): RawKeyVerifier | null {
    return this.#state.extensions.rawPublicKeys;
  }
  set rawPublicKeys(verifier: RawKeyVerifier | null) {
    if (verifier !== null && !isObjectWith(verifier, "verify"))
      throw new TypeError("rawPublicKeys: one with verify() is wanted");
    this.#set({ rawPublicKeys: verifier });
  }

  /**
   * A key to show as such where the peer takes one, RFC 7250, beside the
   * certificates.
   *
   * @throws TypeError without a key
   * @throws SSLError for a key that cannot be read
   *
   * @example
   * ```ts
   * import { SSLContext } from "puretls";
   * import { noble as provider } from "puretls/crypto/noble";
   * import { generateKey } from "puretls/pki";
   *
   * const key = generateKey({ provider, type: "ed25519" });
   * const context = new SSLContext({ protocol: "tlsServer" });
   * context.loadRawPublicKey({
   *   publicKey: key.publicKeyInfo(),
   *   key: key.toPem(),
   * });
   * ```
   */
  loadRawPublicKey(source: RawPublicKeySource): void {
    this.#state.addCredential(
      loadRawPublicKey(this.provider, source, this.#state.platform),
    );
  }

  /**
   * How records of TLS 1.3 are made longer, so that their length says less, RFC
   * 8446 5.4: a number fills them up to a multiple of so many bytes (OpenSSL's
   * `block_padding`), a function is told how many bytes there are and answers
   * how many zeros to add. Null: none.
   *
   * @throws TypeError for what is neither
   * @throws RangeError for a number that is not from 1 to 16384
   */
  get padding(): RecordPadding | null {
    return this.#state.extensions.padding;
  }
  set padding(padding: RecordPadding | null) {
    if (typeof padding === "number") {
      if (!Number.isInteger(padding) || padding < 1 || padding > 2 ** 14)
        throw new RangeError("padding: from 1 to 16384 bytes");
    } else if (padding !== null && typeof padding !== "function")
      throw new TypeError("padding: a number or a function is wanted");
    this.#set({ padding });
  }

  /**
   * The most bytes of a record that the peer is to send, RFC 8449, 64 to 16385:
   * for a side with little memory. A server may say it to clients that say it
   * too. Null: no word about it.
   *
   * @throws RangeError for another number
   */
  get recordSizeLimit(): number | null {
    return this.#state.extensions.recordSizeLimit;
  }
  set recordSizeLimit(limit: number | null) {
    if (
      limit !== null &&
      !(Number.isInteger(limit) && limit >= 64 && limit <= 2 ** 14 + 1)
    )
      throw new RangeError("recordSizeLimit: from 64 to 16385 bytes");
    this.#set({ recordSizeLimit: limit });
  }

  /** Sets those that are given. */
  protected applyExtensions(options: ExtensionOptions): void {
    if (options.encryptedClientHello !== undefined)
      this.encryptedClientHello = options.encryptedClientHello;
    if (options.certificateCompression !== undefined)
      this.certificateCompression = options.certificateCompression;
    if (options.ocspStapling !== undefined)
      this.ocspStapling = options.ocspStapling;
    if (options.transparency !== undefined)
      this.transparency = options.transparency;
    if (options.rawPublicKeys !== undefined)
      this.rawPublicKeys = options.rawPublicKeys;
    if (options.padding !== undefined) this.padding = options.padding;
    if (options.recordSizeLimit !== undefined)
      this.recordSizeLimit = options.recordSizeLimit;
  }

  #set(change: ExtensionOptions): void {
    this.#state.extensions = { ...this.#state.extensions, ...change };
  }
}

function isObjectWith(value: unknown, method: string): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof Reflect.get(value, method) === "function"
  );
}

function isCompression(row: unknown): boolean {
  return isObjectWith(row, "compress") && isObjectWith(row, "decompress");
}
