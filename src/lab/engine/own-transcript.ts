/** The transcript of a misbehaving side: its own messages as the rules have changed them. */
import { concatAll } from "../../bytes.ts";
import { HandshakeType } from "../../wire/code-points.ts";
import { isWholeMessage } from "../names.ts";
import { heldBinders, type HeldHello, helloOfTruncated } from "./binders.ts";

export class OwnTranscript {
  readonly #isClient: boolean;
  /** Changes a message that the engine has made, once. */
  readonly #change: (raw: Uint8Array) => readonly Uint8Array[];
  /** The parts in the place of a message of the engine's. */
  readonly #stands: WeakMap<Uint8Array, readonly Uint8Array[]>;
  /** Messages of the peer. */
  readonly #foreign: WeakSet<Uint8Array>;
  /** All so far, for what signs the messages themselves. */
  #messages: Uint8Array[] = [];
  #hello: HeldHello | undefined;

  constructor(
    isClient: boolean,
    change: (raw: Uint8Array) => readonly Uint8Array[],
    from?: OwnTranscript,
  ) {
    this.#isClient = isClient;
    this.#change = change;
    this.#stands = from === undefined ? new WeakMap() : from.#stands;
    this.#foreign = from === undefined ? new WeakSet() : from.#foreign;
    if (from === undefined) return;
    this.#messages = [...from.#messages];
    this.#hello = from.#hello;
  }

  /** Takes a message of the peer. */
  addForeign(raw: Uint8Array): void {
    this.#foreign.add(raw);
    this.#messages.push(raw);
  }

  /** The parts to hash in the place of bytes that the engine hashes. */
  hashed(data: Uint8Array): readonly Uint8Array[] {
    const known = this.#stands.get(data);
    if (known !== undefined) return known;
    if (this.#foreign.has(data)) return [data];
    const hello = this.#isClient ? helloOfTruncated(data) : undefined;
    if (hello !== undefined) {
      this.#hello ??= { made: hello, said: this.#change(hello) };
      return heldBinders(this.#hello, data);
    }
    if (!isWholeMessage(data) || data[0] === HandshakeType.message_hash)
      return [data];
    return this.partsOf(data);
  }

  /** The parts in the place of a message that the engine has made. */
  partsOf(raw: Uint8Array): readonly Uint8Array[] {
    const known = this.#stands.get(raw);
    if (known !== undefined) return known;
    const isHello = raw[0] === HandshakeType.client_hello;
    const parts =
      this.#hello !== undefined && isHello
        ? heldBinders(this.#hello, raw)
        : this.#change(raw);
    if (isHello) this.#hello = undefined;
    this.#stands.set(raw, parts);
    this.#messages.push(...parts);
    return parts;
  }

  /** The messages themselves, which TLS 1.2 signs: RFC 5246 7.4.8. */
  messages(): Uint8Array {
    return concatAll(this.#messages);
  }
}
