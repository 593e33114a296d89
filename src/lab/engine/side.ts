/**
 * The misbehaving side: an engine of ours, whose messages pass the rules of a scenario,
 * with a record layer of its own that goes on where the engine has ended.
 */
import { TlsUsageError } from "../../errors.ts";
import type { ClientConfig, ServerConfig } from "../../engine/index.ts";
import { type EngineEvent, TlsEngine } from "../../engine/index.ts";
import type { EngineSnapshot } from "../../engine/parts.ts";
import type { HandshakeIo } from "../../handshake/machine/io.ts";
import {
  CIPHER_SUITES,
  type CipherSuite,
} from "../../handshake/registries/cipher-suites.ts";
import type { RawMessage } from "../../handshake/messages/codec.ts";
import { HEADER_LENGTH } from "../../record/protection.ts";
import { ContentType, HandshakeType } from "../../wire/code-points.ts";
import { LabError } from "../errors.ts";
import { applyEdit } from "../message/apply.ts";
import { type LabMessage, messageName } from "../names.ts";
import type { LabItem } from "../scenario/steps.ts";
import {
  contentBySign,
  itemText,
  messagesOf,
  released,
  writeItem,
} from "./items.ts";
import { labIo } from "./io.ts";
import { OwnTranscript } from "./own-transcript.ts";
import { ReadLayer, type ReadRecord } from "./read-layer.ts";
import { carriageOf } from "./carriage.ts";
import { Rules } from "./rules.ts";
import type { Tap, Tapped } from "./tap.ts";
import { PLAIN, type Segment, WriteLayer } from "./write-layer.ts";

/** A config that was made for the lab, with what is tapped in it. */
export interface TappedConfig {
  readonly config: ClientConfig | ServerConfig;
  readonly tap: Tap;
  readonly version: "tls12" | "tls13";
  readonly serverName: string | undefined;
  readonly ownAlerts: boolean;
}

/** Takes note of each thing that a side sends. */
export interface SideLog {
  sent(what: string): void;
}

export class LabSide implements Tapped {
  readonly #made: TappedConfig;
  readonly #log: SideLog;
  readonly rules: Rules;
  readonly write: WriteLayer;
  readonly #read: ReadLayer;
  #engine: TlsEngine | undefined;
  #io: { readonly own: HandshakeIo; readonly lab: HandshakeIo } | undefined;
  #suite: CipherSuite | undefined;
  readonly #transcript: OwnTranscript;
  /** Messages that wait for another one, in the transcript. */
  #waiting: { readonly until: LabMessage; readonly parts: Uint8Array[] }[] = [];
  /** The same of those that wait on the wire. */
  #waitingOut: { readonly until: LabMessage; readonly parts: Uint8Array[] }[] =
    [];
  /** Messages that other things are sent in the place of. */
  readonly #replaced: WeakMap<Uint8Array, readonly LabItem[]>;
  readonly #sentBefore = new Map<LabMessage, Uint8Array>();
  /** A fault of the scenario, which the engine would take for its own. */
  broken: unknown;

  constructor(made: TappedConfig, log: SideLog, from?: LabSide) {
    this.#made = made;
    this.#log = log;
    this.rules = from?.rules.clone() ?? new Rules();
    this.write = from?.write.clone() ?? new WriteLayer();
    this.#read = from === undefined ? new ReadLayer() : from.#read.clone();
    this.#transcript = new OwnTranscript(
      made.config.role === "client",
      (raw) => this.#beforeTranscript(raw),
      from?.ownTranscript,
    );
    this.#replaced = from === undefined ? new WeakMap() : from.#replaced;
    if (from === undefined) return;
    this.#suite = from.#suite;
    this.#waiting = [...from.#waiting];
    this.#waitingOut = [...from.#waitingOut];
    this.#sentBefore = new Map(from.#sentBefore);
  }

  get ownTranscript(): OwnTranscript {
    return this.#transcript;
  }

  get engine(): TlsEngine {
    if (this.#engine === undefined)
      throw new LabError("the side has not begun");
    return this.#engine;
  }

  /** Begins: a client sends its hello. */
  begin(): void {
    const { config, serverName } = this.#made;
    this.#run(() => {
      this.#engine =
        config.role === "client"
          ? TlsEngine.client(config, serverName)
          : TlsEngine.server(config);
    });
    this.write.setFinalVersion();
    this.#drain();
  }

  /** The side as it is, to go on from any number of times. */
  fork(log: SideLog): (log?: SideLog) => LabSide {
    const frozen = new LabSide(this.#made, log, this);
    const snapshot: EngineSnapshot<TlsEngine> = this.engine.snapshot();
    return (own = log) => {
      const side = new LabSide(this.#made, own, frozen);
      side.#engine = TlsEngine.restore(snapshot);
      return side;
    };
  }

  /**
   * Takes bytes in and answers the records in them one by one; the engine has one when
   * the next is asked for.
   *
   * @throws TlsError for bytes that are no records
   */
  *receive(bytes: Uint8Array): Generator<ReadRecord> {
    this.#read.push(bytes);
    for (let one = this.#read.next(); one; one = this.#read.next()) {
      const { bytes: raw } = one;
      this.#noteSuite(one);
      yield one;
      this.#run(() => this.#engine?.receive(raw));
      this.#drain();
    }
  }

  /** The peer has ended the transport. */
  receiveEof(): void {
    this.#run(() => this.#engine?.receiveEof());
    this.#drain();
  }

  *events(): Generator<EngineEvent> {
    for (let e = this.engine.nextEvent(); e; e = this.engine.nextEvent())
      yield e;
  }

  /**
   * Has the engine do something; false where its state forbids it.
   */
  attempt(command: (engine: TlsEngine) => void): boolean {
    try {
      this.#run(() => command(this.engine));
    } catch (error) {
      if (!(error instanceof TlsUsageError)) throw error;
      return false;
    } finally {
      this.#drain();
    }
    return true;
  }

  /** Sends things that no engine has made. */
  send(items: readonly LabItem[]): void {
    for (const one of items) {
      this.#log.sent(itemText(one));
      writeItem(this.write, one, this.#sentBefore);
    }
  }

  /** All that is to go out. */
  take(): Segment[] {
    if (this.broken !== undefined) throw this.broken;
    return this.write.take();
  }

  // ## What the engine asks

  ioOf(own: HandshakeIo): HandshakeIo {
    if (this.#io?.own !== own) this.#io = { own, lab: labIo(own, this) };
    return this.#io.lab;
  }

  incoming(message: RawMessage): RawMessage {
    this.#transcript.addForeign(message.raw);
    if (this.rules.isEmpty) return message;
    const rules = this.rules.take(messageName(message.raw), ["before_receive"]);
    if (rules.length === 0) return message;
    const changed = rules.reduce(
      (raw, { edit }) => this.#edited(raw, edit),
      message.raw,
    );
    return { ...message, body: changed.subarray(4) };
  }

  hashed(data: Uint8Array): readonly Uint8Array[] {
    return this.#transcript.hashed(data);
  }

  signed(
    content: Uint8Array,
    sign: (content: Uint8Array) => Uint8Array,
  ): Uint8Array {
    const whole = this.#signedContent(content);
    const rules = [
      ...this.rules.take("certificate_verify", ["sign"]),
      ...this.rules.take("server_key_exchange", ["sign"]),
    ];
    let signature = sign(rules.reduce(contentBySign, whole));
    for (const { sign: how } of rules) {
      if (how === "empty") signature = new Uint8Array();
      if (how !== "wrong") continue;
      const at = signature.length - 1;
      signature = signature.slice();
      signature[at] = (signature[at] ?? 0) ^ 1;
    }
    return signature;
  }

  /** Sends a message of the handshake, as the rules have it. */
  message(raw: Uint8Array): void {
    this.#guarded(() => {
      const parts = this.#transcript.partsOf(raw);
      if (parts.length === 1 && parts[0] === raw && this.rules.isEmpty) {
        this.#sentBefore.set(messageName(raw), raw);
        this.#log.sent(messageName(raw));
        this.write.message(raw, PLAIN);
        return;
      }
      this.#send(messageName(raw), parts, this.#replaced.get(raw));
    });
  }

  changeCipherSpec(): void {
    const name = "change_cipher_spec";
    this.#guarded(() => {
      const { rules } = this;
      if (rules.take(name, ["skip"]).length > 0) return;
      for (const rule of rules.take(name, ["replace"])) {
        this.send(rule.items);
        return;
      }
      let content: Uint8Array = Uint8Array.of(1);
      for (const rule of rules.take(name, ["before_send", "after_send"]))
        content = applyEdit(content, rule.edit, this.#suite);
      const inserts = rules.take(name, ["insert"]);
      this.#inserts(inserts, "before");
      const times = rules
        .take(name, ["repeat"])
        .reduce((sum, rule) => sum + rule.times, 1);
      const carriage = carriageOf(this.rules, name);
      for (let i = 0; i < times; i++) {
        this.#log.sent(name);
        this.write.write(ContentType.change_cipher_spec, content, carriage);
      }
      this.#inserts(inserts, "after");
      this.#release(name);
    });
  }

  /** Keys for what is read. */
  readKeys(keys: Parameters<HandshakeIo["setReadKeys"]>[0]): void {
    this.#read.setKeys(keys);
  }

  // ## How a message is sent

  #beforeTranscript(raw: Uint8Array): Uint8Array[] {
    if (this.rules.isEmpty && this.#waiting.length === 0) return [raw];
    const name = messageName(raw);
    let parts: Uint8Array[] = [raw];
    this.#guarded(() => {
      for (const rule of this.rules.take(name, ["before_send"]))
        parts = parts.map((part) => this.#edited(part, rule.edit));
      const changes = this.rules.take(
        name,
        ["skip", "repeat", "hold"],
        "follows",
      );
      parts = this.#changed(parts, changes, this.#waiting);
      for (const rule of this.rules.take(name, ["replace"])) {
        this.#replaced.set(raw, rule.items);
        parts = rule.items.flatMap((one) => messagesOf(one, this.#sentBefore));
      }
      parts.push(...released(this.#waiting, name));
    });
    return parts;
  }

  #changed(
    parts: Uint8Array[],
    rules: readonly Changes[],
    waiting: { until: LabMessage; parts: Uint8Array[] }[],
  ): Uint8Array[] {
    let out = parts;
    for (const rule of rules)
      if (rule.step === "skip") out = [];
      else if (rule.step === "repeat")
        out = Array.from({ length: rule.times + 1 }, () => out).flat();
      else {
        waiting.push({ until: rule.until, parts: out });
        out = [];
      }
    return out;
  }

  #send(
    name: LabMessage,
    parts: readonly Uint8Array[],
    items?: readonly LabItem[],
  ): void {
    const { rules } = this;
    let out = [...parts];
    for (const rule of rules.take(name, ["after_send"]))
      out = out.map((part) => this.#edited(part, rule.edit));
    const changes = rules.take(name, ["skip", "repeat", "hold"], "keeps");
    out = this.#changed(out, changes, this.#waitingOut);
    const inserts = rules.take(name, ["insert"]);
    this.#inserts(inserts, "before");
    const carriage = carriageOf(this.rules, name);
    if (items !== undefined) this.send(items);
    for (const part of items === undefined ? out : []) {
      const said = messageName(part);
      this.#sentBefore.set(said, part);
      this.#log.sent(said === name ? name : `${said} (for ${name})`);
      this.write.message(part, carriage);
    }
    if (out.length === 0 && items === undefined) this.#log.sent(`(no ${name})`);
    for (const part of released(this.#waitingOut, name)) {
      this.#log.sent(messageName(part));
      this.write.message(part, PLAIN);
    }
    this.#inserts(inserts, "after");
  }

  #release(name: LabMessage): void {
    for (const part of [
      ...released(this.#waiting, name),
      ...released(this.#waitingOut, name),
    ]) {
      this.#log.sent(messageName(part));
      this.write.message(part, PLAIN);
    }
  }

  #inserts(
    inserts: readonly {
      where: "before" | "after";
      items: readonly LabItem[];
    }[],
    where: "before" | "after",
  ): void {
    for (const insert of inserts)
      if (insert.where === where) this.send(insert.items);
  }

  #edited(raw: Uint8Array, edit: Parameters<typeof applyEdit>[1]): Uint8Array {
    return applyEdit(raw, edit, this.#suite);
  }

  /** Returns the content of a signature over the messages themselves: RFC 5246 7.4.8. */
  #signedContent(content: Uint8Array): Uint8Array {
    const is12 = this.#suite?.version === "TLSv1.2";
    const isMessages =
      is12 && content[0] === HandshakeType.client_hello && content.length > 200;
    return isMessages ? this.#transcript.messages() : content;
  }

  /** The suite decides how later messages are read. */
  #noteSuite({ messages }: ReadRecord): void {
    for (const message of messages)
      if (message[0] === HandshakeType.server_hello) this.noteHello(message);
  }

  /** Reads the suite off a ServerHello of either side. */
  noteHello(message: Uint8Array): void {
    const at = 39 + (message[38] ?? 0);
    const code = ((message[at] ?? 0) << 8) | (message[at + 1] ?? 0);
    this.#suite =
      Object.values(CIPHER_SUITES).find((suite) => suite.code === code) ??
      this.#suite;
  }

  /** The engine's own output, alerts and data, comes without protection. */
  #drain(): void {
    const output = this.#engine && this.#run(() => this.#engine?.takeOutput());
    if (output === undefined) return;
    for (let at = 0; at < output.length;) {
      const [type = 0, , , high = 0, low = 0] = output.subarray(at);
      const end = at + HEADER_LENGTH + ((high << 8) | low);
      const content = output.subarray(at + HEADER_LENGTH, end);
      if (type !== ContentType.alert) this.write.write(type, content);
      else if (this.#made.ownAlerts) {
        this.#log.sent(`alert ${content[1] ?? 0}, of this side's own`);
        this.write.write(type, content);
      }
      at = end;
    }
  }

  #run<T>(step: () => T): T {
    return this.#made.tap.run(this, step);
  }

  /** Keeps a fault of the scenario, and goes on without what it was about. */
  #guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.broken ??= error;
    }
  }
}

type Changes = Extract<
  Parameters<Rules["add"]>[0],
  { step: "skip" | "repeat" | "hold" }
>;
