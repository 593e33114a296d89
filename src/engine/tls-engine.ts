/**
 * TlsEngine joins the two halves of the record layer and the handshake
 * machine. It is sans-IO and synchronous: bytes in, bytes and events out.
 * Whatever a peer sends, nothing is thrown: the one catch is in `Steps` of flags.ts.
 */
import { type Bytes, type BytesLike, NO_BYTES, viewBytes } from "../bytes.ts";
import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import { cloneState } from "./clone-state.ts";
import type { ClientConfig, ServerConfig } from "../handshake/config/config.ts";
import type {
  ConnectionInfo,
  HandshakeIo,
  Need,
} from "../handshake/machine/io.ts";
import { exportEarlyKeyingMaterial, exportKeyingMaterial } from "./exporter.ts";
import type { ConnectionState } from "./connection-state.ts";
import type { Answer } from "./answer.ts";
import { owesKeyUpdate } from "../handshake/tls13/key-update.ts";
import type { MessageObserverCallback } from "../record/message-observer.ts";
import type { PlainRecord } from "../record/protection.ts";
import { ContentType } from "../wire/code-points.ts";
import { sendCloseNotify, takeAlert } from "./alerts.ts";
import { endHint } from "./end-hints.ts";
import { type EngineEvent, EventQueue } from "./events.ts";
import * as gate from "./flags.ts";
import { endConnection } from "./forget.ts";
import { Handshake } from "./handshake.ts";
import { EngineIo } from "./handshake-io.ts";
import {
  cloneParts,
  EngineSnapshot,
  type Flags,
  newFlags,
  newParts,
  type Parts,
} from "./parts.ts";

/**
 * One TLS connection without its transport.
 *
 * Give it what the transport received ({@link receive}, {@link receiveEof}),
 * send what {@link takeOutput} returns after each call, failed ones too, and
 * take the events until there are none. The arrays handed in are neither kept
 * nor changed; those handed out belong to the caller. Callbacks run in the middle
 * of a call, and may themselves call {@link close} and {@link abandon} alone.
 *
 * @example
 * ```ts
 * import { createClientConfig, TlsEngine } from "puretls/engine";
 * import { noble } from "puretls/crypto/noble";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const trustStore = new TrustStore();
 * const verifier = createVerifier({ provider: noble, trustStore });
 * const config = createClientConfig({ provider: noble, verifier });
 * const engine = TlsEngine.client(config, "example.org");
 * const clientHello = engine.takeOutput(); // goes to the transport
 * if (clientHello[0] !== 22) throw new Error("not a handshake record");
 * ```
 */
export class TlsEngine {
  readonly #parts: Parts;
  readonly #flags: Flags;
  readonly #events: EventQueue;
  readonly #handshake: Handshake;
  readonly #steps: gate.Steps;

  private constructor(
    parts: Parts,
    flags: Flags,
    events: EventQueue,
    begin: (io: HandshakeIo) => ConnectionState,
  ) {
    this.#parts = parts;
    this.#flags = flags;
    this.#events = events;
    const io = new EngineIo(parts, flags, (event) => {
      gate.noteEvent(flags, event, parts.environment.limits);
      events.push(event);
    });
    this.#steps = new gate.Steps(parts.observer, (error) => this.#fail(error));
    const { machines } = parts.protocol;
    this.#handshake = new Handshake(machines, io, begin(io));
  }

  /**
   * A client, its ClientHello written.
   *
   * @param serverName DNS name (A-labels) or IP literal: goes into SNI (names
   *   only) and to the verifier. Undefined: neither.
   */
  static client(
    config: ClientConfig,
    serverName?: string,
    messageCallback?: MessageObserverCallback,
  ): TlsEngine {
    const parts = newParts(config, "client", messageCallback);
    // RFC 9846 5: TLS 1.3 drops what in TLS 1.2 would be out of place.
    if (config.versions.includes("TLSv1.3"))
      parts.read.changeCipherSpec = "dropped";
    const engine = new TlsEngine(parts, newFlags(), new EventQueue(), (io) =>
      parts.protocol.begin(config, serverName, io),
    );
    engine.#steps.guard(() => engine.#pump());
    parts.write.setFinalRecordVersion();
    return engine;
  }

  /** A server that waits for a ClientHello. */
  static server(
    config: ServerConfig,
    messageCallback?: MessageObserverCallback,
  ): TlsEngine {
    const parts = newParts(config, "server", messageCallback);
    parts.write.setFinalRecordVersion();
    return new TlsEngine(parts, newFlags(), new EventQueue(), (io) =>
      parts.protocol.begin(config, undefined, io),
    );
  }

  /** A connection that goes on from where {@link TlsEngine.snapshot} was taken. */
  static restore(snapshot: EngineSnapshot<TlsEngine>): TlsEngine {
    return snapshot.restore();
  }

  /**
   * The connection as it is, to be restored any number of times: to fork, to
   * replay, to teach. It holds secrets. Two restored connections that both
   * write to the same peer reuse nonces: never do that on a live connection.
   */
  snapshot(): EngineSnapshot<TlsEngine> {
    this.#steps.requireNone("snapshot");
    const kept = this.#fork();
    return new EngineSnapshot(() => kept.#fork());
  }

  /** The RFC's name of the state that the handshake is in. */
  get state(): string {
    return this.#handshake.state.at;
  }

  // [9846-F.5-04]
  /**
   * The parameters that were negotiated; undefined until the handshake is done.
   */
  get info(): ConnectionInfo | undefined {
    return this.#flags.info;
  }

  /** The error that ended the connection; undefined while it is open. */
  get error(): TlsError | undefined {
    return this.#flags.failed;
  }

  /**
   * The pending request that the program must answer before the handshake
   * continues.
   */
  get need(): Need | undefined {
    return this.#flags.failed ? undefined : this.#handshake.need;
  }

  /**
   * Called with the header of each record, and with each handshake message,
   * alert and change_cipher_spec, as it is sent or received, in the middle of a
   * step. One that throws is not called again: `callback_failed` ends the connection.
   */
  get messageCallback(): MessageObserverCallback | undefined {
    return this.#parts.observer.callback;
  }
  set messageCallback(callback: MessageObserverCallback | undefined) {
    this.#parts.observer.callback = callback;
  }

  /** Tells whether {@link write} would accept data. */
  get canWrite(): boolean {
    return gate.isOpen(this.#flags);
  }

  /** Bytes that {@link writeEarlyData} would take at the moment. */
  get earlyDataLeft(): number {
    return gate.earlyDataLeft(this.#flags, this.#parts.write);
  }

  /** Tells whether {@link takeOutput} would return something. */
  get hasOutput(): boolean {
    return this.#parts.write.pending;
  }

  /** Takes ciphertext, in any split. Never throws on what a peer sent. */
  receive(ciphertext: BytesLike): void {
    this.#steps.requireNone("receive");
    const bytes = viewBytes(ciphertext, "receive: ciphertext");
    const { read, environment } = this.#parts;
    const { failed, readClosed } = this.#flags;
    const most = environment.limits.inputWhileWaiting;
    // Bytes after close_notify are buffered for takeTrailing(), up to a limit.
    if (failed || (readClosed && read.buffered > most)) return;
    this.#steps.guard(() => {
      read.push(bytes);
      this.#pump();
      if (this.need !== undefined && read.buffered > most)
        throw new TlsError(reason.too_much_input_while_waiting);
    });
    read.settle();
  }

  /** The transport ended: a truncation unless close_notify was seen. */
  receiveEof(): void {
    if (!this.#flags.readClosed) this.abandon();
  }

  /**
   * Protects application data. A server of TLS 1.3 that asks for no certificate
   * may do so behind its Finished, to a client that may be a replay (0.5-RTT).
   *
   * @param room where the records go if they fit: what {@link takeOutput}
   *   returns may lie in there, and is good until the caller uses it again
   * @throws TlsUsageError before the handshake is done, after {@link close}
   *   and after a failure
   */
  write(plaintext: BytesLike, room?: BytesLike): void {
    this.#steps.requireNone("write");
    const bytes = viewBytes(plaintext, "write: plaintext");
    const into = room && viewBytes(room, "write: room");
    gate.requireOpen(this.#flags, "write");
    const { write } = this.#parts;
    this.#steps.guard(() => {
      for (let at = 0; at < bytes.length;) {
        if (write.wornOut || owesKeyUpdate(this.#handshake.state))
          this.#command(false); // [9846-1.2-01] [9846-4.7.3-05a] [9846-5.5-01a]
        write.requireKey();
        const part = bytes.subarray(at, at + write.contentLeft);
        write.write(ContentType.application_data, part, into);
        at += part.length;
      }
    });
  }

  /**
   * Sends early data (0-RTT), of which a config with `earlyData: true` has a
   * say: after {@link client} until the server's Finished, up to
   * {@link earlyDataLeft} bytes. Anyone who records it can send it again, and it
   * has no forward secrecy: never write what must not be done twice (RFC 9846 8
   * and E.5). When `info.earlyData` says "rejected", write it again.
   *
   * @throws TlsUsageError when there is no room for all of it; nothing is sent
   */
  writeEarlyData(plaintext: BytesLike): void {
    this.#steps.requireNone("writeEarlyData");
    const bytes = viewBytes(plaintext, "writeEarlyData: plaintext");
    const { write } = this.#parts;
    gate.reserveEarlyData(this.#flags, write, bytes.length);
    this.#steps.guard(() => {
      if (bytes.length > 0) write.write(ContentType.application_data, bytes);
    });
  }

  /** Bytes to send, perhaps none. Always send them. */
  takeOutput(): Bytes {
    return this.#steps.run(() => this.#parts.write.takeOutput());
  }

  /** The next thing to know, undefined when there is nothing more. */
  nextEvent(): EngineEvent | undefined {
    return gate.noteTaken(this.#flags, this.#events.next());
  }

  /**
   * Answers the need that was told last.
   *
   * @throws TlsUsageError for an answer that does not fit it; nothing moves
   */
  resume(answer: Answer): void {
    this.#steps.requireNone("resume");
    const { need } = this;
    // Reading an answer may run a program's code, as of a getter.
    const own = this.#steps.run(() => this.#handshake.read(need, answer));
    this.#steps.guard(() => {
      if (need === undefined) return;
      this.#flags.asked = false;
      this.#handshake.answer(need, own);
      this.#pump();
    });
    this.#parts.read.settle();
  }

  /**
   * Changes this side's write keys (RFC 9846 4.7.3); `askPeer` wants the peer's
   * too, and asks once until it has come.
   *
   * @throws TlsUsageError as {@link write} does, and in TLS 1.2, which has none
   */
  updateKeys(askPeer: boolean): void {
    this.#steps.requireNone("updateKeys");
    gate.requireKeyUpdate(this.#flags);
    this.#steps.guard(() => this.#command(askPeer));
  }

  /**
   * On a server: asks a client that offers it for its certificate (RFC 9846
   * 4.7.2). The event `peer_authenticated` tells what came of it.
   *
   * @throws TlsUsageError where it may not be asked for
   */
  requestCertificate(): void {
    this.#steps.requireNone("requestCertificate");
    gate.requireCertificateRequest(this.#flags, this.#handshake.state);
    this.#steps.guard(() => this.#handshake.advance("request_certificate", {}));
  }

  /**
   * Derives so many bytes that both sides know, RFC 9846 7.5 and RFC 5705 4. No
   * context is in TLS 1.3 the same as an empty one, in TLS 1.2 it is not.
   * @throws TlsUsageError before the handshake is done, after a failure, and for
   *   a label that TLS 1.2 uses itself
   */
  exportKeyingMaterial(
    label: string,
    length: number,
    context?: Uint8Array,
  ): Bytes {
    gate.requireAlive(this.#flags, "exportKeyingMaterial");
    return exportKeyingMaterial(this.#handshake.state, label, length, context);
  }

  // [9846-7.5-02]
  /**
   * Derives so many bytes by the early exporter of RFC 9846 7.5, of the hello that
   * offered early data: they may be replayed as the early data may.
   *
   * @throws TlsUsageError where no early data was offered or it was refused
   */
  exportEarlyKeyingMaterial(
    label: string,
    length: number,
    context?: Uint8Array,
  ): Bytes {
    gate.requireAlive(this.#flags, "exportEarlyKeyingMaterial");
    const { state } = this.#handshake;
    return exportEarlyKeyingMaterial(state, label, length, context);
  }

  /**
   * Says close_notify: no more data from this side. Reading goes on until the
   * peer says so too (RFC 9846 6.1). Before the handshake is done this cancels
   * it, and nothing more is read. Harmless to repeat.
   */
  close(): void {
    const { failed, writeClosed, info } = this.#flags;
    if (failed || writeClosed) return;
    if (this.#steps.putOff(() => this.close())) return;
    this.#flags.writeClosed = true;
    if (info === undefined) this.#flags.readClosed = true;
    this.#steps.guard(() =>
      sendCloseNotify(this.#parts.write, info === undefined),
    );
  }

  /**
   * Gives the connection up and sends nothing: its secrets are forgotten, and so are
   * the sessions that a server stored, unless {@link close} was called before: as by
   * OpenSSL's `SSL_free()`. Harmless to repeat.
   */
  abandon(): void {
    if (this.#flags.failed) return;
    if (this.#steps.putOff(() => this.abandon())) return;
    const hint = endHint(this.#handshake.state);
    // A store that forgets sessions may call this engine.
    this.#steps.run(() => this.#fail(new TlsError(reason.truncated, hint))); // [9846-6.1-08]
  }

  /**
   * Bytes that came behind the peer's close_notify: they are not TLS's any
   * more. Empty before; what is taken is gone.
   */
  takeTrailing(): Bytes {
    return this.#flags.readClosed ? this.#parts.read.takeBuffered() : NO_BYTES;
  }

  #fork(): TlsEngine {
    const state = cloneState(this.#handshake.state);
    const flags = { ...this.#flags };
    const parts = cloneParts(this.#parts);
    return new TlsEngine(parts, flags, this.#events.clone(), () => state);
  }

  #fail(thrown: unknown): void {
    const { state } = this.#handshake;
    endConnection(thrown, state, this.#parts, this.#flags, this.#events);
  }

  /** Goes on until more bytes or an answer are wanted. */
  #pump(): void {
    const { read, joiner } = this.#parts;
    for (;;) {
      if (this.#flags.readClosed || !this.#answerNeeds()) return; // [9846-6.1-01]
      const message = joiner.next();
      if (message !== undefined) {
        this.#handshake.receive(message);
        continue;
      }
      const record = read.next();
      if (record === undefined) return;
      this.#onRecord(record);
    }
  }

  /** Answers needs by the config; true when none is left for the program. */
  #answerNeeds(): boolean {
    if (this.#flags.asked) return false;
    const need = this.#handshake.answerNeeds();
    if (need === undefined) return true;
    this.#flags.asked = true;
    this.#events.push({ type: "need", need });
    return false;
  }

  #onRecord({ type, content }: PlainRecord): void {
    const { joiner } = this.#parts;
    if (type === ContentType.handshake) {
      joiner.push(content);
      return;
    }
    // [9846-5.1-03] [9846-5.1-04] [5246-7.2.1-01] [9846-5-05a] [9846-6-01]
    if (joiner.isPartial) throw new TlsError(reason.interleaved_handshake);
    if (type === ContentType.application_data) this.#onData(content);
    else if (type === ContentType.alert)
      takeAlert(content, this.#flags, this.#handshake.state, this.#events);
    else if (type === ContentType.change_cipher_spec)
      this.#handshake.advance("change_cipher_spec", {});
    else throw new TlsError(reason.unexpected_record_type);
  }

  #onData(bytes: Uint8Array): void {
    const flags = this.#flags;
    const kind = gate.takeData(flags, this.#handshake.state, bytes.length);
    this.#events.pushData(kind, bytes);
    if (kind === "early_data") return;
    if (gate.noteData(flags, bytes.length, this.#parts.read.recordsUnderKey))
      this.#command(true);
  }

  #command(askPeer: boolean): void {
    const asks = gate.asksPeer(this.#flags, askPeer);
    this.#handshake.advance("update_keys", { askPeer: asks });
  }
}
