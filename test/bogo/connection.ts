/** An engine on a wire: the calls of a blocking socket, over events. */
import {
  type ConnectionInfo,
  type Need,
  type ProtocolMessage,
  type Session,
  TlsEngine,
  type TlsError,
} from "../../src/engine/index.ts";
import * as REASONS from "../../src/reasons.ts";
import { answer, type Asked } from "./answers.ts";
import { ContentType, ProtocolVersion } from "../../src/wire/code-points.ts";
import type { Flags } from "./flags.ts";
import { Failure } from "./outcome.ts";
import { clientOf, serverOf, type Setting } from "./settings.ts";
import type { Wire } from "./wire.ts";

/** BoringSSL's SSL3_RT_CLIENT_HELLO_INNER, and the engine's. */
const INNER_HELLO = 258;

/** Of a record's header and of the type that it encrypts there is no line. */
function lineOf(message: ProtocolMessage): string | undefined {
  const { direction, contentType, messageType, bytes, version } = message;
  switch (contentType) {
    case ContentType.change_cipher_spec:
      // BoringSSL's callback is told of no dummy that it drops, which docs/python-ssl.md says of L-01.
      return direction === "read" && version === ProtocolVersion["TLSv1.3"]
        ? undefined
        : `${direction} ccs\n`;
    case ContentType.alert:
      return `${direction} alert ${bytes.join(" ")}\n`;
    case ContentType.handshake:
      return `${direction} hs ${String(messageType)}\n`;
    case INNER_HELLO:
      return `${direction} clienthelloinner\n`;
    default:
      return undefined;
  }
}

export class Connection {
  readonly #setting: Setting;
  #answering: Setting;
  readonly #wire: Wire;
  readonly #engine: TlsEngine;
  readonly #data: Uint8Array[] = [];
  readonly #earlyData: Uint8Array[] = [];
  /** Needs that were answered, by type: each of them once is enough. */
  readonly asked: Asked = { verified: false };
  readonly sessions: Session[] = [];
  /** Lines as BoringSSL's message callback writes them. */
  readonly messages: string[] = [];
  #peerClosed = false;
  /** Needs that wait until all bytes that have arrived were taken in. */
  readonly #waiting: Need[] = [];
  #isReceiving = false;
  /** Early data to write once the engine reaches a state. */
  #later: { readonly state: string; readonly bytes: Uint8Array } | undefined;

  constructor(setting: Setting, wire: Wire) {
    this.#setting = setting;
    this.#answering = setting;
    this.#wire = wire;
    const { flags } = setting;
    const note = (message: ProtocolMessage): void => {
      const line = lineOf(message);
      if (line !== undefined) this.messages.push(line);
    };
    this.#engine = flags.server
      ? TlsEngine.server(serverOf(setting), note)
      : TlsEngine.client(clientOf(setting), flags["host-name"], note);
    this.#flush();
    // What the server says then is no answer to early data any more.
    if (this.earlyDataLeft > 0)
      this.#answering = { ...setting, flags: setting.retryFlags };
  }

  get info(): ConnectionInfo | undefined {
    return this.#engine.info;
  }

  /** Tells whether the peer has sent close_notify. */
  get peerClosed(): boolean {
    return this.#peerClosed;
  }

  /** Bytes of early data that may be written. */
  get earlyDataLeft(): number {
    return this.#engine.earlyDataLeft;
  }

  writeEarlyData(bytes: Uint8Array): void {
    this.#engine.writeEarlyData(bytes);
    this.#flush();
  }

  /** As {@link writeEarlyData}, once a message has led to that state. */
  writeEarlyDataIn(state: string, bytes: Uint8Array): void {
    this.#later = { state, bytes };
  }

  /** As {@link writeEarlyData}, held as {@link writeHeld} holds. */
  writeEarlyDataHeld(bytes: Uint8Array): void {
    this.#engine.writeEarlyData(bytes);
    this.#wire.hold(this.#engine.takeOutput());
  }

  /** Reads and writes until the handshake is done. */
  async handshake(
    onEarlyData: (bytes: Uint8Array) => void,
  ): Promise<ConnectionInfo> {
    for (;;) {
      const early = this.#earlyData.splice(0);
      for (const bytes of early) onEarlyData(bytes);
      const { info } = this.#engine;
      if (info !== undefined) return info;
      if (await this.#more()) continue;
      this.#check();
      throw new Failure("transport_ended");
    }
  }

  /** At most that many bytes; undefined when the peer has ended. */
  async read(most: number): Promise<Uint8Array | undefined> {
    const bytes = await this.peek(most);
    if (bytes === undefined) return undefined;
    const [first, ...rest] = this.#data;
    const left = first?.subarray(bytes.length);
    this.#data.splice(0, Infinity, ...(left?.length ? [left] : []), ...rest);
    return bytes;
  }

  /**
   * Returns the data that the next {@link read} will return, and leaves it
   * there.
   */
  async peek(most: number): Promise<Uint8Array | undefined> {
    for (;;) {
      const [first] = this.#data;
      if (first !== undefined) return first.subarray(0, most);
      this.#check();
      if (this.#peerClosed || !(await this.#more())) return undefined;
    }
  }

  write(bytes: Uint8Array): void {
    this.#check();
    this.#engine.write(bytes);
    this.#flush();
  }

  /** As {@link write}, but all except one byte waits for {@link release}. */
  writeHeld(bytes: Uint8Array): void {
    this.#check();
    this.#engine.write(bytes);
    this.#wire.hold(this.#engine.takeOutput());
  }

  release(): void {
    this.#wire.release();
  }

  updateKeys(): void {
    this.#engine.updateKeys(false);
    this.#flush();
  }

  exportKeyingMaterial(
    label: string,
    length: number,
    context?: Uint8Array,
  ): Uint8Array {
    return this.#engine.exportKeyingMaterial(label, length, context);
  }

  /** Sends close_notify. */
  shutdown(): void {
    this.#engine.close();
    this.#flush();
  }

  /** Receives the next bytes; false at the end of the transport. */
  async #more(): Promise<boolean> {
    const bytes = await this.#wire.receive();
    if (bytes === undefined) {
      // That the end is no close_notify is nothing to complain of here.
      if (this.#engine.error === undefined) return false;
      this.#check();
      return false;
    }
    // One byte at a time is the hardest way to be sent something.
    const { bytewise, late } = this.#setting.flags;
    const step = bytewise ? 1 : bytes.length;
    this.#isReceiving = late;
    for (let at = 0; at < bytes.length; at += step) {
      this.#engine.receive(bytes.subarray(at, at + step));
      this.#flush();
      const later = this.#later;
      if (later?.state !== this.#engine.state) continue;
      this.#later = undefined;
      this.writeEarlyData(later.bytes);
    }
    if (this.#setting.flags.late) await this.#answerLate();
    this.#check();
    return true;
  }

  /**
   * Takes in what else has arrived, answers what was asked, and so on. Where
   * nothing is asked nothing is taken in: the shim may be due to write first.
   */
  async #answerLate(): Promise<void> {
    while (this.#waiting.length > 0) {
      for (const bytes of await this.#wire.arrived()) {
        this.#engine.receive(bytes);
        this.#flush();
      }
      const need = this.#waiting.shift();
      if (need === undefined) break;
      this.#answer(need);
      this.#flush();
    }
    this.#isReceiving = false;
  }

  /** @throws Failure once all that came before it is read */
  #check(): void {
    const { error } = this.#engine;
    if (error !== undefined && this.#data.length === 0) throw failure(error);
  }

  #flush(): void {
    for (let event; (event = this.#engine.nextEvent()) !== undefined;) {
      if (event.type === "data") this.#data.push(event.bytes);
      else if (event.type === "early_data") this.#earlyData.push(event.bytes);
      else if (event.type === "session") this.sessions.push(event.session);
      else if (event.type === "need" && this.#isReceiving)
        this.#waiting.push(event.need);
      else if (event.type === "need") this.#answer(event.need);
      else if (event.type === "store_session")
        this.#setting.memory.store.put(event.id, event.session);
      else if (event.type === "peer_closed") this.#peerClosed = true;
    }
    this.#wire.send(this.#engine.takeOutput());
  }

  #answer(need: Need): void {
    this.#engine.resume(answer(this.#answering, this.asked, need));
  }
}

/**
 * A failure by the name that config.json's ErrorMap knows: the reason, and what
 * it is about where the error says so.
 */
export function failure(error: TlsError): Failure {
  const { reason, alert } = error;
  if (reason === "peer_alert")
    return new Failure(`${reason}:${String(alert)}`, error);
  const detail = error.message.slice(REASONS[reason].says.length);
  const [, subject] = /^ \((\w+)/.exec(detail) ?? [];
  return new Failure(
    subject === undefined ? reason : `${reason}:${subject}`,
    error,
  );
}

export function sizeOfReads(flags: Flags): number {
  return flags["read-size"] ?? 512;
}
