/** Whole handshakes by puretls, for what a server says under encryption alone. */
import type { ProtocolMessage } from "../../engine/index.ts";
import { createDefaultContext } from "../../net/node.ts";
import type { SSLSession } from "../../ssl/context/session.ts";
import { SSLError } from "../../ssl/errors/errors.ts";
import type { SSLContext } from "../../ssl/ssl-context.ts";
import type { SSLSocket } from "../../ssl/socket/ssl-socket.ts";
import {
  ContentType,
  ExtensionType,
  HandshakeType,
} from "../../wire/code-points.ts";
import { Reader } from "../../wire/reader.ts";
import type { Caller } from "./calls.ts";

export interface Ticket {
  /** Seconds. */
  readonly lifetime: number;
  /** Bytes of early data that it allows; 0: none. */
  readonly maxEarlyData: number;
}

/** A connection that was agreed on. */
export interface Met {
  readonly group: string | null;
  readonly alpn: string | null;
  /** The scheme that the server signed with. */
  readonly scheme: number | undefined;
  /** DER, the leaf first. */
  readonly certificates: readonly Uint8Array[];
  readonly staple: boolean;
  readonly timestamps: boolean;
  /** The algorithm of a CompressedCertificate. */
  readonly compression: number | undefined;
  /** Extensions of EncryptedExtensions. */
  readonly extensions: ReadonlyMap<number, Uint8Array>;
  readonly tickets: readonly Ticket[];
  readonly asksForCertificate: boolean;
  readonly retried: boolean;
  readonly resumed: boolean;
  readonly sessions: readonly SSLSession[];
}

export interface Refused {
  /** The alert's name, the error's code or its message. */
  readonly refused: string;
}

/** The offer of a handshake. */
export interface Offer {
  readonly version: "1.2" | "1.3";
  readonly groups?: readonly string[];
  readonly schemes?: readonly string[];
  readonly alpn?: readonly string[];
  /** Milliseconds to wait for tickets; none: the connection ends at once. */
  readonly wait?: number;
  readonly session?: SSLSession;
  /** Further settings of the context. */
  readonly set?: (context: SSLContext) => void;
  /** A context of a handshake before, whose session is offered. */
  readonly context?: SSLContext;
}

/** A context that takes any server: the certificate is judged apart. */
export function contextFor(offer: Offer): SSLContext {
  const context = createDefaultContext({ env: {}, ca: [] });
  context.checkHostname = false;
  context.verifyMode = "none";
  context.minimumVersion = `TLSv${offer.version}`;
  context.maximumVersion = `TLSv${offer.version}`;
  context.setCiphers("ALL:@SECLEVEL=0");
  if (offer.groups !== undefined) context.setGroups(offer.groups);
  if (offer.schemes !== undefined) context.signatureAlgorithms = offer.schemes;
  if (offer.alpn !== undefined) context.setAlpnProtocols(offer.alpn);
  offer.set?.(context);
  return context;
}

/**
 * Shakes hands once; what the server refuses is no error.
 *
 * @throws TooManyCalls, and why there is no connection
 */
export async function shakeHands(
  caller: Caller,
  serverName: string,
  offer: Offer,
): Promise<Met | Refused> {
  const transport = await caller.open();
  const context = offer.context ?? contextFor(offer);
  const notes = new Notes();
  const sessions: SSLSession[] = [];
  context.messageCallback = (_, message) => {
    notes.take(message);
  };
  context.onSession = (session) => {
    sessions.push(session);
  };
  const socket = context.wrapSocket(transport, {
    serverHostname: serverName,
    suppressRaggedEofs: true,
    doHandshakeOnConnect: false,
    ...(offer.session !== undefined && { session: offer.session }),
  });
  const { timeout, signal } = caller;
  try {
    await socket.doHandshake({ timeout, signal });
    if (offer.wait !== undefined)
      // It ends with the first bytes, the end, or after that time.
      await socket.recv(1, { timeout: offer.wait }).catch(() => undefined);
    return notes.met(socket, sessions);
  } catch (error) {
    signal.throwIfAborted();
    return { refused: wordOf(error) };
  } finally {
    await socket.close({ timeout: 200 }).catch(() => undefined);
    socket.destroy();
  }
}

/** Tells an outcome that was agreed on. */
export function isMet(outcome: Met | Refused): outcome is Met {
  return !("refused" in outcome);
}

function wordOf(error: unknown): string {
  if (error instanceof SSLError)
    return error.alert?.name ?? error.reason ?? error.code;
  return error instanceof Error ? error.message : String(error);
}

/** The messages of a server, as far as they are of interest. */
class Notes {
  #scheme: number | undefined;
  #staple = false;
  #timestamps = false;
  #compression: number | undefined;
  #extensions: ReadonlyMap<number, Uint8Array> = new Map();
  #asks = false;
  #hellos = 0;
  readonly #tickets: Ticket[] = [];

  take({ direction, contentType, bytes, version }: ProtocolMessage): void {
    if (direction !== "read" || contentType !== ContentType.handshake) return;
    const [type] = bytes;
    const body = new Reader(bytes.subarray(4), "message");
    switch (type) {
      case HandshakeType.server_hello:
        this.#hellos++;
        return;
      case HandshakeType.encrypted_extensions:
        this.#extensions = extensionsIn(body);
        return;
      case HandshakeType.certificate_request:
        this.#asks = true;
        return;
      case HandshakeType.compressed_certificate:
        this.#compression = body.u16();
        return;
      case HandshakeType.certificate:
        if (version === 0x0304) this.#certificate(body);
        return;
      case HandshakeType.certificate_status:
        this.#staple = true;
        return;
      case HandshakeType.certificate_verify:
        this.#scheme = body.u16();
        return;
      case HandshakeType.new_session_ticket:
        this.#ticket(body, version);
        return;
    }
  }

  met(socket: SSLSocket, sessions: readonly SSLSession[]): Met {
    return {
      group: socket.group(),
      alpn: socket.selectedAlpnProtocol(),
      scheme: this.#scheme,
      certificates: socket.getUnverifiedChain(),
      staple: this.#staple,
      timestamps: this.#timestamps,
      compression: this.#compression,
      extensions: this.#extensions,
      tickets: this.#tickets,
      asksForCertificate: this.#asks,
      retried: this.#hellos > 1,
      resumed: socket.sessionReused === true,
      sessions,
    };
  }

  #certificate(body: Reader): void {
    body.opaque8();
    const [leaf] = body.list24((entry) => {
      entry.opaque24();
      return extensionsIn(entry);
    });
    this.#staple = leaf?.has(ExtensionType.status_request) === true;
    this.#timestamps =
      leaf?.has(ExtensionType.signed_certificate_timestamp) === true;
  }

  #ticket(body: Reader, version: number): void {
    const lifetime = body.u32();
    if (version !== 0x0304) {
      this.#tickets.push({ lifetime, maxEarlyData: 0 });
      return;
    }
    body.u32();
    body.opaque8();
    body.opaque16();
    const early = extensionsIn(body).get(ExtensionType.early_data);
    this.#tickets.push({
      lifetime,
      maxEarlyData:
        early === undefined ? 0 : new Reader(early, "early_data").u32(),
    });
  }
}

function extensionsIn(reader: Reader): ReadonlyMap<number, Uint8Array> {
  return new Map(
    reader.list16((entry) => [entry.u16(), entry.opaque16().slice()] as const),
  );
}
