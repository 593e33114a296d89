/** A socket as a connection of the lab. */
import type { Socket } from "node:net";
import type { LabConnection } from "../peers/opponent.ts";

/** More than any run reads: a peer that sends without end is not buffered. */
const MOST_BUFFERED = 16 * 2 ** 20;

export class SocketConnection implements LabConnection {
  readonly #socket: Socket;
  readonly #received: Uint8Array[] = [];
  #buffered = 0;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (bytes) => {
      this.#buffered += bytes.length;
      if (this.#buffered > MOST_BUFFERED) socket.destroy();
      else this.#received.push(new Uint8Array(bytes));
      this.#wake?.();
    });
    const end = (): void => {
      this.#ended = true;
      this.#wake?.();
    };
    socket.on("end", end);
    socket.on("close", end);
    // A reset is an end too.
    socket.on("error", end);
  }

  send(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed || this.#socket.writableEnded) resolve();
      else this.#socket.write(bytes, () => resolve());
    });
  }

  async receive(patience: number): Promise<Uint8Array | "end" | "silence"> {
    if (this.#received.length === 0 && !this.#ended) await this.#wait(patience);
    const bytes = this.#received.shift();
    if (bytes !== undefined) {
      this.#buffered -= bytes.length;
      return bytes;
    }
    return this.#ended ? "end" : "silence";
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #wait(patience: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#wake = undefined;
        resolve();
      }, patience);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
