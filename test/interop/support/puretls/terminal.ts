/** The `puretls` command in this process, between streams of the test's own. */
import { PassThrough, Writable } from "node:stream";
import { afterEach } from "vitest";
import { concat, latin1 } from "../../../../src/bytes.ts";
import { main } from "../../../../src/cli/main.ts";

const PATIENCE = 20_000;

const running = new Set<CommandRun>();
afterEach(() => {
  for (const run of running) run.interrupt();
  running.clear();
});

/** A command line that runs from the moment it is made. */
export class CommandRun {
  readonly stdin = new PassThrough();
  /** The exit code. */
  readonly exit: Promise<number>;
  readonly #stdout = new Collector();
  readonly #stderr = new Collector();
  readonly #interrupted = new AbortController();

  constructor(...args: readonly string[]) {
    running.add(this);
    this.exit = main(args, {
      stdin: this.stdin,
      stdout: this.#stdout,
      stderr: this.#stderr,
      env: {},
      signal: this.#interrupted.signal,
    });
  }

  get output(): Uint8Array {
    return concat(...this.#stdout.chunks);
  }

  get text(): string {
    return latin1(this.output);
  }

  get errors(): string {
    return latin1(concat(...this.#stderr.chunks));
  }

  /** As Ctrl-C does. */
  interrupt(): void {
    this.#interrupted.abort();
  }

  /** Waits until standard output is as wanted. */
  printed(isIt: (output: Uint8Array) => boolean): Promise<void> {
    return this.#until(this.#stdout, () => isIt(this.output));
  }

  /** Waits until standard error has a line. */
  complained(): Promise<void> {
    return this.#until(this.#stderr, () => this.errors.endsWith("\n"));
  }

  async #until(stream: Collector, done: () => boolean): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    while (!done()) {
      if (Date.now() > deadline)
        throw new Error(`in vain; it printed ${this.text}${this.errors}`);
      await stream.change(deadline - Date.now());
    }
  }
}

class Collector extends Writable {
  readonly chunks: Uint8Array[] = [];
  #wake: () => void = () => undefined;

  /** Resolves when something was written, or after that many milliseconds. */
  change(timeout: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeout);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  override _write(chunk: Uint8Array, _: string, done: () => void): void {
    this.chunks.push(chunk.slice());
    this.#wake();
    done();
  }
}
