/**
 * The data that one side sent, to be compared with what the other side
 * received.
 */

interface Call {
  readonly data: Uint8Array;
  /** Number of bytes that were sent; undefined if unknown. */
  taken: number | undefined;
}

/** A position: the call, and the number of its bytes that were read. */
interface State {
  readonly call: number;
  readonly at: number;
}

export class Stream {
  readonly #calls: Call[] = [];

  /** Data for a call, no two of which are alike. */
  next(length: number): Call {
    const data = new Uint8Array(length);
    const first = Math.imul(this.#calls.length + 1, 0x9e3779b1);
    for (let at = 0; at < length; at++)
      data[at] = Math.imul(first + at, 0x85ebca6b) >>> 24;
    const call = { data, taken: undefined };
    this.#calls.push(call);
    return call;
  }

  /** Bytes that calls were given. */
  get length(): number {
    return this.#calls.reduce((sum, { data }) => sum + data.length, 0);
  }

  /**
   * Tells whether that is the beginning of the data of the calls, in their
   * order; with `whole`, all of it.
   */
  explains(received: Uint8Array, whole: boolean): boolean {
    let states: State[] = [{ call: -1, at: 0 }];
    for (const byte of received) {
      const [only] = states;
      const call = this.#calls[only?.call ?? -1];
      // Within a call whose end is known there is one way to go on.
      if (states.length === 1 && only && call?.taken && only.at < call.taken) {
        if (call.data[only.at] !== byte) return false;
        states = [{ call: only.call, at: only.at + 1 }];
        continue;
      }
      states = states.flatMap((state) =>
        this.#next(state).filter(
          ({ call, at }) => this.#calls[call]?.data[at - 1] === byte,
        ),
      );
      if (states.length === 0) return false;
    }
    return (
      !whole ||
      states.some(
        (state) =>
          this.#canLeave(state) &&
          this.#calls.slice(state.call + 1).every(mayBeNothing),
      )
    );
  }

  /** The positions that are possible after one more byte. */
  #next(state: State): State[] {
    const { call, at } = state;
    const states: State[] = [];
    if (at < most(this.#calls[call])) states.push({ call, at: at + 1 });
    if (!this.#canLeave(state)) return states;
    for (let later = call + 1; later < this.#calls.length; later++) {
      const one = this.#calls[later];
      if (most(one) > 0) states.push({ call: later, at: 1 });
      if (one === undefined || !mayBeNothing(one)) break;
    }
    return states;
  }

  #canLeave({ call, at }: State): boolean {
    const one = this.#calls[call];
    return one?.taken === undefined || one.taken === at;
  }
}

function most(call: Call | undefined): number {
  return call === undefined ? 0 : (call.taken ?? call.data.length);
}

function mayBeNothing({ taken }: Call): boolean {
  return taken === undefined || taken === 0;
}
