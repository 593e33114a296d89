/**
 * Follows the records of a connection that is only watched, and opens those
 * whose keys a key log has: of TLS 1.3 (RFC 9846 7.3) and of TLS 1.2.
 */
import { NO_BYTES, toHex } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { TlsError } from "../errors.ts";
import type { CipherSuite } from "../handshake/registries/cipher-suites.ts";
import { Deframer } from "../record/deframer.ts";
import {
  HandshakeJoiner,
  type RawMessage,
} from "../record/handshake-joiner.ts";
import type { PlainRecord, RawRecord } from "../record/protection.ts";
import { ContentType, HandshakeType } from "../wire/code-points.ts";
import {
  clientHelloFacts,
  serverHelloFacts,
  type ClientHelloFacts,
  type ServerHelloFacts,
} from "./hello-facts.ts";
import type { KeyLog } from "./keylog.ts";
import { type Keys, keys12, keys13, suiteOf, updatedKeys } from "./keys.ts";
import type { Direction } from "./words.ts";

/** A record, and as much of its inside as could be opened. */
export interface FollowedRecord {
  readonly from: Direction;
  readonly header: Uint8Array;
  /** Bytes on the wire, header included. */
  readonly length: number;
  /** The keys that protect it: their RFC name, "sealed" when not known. */
  readonly keys: string | undefined;
  /** The content type: the inner one where it could be opened. */
  readonly type: number;
  /** Undefined for a record that could not be opened. */
  readonly content: Uint8Array | undefined;
}

/** A handshake message that ended in a record. */
export interface FollowedMessage extends RawMessage {
  /** The suite as it was known before the message. */
  readonly suite: CipherSuite | undefined;
}

/** Takes what a follower finds, in order: a record before its messages. */
export interface FollowSink {
  record(record: FollowedRecord): void;
  message(from: Direction, message: FollowedMessage): void;
}

interface Side {
  readonly from: Direction;
  readonly deframer: Deframer;
  readonly joiner: HandshakeJoiner;
  keys: Keys | undefined;
  /** Keys that go into use at their sender's EndOfEarlyData, or without one. */
  next: Keys | undefined;
  /** TLS 1.2: its change_cipher_spec was there. */
  sealed12: boolean;
  finished: boolean;
}

/** Longest handshake message that is followed. */
const MAX_MESSAGE = 2 ** 17;
const MAX_INNER = 2 ** 14 + 1;
/** RFC 5246 6.2.3: what no record of any version exceeds. */
const MAX_CIPHERTEXT = 2 ** 14 + 2048;

export class RecordFollower {
  readonly #provider: CryptoProvider;
  readonly #keyLog: KeyLog | undefined;
  readonly #sink: FollowSink;
  readonly #sides: Record<Direction, Side> = {
    client: newSide("client"),
    server: newSide("server"),
  };
  #client: ClientHelloFacts | undefined;
  /** The random that the key log has, in hexadecimal. */
  #random = "";
  #server: ServerHelloFacts | undefined;
  #suite: CipherSuite | undefined;

  constructor(options: {
    readonly provider: CryptoProvider;
    readonly keyLog: KeyLog | undefined;
    readonly sink: FollowSink;
  }) {
    this.#provider = options.provider;
    this.#keyLog = options.keyLog;
    this.#sink = options.sink;
  }

  /** The random by which the key log knows the connection; "" before a hello. */
  get loggedRandom(): string {
    return this.#random;
  }

  /**
   * Takes bytes that one side sent, in any split.
   *
   * @throws TlsError when they are no TLS records
   */
  feed(from: Direction, bytes: Uint8Array): void {
    const side = this.#sides[from];
    side.deframer.push(bytes);
    for (;;) {
      const raw = side.deframer.next({ maxFragment: () => MAX_CIPHERTEXT });
      if (raw === undefined) break;
      this.#record(side, raw);
    }
    side.deframer.settle();
  }

  #record(side: Side, raw: RawRecord): void {
    const { from } = side;
    const sealed = side.sealed12 || raw.type === ContentType.application_data;
    const plain = sealed ? this.#open(side, raw) : undefined;
    const clear = sealed ? undefined : raw.fragment.slice();
    const content = plain?.content ?? clear;
    const type = plain?.type ?? raw.type;
    const keys = plain === undefined ? "sealed" : side.keys?.name;
    this.#sink.record({
      from,
      header: raw.header.slice(),
      length: raw.header.length + raw.fragment.length,
      keys: sealed ? keys : undefined,
      ...{ type, content },
    });
    if (content === undefined) return;
    if (type === ContentType.change_cipher_spec) this.#changeCipher(side);
    if (type !== ContentType.handshake) return;
    side.joiner.push(content);
    for (let next = side.joiner.next(); next; next = side.joiner.next()) {
      this.#sink.message(from, { ...next, suite: this.#suite });
      this.#follow(side, next);
    }
  }

  /** Opens by the keys in use, or by the next where early data just ended. */
  #open(side: Side, raw: RawRecord): PlainRecord | undefined {
    const plain = openWith(side.keys, raw);
    if (plain !== undefined || side.next === undefined) return plain;
    const later = openWith(side.next, raw);
    if (later === undefined) return undefined;
    side.keys = side.next;
    side.next = undefined;
    return later;
  }

  /** RFC 5246 7.1: what follows is under the keys just agreed on. */
  #changeCipher(side: Side): void {
    if (this.#suite?.version !== "TLSv1.2") return;
    side.sealed12 = true;
    const [suite, client, server] = [this.#suite, this.#client, this.#server];
    const main = this.#find("CLIENT_RANDOM");
    side.keys =
      main === undefined || client === undefined || server === undefined
        ? undefined
        : keys12(this.#provider, suite, side.from, main, {
            randoms: { client: client.random, server: server.random },
            encryptThenMac: server.encryptThenMac,
          });
  }

  /** Changes keys where the handshake does. */
  #follow(side: Side, { type, body }: RawMessage): void {
    if (type === HandshakeType.client_hello) {
      this.#client = clientHelloFacts(body) ?? this.#client;
      this.#random = toHex(this.#client?.random ?? NO_BYTES);
      if (this.#suite === undefined) this.#expectEarlyData(side);
    } else if (type === HandshakeType.server_hello) this.#serverHello(body);
    else if (type === HandshakeType.end_of_early_data) {
      side.keys = side.next ?? side.keys;
      side.next = undefined;
    } else if (this.#suite?.version !== "TLSv1.3") return;
    // A client that authenticates later sends another one.
    else if (type === HandshakeType.finished && !side.finished) {
      side.finished = true;
      const keys = this.#logged(
        side.from,
        `${side.from.toUpperCase()}_TRAFFIC_SECRET_0`,
        `${side.from}_application_traffic_secret_0`,
      );
      side.keys = keys ?? side.keys;
    } else if (type === HandshakeType.key_update && side.keys !== undefined)
      side.keys = updatedKeys(this.#provider, this.#suite, side.keys);
  }

  #serverHello(body: Uint8Array): void {
    const facts = serverHelloFacts(body);
    if (facts === undefined || facts.isRetry) return;
    this.#server = facts;
    this.#suite = suiteOf(facts.cipherSuite);
    if (this.#suite?.version !== "TLSv1.3") return;
    for (const side of [this.#sides.client, this.#sides.server]) {
      const { from } = side;
      const keys = this.#logged(
        from,
        `${from.toUpperCase()}_HANDSHAKE_TRAFFIC_SECRET`,
        `${from}_handshake_traffic_secret`,
      );
      if (side.keys === undefined) side.keys = keys;
      else side.next = keys;
    }
    this.#seekInnerHello();
  }

  /**
   * RFC 9846 4.3.10: early data is under the suite of its PSK, which is told only
   * later; of those that were offered the one that opens the record is it.
   */
  #expectEarlyData(side: Side): void {
    // A second hello, after a HelloRetryRequest, has none any more.
    side.keys = undefined;
    const secret = this.#find("CLIENT_EARLY_TRAFFIC_SECRET");
    if (this.#client?.offersEarlyData !== true || secret === undefined) return;
    const name = "client_early_traffic_secret";
    const candidates = this.#client.cipherSuites.flatMap((code) => {
      const suite = suiteOf(code);
      if (suite?.version !== "TLSv1.3") return [];
      const keys = keys13(this.#provider, suite, side.from, secret, name);
      return keys ?? [];
    });
    const opener = trialOpener(candidates, () => undefined);
    side.keys = { opener, name, secret: undefined };
  }

  /**
   * RFC 9849 6.1, RFC 9850 2: where Encrypted Client Hello was accepted, the log
   * names the random of the inner hello, which nobody sees. Of those in the log
   * the one whose secret opens the server's first record is it.
   */
  #seekInnerHello(): void {
    const { client, server } = this.#sides;
    const suite = this.#suite;
    const isKnown = this.#find(`SERVER_${HANDSHAKE}`) !== undefined;
    if (isKnown || suite?.version !== "TLSv1.3") return;
    if (this.#client?.offersEch !== true) return;
    const randoms = this.#keyLog?.randoms(`SERVER_${HANDSHAKE}`) ?? [];
    const name = "server_handshake_traffic_secret";
    const candidates = randoms.slice(-MOST_TRIALS).flatMap((random) => {
      const secret = this.#keyLog?.find(random, `SERVER_${HANDSHAKE}`);
      if (secret === undefined) return [];
      const keys = keys13(this.#provider, suite, "server", secret, name);
      return keys === undefined ? [] : [{ ...keys, random }];
    });
    const opener = trialOpener(candidates, (keys) => {
      this.#random = keys.random;
      server.keys = keys;
      client.keys = this.#logged(
        "client",
        `CLIENT_${HANDSHAKE}`,
        "client_handshake_traffic_secret",
      );
    });
    server.keys = { opener, name: "sealed", secret: undefined };
  }

  #logged(from: Direction, label: string, name: string): Keys | undefined {
    const bytes = this.#find(label);
    const suite = this.#suite;
    if (bytes === undefined || suite?.version !== "TLSv1.3") return undefined;
    return keys13(this.#provider, suite, from, bytes, name);
  }

  #find(label: string): Uint8Array | undefined {
    return this.#keyLog?.find(this.#random, label);
  }
}

const HANDSHAKE = "HANDSHAKE_TRAFFIC_SECRET";

/** The newest connections of a log that are tried for an inner hello. */
const MOST_TRIALS = 1000;

/** Opens with the first of the keys that can, and then with no others. */
function trialOpener<K extends Keys>(
  candidates: readonly K[],
  found: (keys: K) => void,
): Keys["opener"] {
  let right: K | undefined;
  return {
    open: (raw, limit) => {
      if (right !== undefined) return right.opener.open(raw, limit);
      for (const keys of candidates) {
        const plain = keys.opener.open(raw, limit);
        if (plain === undefined) continue;
        right = keys;
        found(keys);
        return plain;
      }
      return undefined;
    },
  };
}

function openWith(
  keys: Keys | undefined,
  raw: RawRecord,
): PlainRecord | undefined {
  try {
    return keys?.opener.open(raw, MAX_INNER);
  } catch (error) {
    // Decrypted, and against the rules inside.
    if (!(error instanceof TlsError)) throw error;
    return undefined;
  }
}

function newSide(from: Direction): Side {
  return {
    from,
    sealed12: false,
    finished: false,
    deframer: new Deframer(),
    joiner: new HandshakeJoiner(() => MAX_MESSAGE),
    keys: undefined,
    next: undefined,
  };
}
