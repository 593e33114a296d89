/**
 * The sending half of a secure socket: pieces of data to records, records to the
 * stream below.
 */
import { Buffer } from "node:buffer";
import { joinPieces } from "../../net/node-pieces.ts";
import type { Done, Piece } from "../../net/node-socket.ts";
import type { Connection } from "../../ssl/connection/connection.ts";
import type { Wire } from "./wire.ts";

/** Bytes that are sealed at once: the next ones when the system has these. */
const SEND_SIZE = 128 * 1024;
/** For the records of {@link SEND_SIZE}. */
const ROOM = 132 * 1024;
/** Less data has memory of its own as quickly. */
const WORTH_A_ROOM = 4 * 1024;
const MAX_IDLE_ROOMS = 4;
const idleRooms: Uint8Array[] = [];

/** Reused for data that is sealed before the next is joined. */
let joined: Buffer | undefined;

function scratch(length: number): Buffer {
  if (length > SEND_SIZE) return Buffer.allocUnsafeSlow(length);
  return (joined ??= Buffer.allocUnsafeSlow(SEND_SIZE));
}

export class Sender {
  readonly #connection: Connection;
  readonly #wire: Wire;
  readonly #sent: () => void;
  /** Bytes of data in one record; more than a record holds: as many as it holds. */
  maxFragment = Infinity;

  /** @param sent is called when the stream below has taken something */
  constructor(connection: Connection, wire: Wire, sent: () => void) {
    this.#connection = connection;
    this.#wire = wire;
    this.#sent = sent;
  }

  /**
   * Sends pieces of data; calls back when the system has taken them, or with what
   * went wrong.
   *
   * @param total the bytes of all of them
   */
  send(pieces: readonly Piece[], total: number, done: Done): void {
    this.#sendFrom(joinPieces(pieces, total, scratch), 0, done);
  }

  /** Sends what the connection itself has to say, without waiting. */
  flush(): void {
    if (this.#connection.engine?.hasOutput !== true) return;
    const bytes = this.#connection.takeOutput();
    if (bytes.length > 0) this.#wire.say(bytes);
  }

  #writeFragments(part: Uint8Array): void {
    for (let at = 0; at < part.length; at += this.maxFragment)
      this.#connection.write(part.subarray(at, at + this.maxFragment));
  }

  /** Seals and sends a part, and the next when the system has taken it. */
  #sendFrom(bytes: Uint8Array, at: number, done: Done): void {
    const wire = this.#wire;
    const end = Math.min(at + SEND_SIZE, bytes.length);
    const part = bytes.subarray(at, end);
    const room =
      part.length >= WORTH_A_ROOM && wire.sendsInPlace
        ? (idleRooms.pop() ?? new Uint8Array(ROOM))
        : undefined;
    try {
      if (part.length <= this.maxFragment) this.#connection.write(part, room);
      else this.#writeFragments(part);
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    wire.write(this.#connection.takeOutput(), (error) => {
      if (room !== undefined && idleRooms.length < MAX_IDLE_ROOMS)
        idleRooms.push(room);
      this.#sent();
      if (error || end === bytes.length) done(error);
      else this.#sendFrom(bytes, end, done);
    });
  }
}
