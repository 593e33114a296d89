/**
 * A peer that has all the keys and does not keep to the protocol: an engine of
 * ours whose handshake writes into a record layer of the fuzzer's, where its
 * messages and records can be changed before they are protected.
 */
import { concat } from "../../../src/bytes.ts";
import type {
  CbcKey,
  CryptoProvider,
  HashName,
} from "../../../src/crypto/provider.ts";
import type { ClientConfig, ServerConfig } from "../../../src/engine/index.ts";
import { TlsEngine, TlsUsageError } from "../../../src/engine/index.ts";
import { EngineProtocol } from "../../../src/engine/protocol.ts";
import { protection12 } from "../../../src/engine/versions.ts";
import type {
  HandshakeIo,
  ProtectionKeys,
} from "../../../src/handshake/machine/io.ts";
import { Aead13Sealer } from "../../../src/record/aead13.ts";
import {
  HEADER_LENGTH,
  newRecord,
  type RecordSealer,
  sealedRecord,
} from "../../../src/record/protection.ts";
import { ContentType } from "../../../src/wire/code-points.ts";

/** A record on its way, and what the fuzzer knows of it. */
export interface Sent {
  readonly bytes: Uint8Array;
  readonly sealed: boolean;
  /** Sent before the peer's ServerHello came, under early keys. */
  readonly early: boolean;
}

/** The content of a record before it is protected. */
export interface Content {
  readonly type: number;
  readonly content: Uint8Array;
  readonly padding: number;
  /** With CBC: the byte of the padding that is another than it must be. */
  readonly spoilt?: number;
}

/** The fuzzer's edits of a peer's messages and records. */
export interface Edits {
  /**
   * Replaces a message. With `agreed` the peer's own transcript has the
   * replacement too, so that its signature and its Finished cover it.
   */
  message(raw: Uint8Array): {
    readonly out: readonly Uint8Array[];
    readonly agreed: boolean;
  };
  record(content: Content, early: boolean): readonly Content[];
}

/** Messages that the transcript has in another form than they were made in. */
const replaced = new WeakMap<Uint8Array, readonly Uint8Array[]>();

/** A provider whose transcripts have {@link replaced} messages. */
export function withReplacedMessages(provider: CryptoProvider): CryptoProvider {
  const hashes = { ...provider.hashes };
  for (const name of Object.keys(hashes) as HashName[]) {
    const hash = provider.hashes[name];
    hashes[name] = { ...hash, create: () => replacing(hash.create()) };
  }
  return { ...provider, hashes };
}

type RunningHash = ReturnType<CryptoProvider["hashes"][HashName]["create"]>;

function replacing(hash: RunningHash): RunningHash {
  return {
    update: (data) => {
      for (const part of replaced.get(data) ?? [data]) hash.update(part);
    },
    digest: () => hash.digest(),
    clone: () => replacing(hash.clone()),
  };
}

/** The peer whose engine is about to begin. */
let beginning: HostilePeer | undefined;

function begun(peer: HostilePeer, begin: () => TlsEngine): TlsEngine {
  beginning = peer;
  const engine = begin();
  beginning = undefined;
  return engine;
}

/** The protocol with an engine that writes into a {@link HostilePeer}. */
export function hostile(own: EngineProtocol): EngineProtocol {
  return changedProtocol(own, {
    begin: (...args) => {
      beginning?.takeOver(args[2]);
      return own.begin(...args);
    },
  });
}

/** A protocol that begins or moves otherwise. */
export function changedProtocol(
  own: EngineProtocol,
  changes: Partial<Pick<EngineProtocol, "begin" | "machines">>,
): EngineProtocol {
  const { protection12: records12, ...rest } = own;
  return new EngineProtocol({
    ...rest,
    ...(records12 && { protection12: records12 }),
    ...changes,
  });
}

export class HostilePeer {
  readonly engine: TlsEngine;
  readonly #edits: Edits;
  #sealer: RecordSealer | undefined;
  #flight: Uint8Array[] = [];
  #limit = 2 ** 14;
  #early = false;
  #queue: Sent[] = [];
  /** The byte of the padding to spoil in the record that is sealed. */
  #spoilt: number | undefined;
  /** A record went out that its receiver must not open. */
  hasSpoilt = false;
  /** An error of the fuzzer itself. */
  #broken: { readonly error: unknown } | undefined;

  constructor(
    config: ClientConfig | ServerConfig,
    serverName: string,
    edits: Edits,
  ) {
    this.#edits = edits;
    this.engine = begun(this, () =>
      config.role === "client"
        ? TlsEngine.client(config, serverName)
        : TlsEngine.server(config),
    );
  }

  /** Writes into this peer what the engine's handshake sends. */
  takeOver(io: HandshakeIo): void {
    const own = {
      setRecordLimits: io.setRecordLimits.bind(io),
      endWritingEarlyData: io.endWritingEarlyData.bind(io),
      beginWritingEarlyData: io.beginWritingEarlyData.bind(io),
    };
    io.send = (message) => {
      this.send(message);
    };
    io.sendChangeCipherSpec = () => {
      this.write(ContentType.change_cipher_spec, Uint8Array.of(1));
    };
    io.setWriteKeys = (keys) => {
      this.#flush();
      this.#sealer =
        keys.kind === "cbc12"
          ? sealerOf({ ...keys, cipher: this.#spoiling(keys.cipher) })
          : sealerOf(keys);
      this.#early = false;
    };
    io.beginWritingEarlyData = (keys, bytes) => {
      own.beginWritingEarlyData(keys, bytes);
      this.#early = true;
    };
    io.endWritingEarlyData = () => {
      this.#flush();
      own.endWritingEarlyData();
      this.#sealer = undefined;
      this.#early = false;
    };
    io.setRecordLimits = (limits) => {
      own.setRecordLimits(limits);
      this.#flush();
      if (limits.write !== undefined)
        this.#limit = limits.clear
          ? limits.write
          : Math.max(1, limits.write - 1);
    };
  }

  /** Sends a message of the handshake, or what the fuzzer makes of it. */
  send(message: Uint8Array): void {
    try {
      const { out, agreed } = this.#edits.message(message);
      if (agreed) replaced.set(message, out);
      this.#flight.push(...out);
    } catch (error) {
      // The engine would take it for a fault of its own.
      this.#broken ??= { error };
    }
  }

  /** Sends a message that no engine has made. */
  say(message: Uint8Array): void {
    this.#flight.push(message);
  }

  /** Sends content of another type; empty, it is one empty record. */
  write(type: number, content: Uint8Array): void {
    this.#flush();
    this.#records(type, content);
  }

  receive(bytes: Uint8Array): void {
    this.engine.receive(bytes);
    this.#drain();
  }

  /** Does something that the engine may refuse in its present state. */
  attempt(command: (engine: TlsEngine) => void): void {
    try {
      command(this.engine);
    } catch (error) {
      if (!(error instanceof TlsUsageError)) throw error;
    }
    this.#drain();
  }

  close(): void {
    this.engine.close();
    this.#drain();
  }

  /** Records since the last call. */
  take(): Sent[] {
    if (this.#broken !== undefined) throw this.#broken.error;
    this.#drain();
    this.#flush();
    return this.#queue.splice(0);
  }

  /** The engine's own output is sent without protection. */
  #drain(): void {
    const output = this.engine.takeOutput();
    for (const record of recordsOf(output))
      this.write(record[0] ?? 0, record.subarray(HEADER_LENGTH));
  }

  #flush(): void {
    const flight = concat(...this.#flight.splice(0));
    if (flight.length > 0) this.#records(ContentType.handshake, flight);
  }

  #records(type: number, content: Uint8Array): void {
    for (let at = 0; at === 0 || at < content.length; at += this.#limit) {
      const part = content.subarray(at, at + this.#limit);
      const whole = { type, content: part, padding: 0 };
      const edited = this.#edits.record(whole, this.#early);
      for (const one of edited) this.#queue.push(this.#protect(one));
    }
  }

  /** A cipher that gets padding with a wrong byte, where there is one. */
  #spoiling(cipher: CbcKey): CbcKey {
    return {
      decrypt: cipher.decrypt.bind(cipher),
      encrypt: (iv, block, out) => {
        const spoilt = block.slice();
        const padding = block[block.length - 1] ?? 0;
        if (this.#spoilt !== undefined && padding > 0) {
          const at = block.length - 2 - (this.#spoilt % padding);
          spoilt[at] = (spoilt[at] ?? 0) ^ 1;
          this.hasSpoilt = true;
        }
        cipher.encrypt(iv, spoilt, out);
      },
    };
  }

  #protect({ type, content, padding, spoilt }: Content): Sent {
    this.#spoilt = spoilt;
    const sealer =
      type === ContentType.change_cipher_spec ? undefined : this.#sealer;
    const early = this.#early && sealer !== undefined;
    if (sealer !== undefined) {
      const bytes = sealedRecord(sealer, type, content, padding);
      return { bytes, sealed: true, early };
    }
    const bytes = newRecord(type, 0x0303, content.length);
    bytes.set(content, HEADER_LENGTH);
    return { bytes, sealed: false, early };
  }
}

function sealerOf(keys: ProtectionKeys): RecordSealer {
  return keys.kind === "aead13"
    ? new Aead13Sealer(keys)
    : protection12.sealerOf(keys);
}

/** Whole records one by one; what is left over comes last. */
export function recordsOf(bytes: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0);
    records.push(bytes.subarray(at, at + HEADER_LENGTH + length));
    at += HEADER_LENGTH + length;
  }
  return records;
}
