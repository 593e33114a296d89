/** The record layer of a misbehaving side, as it reads: it goes on when its engine has ended. */
import { concat } from "../../bytes.ts";
import { TlsError } from "../../errors.ts";
import { protection12 } from "../../engine/versions.ts";
import type { ProtectionKeys } from "../../handshake/machine/io.ts";
import { Aead13Opener } from "../../record/aead13.ts";
import { Deframer } from "../../record/deframer.ts";
import { HandshakeJoiner } from "../../record/handshake-joiner.ts";
import type { RecordOpener } from "../../record/protection.ts";
import { ContentType } from "../../wire/code-points.ts";

/** A record of the peer, and what is in it. */
export interface ReadRecord {
  /** As it came. */
  readonly bytes: Uint8Array;
  /** Undefined where it does not decrypt. */
  readonly type: number | undefined;
  readonly content: Uint8Array;
  /** Handshake messages that end in it. */
  readonly messages: readonly Uint8Array[];
}

const MAX_FRAGMENT = 2 ** 14 + 2048;
const MAX_MESSAGE = 2 ** 17;

export class ReadLayer {
  #deframer = new Deframer();
  #joiner = newJoiner();
  #opener: RecordOpener | undefined;
  #opened = false;

  push(bytes: Uint8Array): void {
    this.#deframer.push(bytes.slice());
    this.#deframer.settle();
  }

  /** @throws TlsError for bytes that are no records */
  next(): ReadRecord | undefined {
    const raw = this.#deframer.next({ maxFragment: () => MAX_FRAGMENT });
    if (raw === undefined) return undefined;
    const bytes = concat(raw.header, raw.fragment);
    const opener = this.#opener;
    if (opener === undefined || opener.leavesClear(raw.type, this.#opened))
      return this.#read(bytes, raw.type, raw.fragment.slice());
    try {
      const plain = opener.open(raw, MAX_FRAGMENT);
      if (plain === undefined) return unread(bytes);
      this.#opened = true;
      return this.#read(bytes, plain.type, plain.content);
    } catch (error) {
      if (!(error instanceof TlsError)) throw error;
      return unread(bytes);
    }
  }

  setKeys(keys: ProtectionKeys): void {
    this.#opener =
      keys.kind === "aead13"
        ? new Aead13Opener(keys)
        : protection12.openerOf(keys);
  }

  clone(): ReadLayer {
    const copy = new ReadLayer();
    copy.#deframer = this.#deframer.clone();
    copy.#joiner = this.#joiner.clone();
    copy.#opener = this.#opener?.clone();
    copy.#opened = this.#opened;
    return copy;
  }

  #read(bytes: Uint8Array, type: number, content: Uint8Array): ReadRecord {
    const messages: Uint8Array[] = [];
    if (type === ContentType.handshake)
      try {
        this.#joiner.push(content);
        for (let m = this.#joiner.next(); m; m = this.#joiner.next())
          messages.push(m.raw);
      } catch (error) {
        if (!(error instanceof TlsError)) throw error;
        this.#joiner = newJoiner();
      }
    return { bytes, type, content, messages };
  }
}

function unread(bytes: Uint8Array): ReadRecord {
  return { bytes, type: undefined, content: new Uint8Array(), messages: [] };
}

function newJoiner(): HandshakeJoiner {
  return new HandshakeJoiner(() => MAX_MESSAGE);
}
