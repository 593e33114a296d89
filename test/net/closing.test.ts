/** A failed handshake lets go of its transport, whether the peer reads or not. */
import { expect, it } from "vitest";
import { SSLServer, type Transport } from "../../src/index.ts";
import { ascii, serverContext } from "../ssl/support.ts";

/** A transport whose peer sends no TLS and reads nothing. */
class FullTransport implements Transport {
  readonly buffered = 0;
  readonly bytesRead = 10;
  /** Timers that run, by what they wait for in milliseconds. */
  readonly timers = new Map<() => void, number>();
  aborted = false;
  #letGo: (() => void) | undefined;

  read(): Promise<Uint8Array> {
    return Promise.resolve(ascii("SSH-2.0-x\r\n"));
  }

  write(): Promise<void> {
    return new Promise(() => undefined);
  }

  closeWrite(): Promise<void> {
    return this.write();
  }

  close(): Promise<void> {
    return new Promise((resolve) => (this.#letGo = resolve));
  }

  abort(): void {
    this.aborted = true;
    this.#letGo?.();
  }

  unread(): void {
    // Nothing is read again here.
  }

  readonly setTimer = (callback: () => void, after: number): (() => void) => {
    this.timers.set(callback, after);
    return () => void this.timers.delete(callback);
  };
}

it("a peer that does not read keeps no transport of a server", async () => {
  const transport = new FullTransport();
  const arrivals: Transport[] = [transport];
  let told: (error: unknown) => void = () => undefined;
  const failed = new Promise((resolve) => (told = resolve));
  const server = new SSLServer(
    {
      address: undefined,
      accept: () => {
        const next = arrivals.shift();
        return next ? Promise.resolve(next) : new Promise(() => undefined);
      },
      close: () => Promise.resolve(),
    },
    serverContext(),
    { onHandshakeError: told },
  );
  expect(await failed).toHaveProperty("reason");
  // Those of the handshake are gone, and one waits for the transport's end.
  expect([...transport.timers.values()]).toEqual([10_000]);
  expect(transport.aborted).toBe(false);
  for (const [callback] of transport.timers) callback();
  expect(transport.aborted).toBe(true);
  await new Promise((resolve) => setTimeout(resolve));
  expect(transport.timers.size).toBe(0);
  await server.close();
});
