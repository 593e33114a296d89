/** A listener whose transports come from the run. */
import type { Listener, Transport } from "../../../src/index.ts";

export class QueueListener implements Listener {
  readonly address = undefined;
  readonly #waiting: Transport[] = [];
  #accepting: ((transport: Transport | null) => void) | undefined;
  #closed = false;

  /** Tells whether that transport has not been accepted yet. */
  has(transport: Transport): boolean {
    return this.#waiting.includes(transport);
  }

  offer(transport: Transport): void {
    this.#waiting.push(transport);
    this.#give();
  }

  accept(): Promise<Transport | null> {
    return new Promise((resolve) => {
      this.#accepting = resolve;
      this.#give();
    });
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#give();
    return Promise.resolve();
  }

  #give(): void {
    const accepting = this.#accepting;
    if (accepting === undefined) return;
    const next = this.#closed ? null : this.#waiting.shift();
    if (next === undefined) return;
    this.#accepting = undefined;
    accepting(next);
  }
}
