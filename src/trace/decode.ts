/**
 * Decodes the bytes of a connection, record by record and message by message.
 * With a key log it sees through the encryption, of both versions.
 */
import type { CryptoProvider } from "../crypto/provider.ts";
import { alertName } from "../errors.ts";
import type { CertificateCompressor } from "../handshake/credentials/certificate-compressor.ts";
import {
  ContentType,
  type ContentTypeName,
  HandshakeType,
  type HandshakeTypeName,
  nameOf,
} from "../wire/code-points.ts";
import { describeMessage } from "./describe.ts";
import {
  type FollowedMessage,
  type FollowedRecord,
  RecordFollower,
} from "./follow.ts";
import type { KeyLog } from "./keylog.ts";
import type { Direction, Field } from "./words.ts";

/** A handshake message that ended in a record. */
export interface TraceMessage {
  readonly name: HandshakeTypeName | "hello_retry_request" | "unknown";
  /** Bytes, header included. */
  readonly length: number;
  readonly fields: readonly Field[];
}

/** One record. */
export interface TraceRecord {
  /** The sender. */
  readonly from: Direction;
  /** The type, as far as it can be seen. */
  readonly type: ContentTypeName | "unknown";
  /** Bytes on the wire, header included. */
  readonly length: number;
  /** The keys that protect it: their RFC name, "sealed" when not known. */
  readonly keys: string | undefined;
  readonly messages: readonly TraceMessage[];
  /** An alert's name; how many bytes of data. */
  readonly note: string | undefined;
}

/**
 * Follows one connection from its first byte.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createClientConfig, RAISE_NEED, TlsEngine } from "puretls/engine";
 * import { formatLadder, KeyLog, TraceDecoder } from "puretls/trace";
 *
 * const keyLog = new KeyLog();
 * const config = createClientConfig({
 *   provider,
 *   verifier: RAISE_NEED,
 *   keyLog: (line) => keyLog.add(line),
 * });
 * const client = TlsEngine.client(config, "a.example");
 * const decoder = new TraceDecoder({ provider, keyLog });
 * const records = decoder.feed("client", client.takeOutput());
 * if (!formatLadder(records).join().includes("ClientHello")) throw new Error();
 * ```
 */
export class TraceDecoder {
  readonly #compression: readonly CertificateCompressor[];
  readonly #follower: RecordFollower;
  /** Records of the bytes that are being fed. */
  #records: TraceRecord[] = [];

  constructor(options: {
    readonly provider: CryptoProvider;
    readonly keyLog?: KeyLog;
    /** Rows of `puretls/compression`, to look into compressed certificates. */
    readonly certificateCompression?: readonly CertificateCompressor[];
  }) {
    this.#compression = options.certificateCompression ?? [];
    this.#follower = new RecordFollower({
      provider: options.provider,
      keyLog: options.keyLog,
      sink: {
        record: (record) => {
          this.#records.push(traceRecord(record));
        },
        message: (_from, message) => {
          this.#message(message);
        },
      },
    });
  }

  /**
   * Takes bytes that one side sent, in any split.
   *
   * @returns the records that they completed
   * @throws TlsError when the bytes are no TLS records
   */
  feed(from: Direction, bytes: Uint8Array): TraceRecord[] {
    this.#records = [];
    this.#follower.feed(from, bytes);
    return this.#records;
  }

  #message(message: FollowedMessage): void {
    const { suite, raw } = message;
    const name = nameOf(HandshakeType, message.type);
    const fields = describeMessage(name, message, {
      suite,
      certificateCompression: this.#compression,
    });
    const isRetry = fields.some(([, value]) => value === "HelloRetryRequest");
    const last = this.#records[this.#records.length - 1];
    if (last === undefined) return;
    this.#records[this.#records.length - 1] = {
      ...last,
      messages: [
        ...last.messages,
        {
          name: isRetry ? "hello_retry_request" : (name ?? "unknown"),
          length: raw.length,
          fields,
        },
      ],
    };
  }
}

function traceRecord(record: FollowedRecord): TraceRecord {
  const { from, length, keys, type, content } = record;
  return {
    ...{ from, length, keys },
    type: nameOf(ContentType, type) ?? "unknown",
    messages: [],
    note: content === undefined ? undefined : noteOf(type, content),
  };
}

function noteOf(type: number, content: Uint8Array): string | undefined {
  if (type === ContentType.alert)
    return alertName(content[1] ?? 0) ?? "unknown alert";
  return type === ContentType.application_data
    ? `${content.length} bytes`
    : undefined;
}
