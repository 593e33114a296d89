/**
 * The least that TLS in JavaScript costs below `node:http` and `node:http2`: a Duplex over
 * a socket of TCP that seals each write and opens each record by bare calls of
 * node:crypto, and knows of TLS nothing else.
 */
import { Duplex } from "node:stream";
import { bareKey, HEADER_LENGTH } from "./bare-record.js";

const CONTENT = 16384;
const NOTHING = Buffer.alloc(0);

export class BareDuplex extends Duplex {
  #raw;
  #key = bareKey();
  #held = NOTHING;

  /** @param {import("node:net").Socket} raw */
  constructor(raw) {
    super({ allowHalfOpen: true });
    this.#raw = raw;
    raw.on("data", (bytes) => {
      if (!this.#take(bytes)) raw.pause();
    });
    raw.on("end", () => this.push(null));
    raw.on("error", (error) => this.destroy(error));
  }

  _read() {
    this.#raw.resume();
  }

  _write(bytes, _encoding, done) {
    if (bytes.length <= CONTENT) {
      this.#raw.write(this.#key.seal(bytes), done);
      return;
    }
    // One system call for all of them, and no copy.
    this.#raw.cork();
    for (let at = 0; at < bytes.length; at += CONTENT) {
      const record = this.#key.seal(bytes.subarray(at, at + CONTENT));
      this.#raw.write(record, at + CONTENT < bytes.length ? undefined : done);
    }
    this.#raw.uncork();
  }

  _writev(pieces, done) {
    this._write(Buffer.concat(pieces.map(({ chunk }) => chunk)), "", done);
  }

  _final(done) {
    this.#raw.end(done);
  }

  _destroy(error, done) {
    this.#raw.destroy();
    done(error);
  }

  // What node:http asks of a socket.
  setTimeout() {
    return this;
  }
  setNoDelay() {
    return this;
  }
  setKeepAlive() {
    return this;
  }
  ref() {
    return this;
  }
  unref() {
    return this;
  }

  #take(bytes) {
    let held = this.#held;
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    let takesMore = true;
    while (held.length >= HEADER_LENGTH) {
      const end = HEADER_LENGTH + held.readUInt16BE(3);
      if (held.length < end) break;
      takesMore = this.push(this.#key.open(held.subarray(0, end)));
      held = held.subarray(end);
    }
    this.#held = held;
    return takesMore;
  }
}
