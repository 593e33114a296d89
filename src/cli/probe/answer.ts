/**
 * Reads what a server answers to a hello of ours, as far as it is not encrypted.
 * Every length is bounded, and what is no TLS is an answer too.
 */
import { equal } from "../../bytes.ts";
import { TlsError } from "../../errors.ts";
import {
  HELLO_RETRY_RANDOM,
  isDowngrade,
} from "../../handshake/messages/server-hello.ts";
import { Deframer } from "../../record/deframer.ts";
import {
  HandshakeJoiner,
  type RawMessage,
} from "../../record/handshake-joiner.ts";
import type { Transport } from "../../ssl/socket/transport.ts";
import {
  ContentType,
  ExtensionType,
  HandshakeType,
} from "../../wire/code-points.ts";
import { Reader } from "../../wire/reader.ts";
import { exchangeOf, isAnonymous, suiteName } from "./suites.ts";

/** A ServerHello or HelloRetryRequest. */
export interface ServerAnswer {
  /** Of supported_versions where it is there. */
  readonly version: number;
  readonly suite: number;
  readonly compression: number;
  readonly sessionId: Uint8Array;
  readonly extensions: ReadonlyMap<number, Uint8Array>;
  readonly isRetry: boolean;
  /** Its random says that the server speaks a newer version. */
  readonly isMarked: boolean;
}

/** Parameters of a ServerKeyExchange. */
export interface ServerExchange {
  /** A curve, or the prime of a finite field. */
  readonly group?: number;
  readonly prime?: Uint8Array;
  readonly share?: Uint8Array;
  /** SignatureScheme, TLS 1.2 only. */
  readonly scheme?: number;
  /** Bits of a temporary RSA key, as export suites have it. */
  readonly rsaBits?: number;
}

/** The outcome of a hello. */
export type Answer =
  | {
      readonly kind: "hello";
      readonly hello: ServerAnswer;
      /** Of TLS 1.2 and before: DER, the leaf first. */
      readonly certificates: readonly Uint8Array[];
      readonly exchange: ServerExchange | undefined;
      /** A stapled OCSP response. */
      readonly staple: boolean;
      readonly asksForCertificate: boolean;
    }
  | { readonly kind: "alert"; readonly description: number }
  /** The server ended the connection without a word. */
  | { readonly kind: "closed" }
  /** Nothing came in time. */
  | { readonly kind: "silent" }
  /** Something came that is no TLS, or breaks its rules. */
  | { readonly kind: "malformed"; readonly says: string };

/** Bytes of an answer: more than any honest server has to say. */
const MOST = 256 * 1024;
/** Bytes of a handshake message. */
const LONGEST_MESSAGE = 128 * 1024;

/** Reads the answers of a server on one connection. */
export class Answers {
  readonly #transport: Transport;
  readonly #records = new Deframer();
  #taken = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * The next answer; a HelloRetryRequest is one, and the next is to the hello
   * that follows it.
   *
   * @param until "done" reads the messages of TLS 1.2 behind the hello too
   */
  async next(until: "hello" | "done"): Promise<Answer> {
    const flight = new Flight(until, this.#records);
    for (;;) {
      try {
        const answer = flight.advance();
        if (answer !== undefined) return answer;
      } catch (error) {
        if (!(error instanceof TlsError)) throw error;
        return { kind: "malformed", says: error.message };
      }
      const bytes = await this.#transport.read().catch(() => null);
      if (bytes === null) return flight.ended ?? { kind: "closed" };
      this.#taken += bytes.length;
      if (this.#taken > MOST)
        return { kind: "malformed", says: `more than ${MOST} bytes came` };
      this.#records.push(bytes);
    }
  }
}

/** The first flight of a server, as it comes. */
class Flight {
  readonly #until: "hello" | "done";
  readonly #records: Deframer;
  readonly #messages = new HandshakeJoiner(() => LONGEST_MESSAGE);
  #hello: ServerAnswer | undefined;
  #certificates: readonly Uint8Array[] = [];
  #exchange: ServerExchange | undefined;
  #staple = false;
  #asks = false;

  constructor(until: "hello" | "done", records: Deframer) {
    this.#until = until;
    this.#records = records;
  }

  /** The answer where the server ends the connection now. */
  get ended(): Answer | undefined {
    return this.#hello === undefined ? undefined : this.#whole(this.#hello);
  }

  /**
   * Looks at the records that have come.
   *
   * @throws TlsError for what is no TLS
   */
  advance(): Answer | undefined {
    for (;;) {
      const record = this.#records.next({ maxFragment: () => 1 << 14 });
      if (record === undefined) break;
      const { type, fragment } = record;
      if (type === ContentType.alert && this.#hello === undefined) {
        const [level = 2, description = 0] = fragment;
        // unrecognized_name as a warning: the hello follows it.
        if (level === 1 && description !== 0) continue;
        return { kind: "alert", description };
      }
      // The dummy of a server that has asked for a second hello.
      if (type === ContentType.change_cipher_spec) continue;
      if (type !== ContentType.handshake)
        return (
          this.ended ?? { kind: "malformed", says: `a record of type ${type}` }
        );
      this.#messages.push(fragment.slice());
      for (;;) {
        const message = this.#messages.next();
        if (message === undefined) break;
        const answer = this.#message(message);
        if (answer !== undefined) return answer;
      }
    }
    this.#records.settle();
    return undefined;
  }

  #message({ type, body }: RawMessage): Answer | undefined {
    if (this.#hello === undefined) {
      if (type !== HandshakeType.server_hello)
        return {
          kind: "malformed",
          says: `a message of type ${type} in place of a ServerHello`,
        };
      const hello = Reader.all(body, "ServerHello", readHello);
      this.#hello = hello;
      const isAll = this.#until === "hello" || hello.version > 0x0303;
      return isAll ? this.#whole(hello) : undefined;
    }
    const { suite, version } = this.#hello;
    if (type === HandshakeType.certificate)
      this.#certificates = Reader.all(body, "Certificate", (r) =>
        r.list24((one) => one.opaque24().slice()),
      );
    if (type === HandshakeType.certificate_status) this.#staple = true;
    if (type === HandshakeType.certificate_request) this.#asks = true;
    if (type === HandshakeType.server_key_exchange)
      this.#exchange = readExchange(
        new Reader(body, "ServerKeyExchange"),
        suite,
        version,
      );
    return type === HandshakeType.server_hello_done ? this.ended : undefined;
  }

  #whole(hello: ServerAnswer): Answer {
    return {
      kind: "hello",
      hello,
      certificates: this.#certificates,
      exchange: this.#exchange,
      staple: this.#staple,
      asksForCertificate: this.#asks,
    };
  }
}

function readHello(reader: Reader): ServerAnswer {
  const legacy = reader.u16();
  const random = reader.bytes(32);
  const sessionId = reader.opaque8().slice();
  const suite = reader.u16();
  const compression = reader.u8();
  const extensions = new Map<number, Uint8Array>();
  if (reader.left > 0)
    reader.list16((entry) => {
      extensions.set(entry.u16(), entry.opaque16().slice());
    });
  const body = extensions.get(ExtensionType.supported_versions);
  const version =
    body === undefined
      ? legacy
      : Reader.all(body, "supported_versions", (r) => r.u16());
  const isRetry = equal(random, HELLO_RETRY_RANDOM);
  return {
    ...{ version, suite, compression, sessionId, extensions, isRetry },
    isMarked: isDowngrade(random),
  };
}

/** ECCurveType, RFC 8422 5.4. */
const NAMED_CURVE = 3;

function readExchange(
  reader: Reader,
  suite: number,
  version: number,
): ServerExchange | undefined {
  const params = readParams(reader, suite);
  if (params === undefined) return undefined;
  const isSigned = !isAnonymous(suiteName(suite));
  if (version < 0x0303 || !isSigned) return params;
  return { ...params, scheme: reader.u16() };
}

function readParams(reader: Reader, suite: number): ServerExchange | undefined {
  switch (exchangeOf(suite)) {
    case "curve":
      return reader.u8() === NAMED_CURVE
        ? { group: reader.u16(), share: reader.opaque8().slice() }
        : undefined;
    case "field": {
      const prime = reader.opaque16().slice();
      reader.opaque16();
      return { prime, share: reader.opaque16().slice() };
    }
    case "rsa": {
      const rsaBits = bitLength(reader.opaque16());
      reader.opaque16();
      return { rsaBits };
    }
    default:
      return undefined;
  }
}

/** Bits of a number, big-endian. */
export function bitLength(bytes: Uint8Array): number {
  const at = bytes.findIndex((byte) => byte !== 0);
  if (at === -1) return 0;
  return 8 * (bytes.length - at) - Math.clz32(bytes[at] ?? 0) + 24;
}
