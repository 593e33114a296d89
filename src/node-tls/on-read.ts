/** The option `onread` of Node's sockets: data into a buffer of the program. */
import { Buffer } from "node:buffer";
import { isByteArray } from "../bytes.ts";
import { requireFunction, requireObject } from "./base/checks.ts";
import { wrongType } from "./base/errors.ts";

/** Node's option: a buffer, or what returns one, and who is told of what is in it. */
export interface OnReadOption {
  readonly buffer: Uint8Array | (() => Uint8Array);
  /** Returns false to get no more until `resume()`. */
  readonly callback: (bytes: number, buffer: Uint8Array) => unknown;
}

/** Hands the data of a socket to the program's callback, piece by piece. */
export class OnRead {
  readonly #option: OnReadOption;
  #rest: Uint8Array = new Uint8Array(0);
  #paused = false;
  /** The buffer that the next data go to. */
  #target: Uint8Array;

  /** @throws TypeError ERR_INVALID_ARG_TYPE for another option */
  constructor(option: OnReadOption) {
    requireObject("options.onread", option);
    requireFunction("options.onread.callback", option.callback);
    if (!isByteArray(option.buffer))
      requireFunction("options.onread.buffer", option.buffer);
    this.#option = option;
    this.#target = this.#nextTarget();
  }

  /** Takes data; false: keep the next until {@link resume}. */
  take(data: Uint8Array): boolean {
    this.#rest =
      this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    return this.#hand();
  }

  /** Goes on where the callback had enough; true: the next data may come. */
  resume(): boolean {
    if (!this.#paused) return false;
    this.#paused = false;
    return this.#hand();
  }

  #hand(): boolean {
    const { callback } = this.#option;
    while (!this.#paused && this.#rest.length > 0) {
      const target = this.#target;
      const part = this.#rest.subarray(0, target.length);
      this.#rest = this.#rest.subarray(part.length);
      target.set(part);
      this.#paused = callback(part.length, target) === false;
      this.#target = this.#nextTarget();
    }
    return !this.#paused;
  }

  #nextTarget(): Uint8Array {
    const { buffer } = this.#option;
    const target: unknown = typeof buffer === "function" ? buffer() : buffer;
    if (isByteArray(target) && target.length > 0) return target;
    throw wrongType("options.onread.buffer", target, "a Uint8Array with room");
  }
}
