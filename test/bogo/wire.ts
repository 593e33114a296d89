/** The connection to the runner: a TCP socket that is read on demand. */
import { connect, type Socket } from "node:net";
import { concat } from "../../src/bytes.ts";

export class Wire {
  readonly #socket: Socket;
  readonly #received: Uint8Array[] = [];
  #ended = false;
  #held: Uint8Array | undefined;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const woken = (): void => {
      this.#wake();
    };
    socket.on("data", (chunk) => {
      this.#received.push(chunk);
      woken();
    });
    const ended = (): void => {
      this.#ended = true;
      woken();
    };
    socket.on("end", ended);
    socket.on("close", ended);
    socket.on("error", ended);
  }

  /** Connects, and sends the number of this shim. */
  static async open(options: {
    readonly port: number;
    readonly ipv6: boolean;
    readonly shimId: bigint;
  }): Promise<Wire> {
    const socket = connect({
      port: options.port,
      host: options.ipv6 ? "::1" : "127.0.0.1",
      allowHalfOpen: true,
      noDelay: true,
    });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    const id = new Uint8Array(8);
    new DataView(id.buffer).setBigUint64(0, options.shimId, true);
    socket.write(id);
    return new Wire(socket);
  }

  /**
   * Waits for the bytes that arrive next, at least one; undefined at the end.
   */
  async receive(): Promise<Uint8Array | undefined> {
    while (this.#received.length === 0) {
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#received.shift();
  }

  /** All that has arrived meanwhile, and maybe nothing. */
  async arrived(): Promise<readonly Uint8Array[]> {
    for (let turns = 0; turns < 2; turns++)
      await new Promise((resolve) => setImmediate(resolve));
    return this.#received.splice(0);
  }

  send(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#held === undefined) this.#socket.write(bytes);
    else this.#held = concat(this.#held, bytes);
  }

  /** From here on one byte goes out, and the rest waits for {@link release}. */
  hold(bytes: Uint8Array): void {
    this.send(bytes.subarray(0, 1));
    this.#held = bytes.slice(1);
  }

  release(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.send(held);
  }

  /** Ends this side, and reads on until the runner has ended its own. */
  async close(): Promise<void> {
    this.release();
    this.#socket.end();
    while ((await this.receive()) !== undefined);
    this.#socket.destroy();
  }
}
