import { Duplex } from "node:stream";

/** Two streams, each of which reads what is written to the other. */
export function duplexPair() {
  const a = new End();
  const b = new End();
  a.other = b;
  b.other = a;
  return [a, b];
}

class End extends Duplex {
  /** @type {End | undefined} */
  other;
  /** The writer waits until the reader wants more. */
  #resume = () => {};

  _read() {
    const resume = this.#resume;
    this.#resume = () => {};
    resume();
  }

  _write(chunk, _encoding, done) {
    if (this.other.push(chunk)) process.nextTick(done);
    else this.other.#resume = done;
  }

  _final(done) {
    this.other.push(null);
    done();
  }
}
