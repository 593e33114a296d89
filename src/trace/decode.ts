/**
 * Decodes the bytes of a connection, record by record and message by message.
 * With a key log it sees through the encryption of TLS 1.3; of TLS 1.2 it tells
 * what comes in the clear.
 */
import { Secret, toHex } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { alertName } from "../errors.ts";
import { EVERY_EXTENSION } from "../handshake/features/every-feature.ts";
import {
  CIPHER_SUITES,
  type CipherSuite,
} from "../handshake/registries/cipher-suites.ts";
import type { CertificateCompressor } from "../handshake/credentials/certificate-compressor.ts";
import {
  type TrafficSecret,
  trafficSecret,
} from "../handshake/keys/key-schedule13.ts";
import { protectionKeys } from "../handshake/tls13/secrets.ts";
import { readClientHello } from "../handshake/messages/client-hello.ts";
import { readServerHello } from "../handshake/messages/server-hello.ts";
import { Aead13Opener } from "../record/aead13.ts";
import { Deframer } from "../record/deframer.ts";
import {
  HandshakeJoiner,
  type RawMessage,
} from "../record/handshake-joiner.ts";
import type { RawRecord, RecordOpener } from "../record/protection.ts";
import {
  ContentType,
  type ContentTypeName,
  HandshakeType,
  type HandshakeTypeName,
  nameOf,
} from "../wire/code-points.ts";
import { describeMessage } from "./describe.ts";
import type { Field } from "./words.ts";
import type { KeyLog } from "./keylog.ts";

export type Direction = "client" | "server";

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

interface Side {
  readonly from: Direction;
  readonly deframer: Deframer;
  readonly joiner: HandshakeJoiner;
  opener: RecordOpener | undefined;
  keys: string | undefined;
  secret: TrafficSecret | undefined;
  /** TLS 1.2: its change_cipher_spec was there. */
  sealed12: boolean;
}

/** Longest handshake message that a trace follows. */
const MAX_MESSAGE = 2 ** 17;
const MAX_INNER = 2 ** 14 + 1;
/** RFC 5246 6.2.3: what no record of any version exceeds. */
const MAX_CIPHERTEXT = 2 ** 14 + 2048;

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
  readonly #provider: CryptoProvider;
  readonly #keyLog: KeyLog | undefined;
  readonly #compression: readonly CertificateCompressor[];
  readonly #sides: Record<Direction, Side> = {
    client: newSide("client"),
    server: newSide("server"),
  };
  #clientRandom = "";
  #suite: CipherSuite | undefined;

  constructor(options: {
    readonly provider: CryptoProvider;
    readonly keyLog?: KeyLog;
    /** Rows of `puretls/compression`, to look into compressed certificates. */
    readonly certificateCompression?: readonly CertificateCompressor[];
  }) {
    this.#provider = options.provider;
    this.#keyLog = options.keyLog;
    this.#compression = options.certificateCompression ?? [];
  }

  /**
   * Takes bytes that one side sent, in any split.
   *
   * @returns the records that they completed
   * @throws TlsError when the bytes are no TLS records
   */
  feed(from: Direction, bytes: Uint8Array): TraceRecord[] {
    const side = this.#sides[from];
    const records: TraceRecord[] = [];
    side.deframer.push(bytes);
    for (;;) {
      const raw = side.deframer.next({
        maxFragment: () => MAX_CIPHERTEXT,
      });
      if (raw === undefined) break;
      records.push(this.#record(side, raw));
    }
    side.deframer.settle();
    return records;
  }

  #record(side: Side, raw: RawRecord): TraceRecord {
    const { from } = side;
    const length = raw.header.length + raw.fragment.length;
    if (side.sealed12)
      return record(from, contentName(raw.type), length, "sealed");
    const sealed = raw.type === ContentType.application_data;
    const keys = sealed ? (side.keys ?? "sealed") : undefined;
    const plain = sealed
      ? side.opener?.open(raw, MAX_INNER)
      : { type: raw.type, content: raw.fragment.slice() };
    if (plain === undefined)
      return record(from, "application_data", length, "sealed");
    const { type: code, content } = plain;
    const type = contentName(code);
    // RFC 5246 7.1: what follows is under the keys just agreed on, which are
    // not looked for here.
    if (code === ContentType.change_cipher_spec)
      side.sealed12 = this.#suite?.version === "TLSv1.2";
    if (code === ContentType.handshake) {
      side.joiner.push(content);
      const messages = this.#messages(side);
      return record(from, type, length, keys, { messages });
    }
    const note =
      code === ContentType.alert
        ? (alertName(content[1] ?? 0) ?? "unknown alert")
        : code === ContentType.application_data
          ? `${content.length} bytes`
          : undefined;
    return record(from, type, length, keys, { note });
  }

  #messages(side: Side): TraceMessage[] {
    const messages: TraceMessage[] = [];
    for (let raw = side.joiner.next(); raw; raw = side.joiner.next()) {
      const name = nameOf(HandshakeType, raw.type);
      const fields = describeMessage(name, raw, {
        suite: this.#suite,
        certificateCompression: this.#compression,
      });
      messages.push({
        name: fields.some(([, value]) => value === "HelloRetryRequest")
          ? "hello_retry_request"
          : (name ?? "unknown"),
        length: raw.raw.length,
        fields,
      });
      this.#follow(side, name, raw);
    }
    return messages;
  }

  /** Changes keys where the handshake does. */
  #follow(
    side: Side,
    name: HandshakeTypeName | undefined,
    raw: RawMessage,
  ): void {
    if (name === "client_hello")
      this.#clientRandom = toHex(readClientHello(raw, EVERY_EXTENSION).random);
    if (name === "server_hello") {
      const hello = readServerHello(raw, EVERY_EXTENSION);
      if (hello.kind === "hello_retry_request") return;
      this.#suite = Object.values(CIPHER_SUITES).find(
        ({ code }) => code === hello.cipherSuite,
      );
      this.#useLogged("client", "HANDSHAKE_TRAFFIC_SECRET", "handshake");
      this.#useLogged("server", "HANDSHAKE_TRAFFIC_SECRET", "handshake");
    }
    if (name === "finished")
      this.#useLogged(side.from, "TRAFFIC_SECRET_0", "application");
    if (name === "key_update" && side.secret)
      this.#use(side, side.secret.update(), `${side.keys ?? ""}, updated`);
  }

  #useLogged(
    from: Direction,
    label: string,
    epoch: "handshake" | "application",
  ): void {
    const line = `${from.toUpperCase()}_${label}`;
    const bytes = this.#keyLog?.find(this.#clientRandom, line);
    if (bytes === undefined || this.#suite === undefined) return;
    const hash = this.#provider.hashes[this.#suite.hash];
    // A secret of another suite, or of none.
    if (bytes.length !== hash.outputLength) return;
    const secret = trafficSecret(hash, new Secret(bytes.slice()), from);
    const suffix = epoch === "application" ? "_0" : "";
    const rfc = `${from}_${epoch}_traffic_secret${suffix}`;
    this.#use(this.#sides[from], secret, rfc);
  }

  #use(side: Side, secret: TrafficSecret, name: string): void {
    const suite = this.#suite;
    if (suite?.version !== "TLSv1.3") return;
    if (this.#provider.aeads[suite.aead] === undefined) return;
    const keys = protectionKeys({
      provider: this.#provider,
      suite,
      secret,
      epoch: "application",
      recordsPerKey: Number.MAX_SAFE_INTEGER,
    });
    side.opener = new Aead13Opener(keys);
    side.secret = secret;
    side.keys = name;
  }
}

function contentName(code: number): ContentTypeName | "unknown" {
  return nameOf(ContentType, code) ?? "unknown";
}

function newSide(from: Direction): Side {
  return {
    from,
    sealed12: false,
    deframer: new Deframer(),
    joiner: new HandshakeJoiner(() => MAX_MESSAGE),
    opener: undefined,
    keys: undefined,
    secret: undefined,
  };
}

function record(
  from: Direction,
  type: TraceRecord["type"],
  length: number,
  keys: string | undefined,
  more: { messages?: readonly TraceMessage[]; note?: string | undefined } = {},
): TraceRecord {
  const { messages = [], note } = more;
  return { from, type, length, keys, messages, note };
}
