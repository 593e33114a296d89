/** The questions about a secure connection that Node's `TLSSocket` answers. */
import { Buffer } from "node:buffer";
import type { X509Certificate } from "node:crypto";
import type {
  CipherNameAndProtocol,
  DetailedPeerCertificate,
  EphemeralKeyInfo,
  PeerCertificate,
} from "node:tls";
import type { Connection } from "../ssl/connection/connection.ts";
import { engineSession, type SSLSession } from "../ssl/context/session.ts";
import { cipherOf, ephemeralKeyOf, sharedSigalgs } from "./peer/answers.ts";
import {
  certificateObject,
  type NoCertificate,
  x509Certificate,
} from "./peer/certificates.ts";
import {
  requireBytes,
  requireText,
  requireWhole,
  viewOf,
} from "./base/checks.ts";
import { nodeError } from "./base/errors.ts";
import { SecureSocket } from "./socket/secure-socket.ts";

/** A handshake message Finished, and the bytes before its verify_data. */
const FINISHED = 20;
const HANDSHAKE = 22;
const MESSAGE_HEADER = 4;

export abstract class AnsweringSocket extends SecureSocket {
  #sentFinished: Buffer | undefined;
  #receivedFinished: Buffer | undefined;

  /** DER of the peer's chain, leaf first. */
  protected abstract peerChain(): readonly Uint8Array[];

  /** Notes both sides' Finished; the handshake over, nothing is observed. */
  protected watchFinished(connection: Connection): void {
    connection.messages.callback = (_connection, message) => {
      const { contentType, messageType, direction, bytes } = message;
      if (contentType !== HANDSHAKE || messageType !== FINISHED) return;
      const verifyData = Buffer.from(bytes.subarray(MESSAGE_HEADER));
      if (direction === "write") this.#sentFinished = verifyData;
      else this.#receivedFinished = verifyData;
    };
  }

  /** The suite, by OpenSSL's and IANA's names; undefined before the handshake. */
  getCipher(): CipherNameAndProtocol {
    const info = this.connection?.info;
    // Node's types know of no connection without a suite.
    return info === undefined
      ? { name: "(NONE)", standardName: "(NONE)", version: "(NONE)" }
      : cipherOf(info.cipherSuite);
  }

  /** "TLSv1.3" or "TLSv1.2"; null before the handshake is done. */
  getProtocol(): string | null {
    return this.connection?.info?.version ?? null;
  }

  /**
   * On a client the kind and size of the server's key of the exchange, empty where
   * Node has no kind for it; null on a server.
   */
  getEphemeralKeyInfo(): EphemeralKeyInfo | object | null {
    if (this.isServer) return null;
    return ephemeralKeyOf(this.connection?.info?.group);
  }

  /** On a server the signature algorithms that both sides have, best first. */
  getSharedSigalgs(): string[] {
    const connection = this.connection;
    const hello = connection?.info?.clientHello;
    return sharedSigalgs(
      connection?.rules?.config.signatureSchemes ?? [],
      hello?.extensions.signature_algorithms ?? [],
    );
  }

  /** True where the connection was resumed from a session. */
  isSessionReused(): boolean {
    return this.connection?.info?.resumed ?? false;
  }

  /** The session of the connection, once there is one to resume. */
  protected get ownSession(): SSLSession | undefined {
    return this.connection?.session ?? undefined;
  }

  /** On a client the newest ticket; undefined where there is none. */
  getTLSTicket(): Buffer | undefined {
    const { ownSession, connection } = this;
    if (this.isServer || ownSession === undefined || connection === undefined)
      return undefined;
    const ticket = engineSession(ownSession, connection.context)?.ticket;
    return ticket === undefined || ticket.length === 0
      ? undefined
      : Buffer.from(ticket);
  }

  /** The verify_data of the Finished that this side sent; undefined before. */
  getFinished(): Buffer | undefined {
    return this.#sentFinished;
  }

  /** The verify_data of the Finished that the peer sent; undefined before. */
  getPeerFinished(): Buffer | undefined {
    return this.#receivedFinished;
  }

  /**
   * The peer's certificate as an object, empty where it showed none; null on a
   * socket that is destroyed.
   *
   * @param detailed whether the issuers are linked to it
   */
  getPeerCertificate(detailed: true): DetailedPeerCertificate;
  getPeerCertificate(detailed?: false): PeerCertificate;
  getPeerCertificate(
    detailed?: boolean,
  ): PeerCertificate | DetailedPeerCertificate;
  getPeerCertificate(
    detailed = false,
  ): PeerCertificate | DetailedPeerCertificate | NoCertificate | null {
    if (this.destroyed) return null;
    return certificateObject(this.peerChain(), detailed);
  }

  /** This side's certificate as an object, empty where it showed none. */
  getCertificate(): PeerCertificate | object | null {
    if (this.destroyed) return null;
    return certificateObject(this.#ownChain(), false);
  }

  /** The peer's certificate; undefined where it showed none. */
  getPeerX509Certificate(): X509Certificate | undefined {
    return this.destroyed ? undefined : x509Certificate(this.peerChain());
  }

  /** This side's certificate; undefined where it showed none. */
  getX509Certificate(): X509Certificate | undefined {
    return this.destroyed ? undefined : x509Certificate(this.#ownChain());
  }

  #ownChain(): readonly Uint8Array[] {
    return this.connection?.info?.credential?.chain ?? [];
  }

  /**
   * Key material that both sides can derive, RFC 9846 7.5 and RFC 5705.
   *
   * @param length bytes
   * @throws TypeError ERR_INVALID_ARG_TYPE, RangeError ERR_OUT_OF_RANGE, and Error
   *   ERR_TLS_INVALID_STATE before the handshake is done
   */
  exportKeyingMaterial(
    length: number,
    label: string,
    context?: NodeJS.ArrayBufferView,
  ): Buffer {
    requireWhole("length", length, 1, 2 ** 32 - 1);
    requireText("label", label);
    if (context !== undefined) requireBytes("context", context);
    if (!this.isSecure || this.facts === undefined)
      throw nodeError(
        "ERR_TLS_INVALID_STATE",
        "exportKeyingMaterial: TLS socket connection must be securely established; wait for secureConnect",
      );
    return Buffer.from(
      this.facts.exportKeyingMaterial(
        label,
        length,
        context && viewOf(context),
      ),
    );
  }
}
