/** The bytes of a connection, and their trace afterwards. */
import { tap } from "../../../../src/cli/tap.ts";
import { noble } from "../../../../src/crypto/noble/index.ts";
import type { Transport } from "../../../../src/net/transport.ts";
import type { Version } from "../scenarios/options.ts";
import { KeyLog, TraceDecoder } from "../../../../src/trace/index.ts";
import type { Direction } from "../../../../src/trace/index.ts";

/** Watches one connection from its first byte. */
export class Wire {
  readonly #version: Version;
  readonly #self: Direction;
  readonly #peer: Direction;
  readonly #keyLog = new KeyLog();
  readonly #seen: { readonly from: Direction; readonly bytes: Uint8Array }[] =
    [];

  /** @param self which of the two ends puretls is */
  constructor(self: Direction, version: Version = "TLSv1.3") {
    this.#version = version;
    this.#self = self;
    this.#peer = self === "client" ? "server" : "client";
  }

  /** For the context of the connection. */
  readonly keylog = (line: string): void => {
    this.#keyLog.add(line);
  };

  watch(transport: Transport): Transport {
    return tap(transport, (direction, bytes) => {
      const from = direction === "write" ? this.#self : this.#peer;
      this.#seen.push({ from, bytes });
    });
  }

  /**
   * The handshake messages that tell what no property of a socket does.
   *
   * @throws TlsError when the trace cannot follow the connection
   */
  summary(): {
    readonly helloRetried: boolean;
    readonly readKeyUpdates: number;
  } {
    // TLS 1.2 has neither.
    if (this.#version === "TLSv1.2")
      return { helloRetried: false, readKeyUpdates: 0 };
    const decoder = new TraceDecoder({ provider: noble, keyLog: this.#keyLog });
    const messages = this.#seen
      .flatMap(({ from, bytes }) => decoder.feed(from, bytes))
      .flatMap(({ from, messages }) =>
        messages.map(({ name }) => ({ from, name })),
      );
    return {
      helloRetried: messages.some(({ name }) => name === "hello_retry_request"),
      readKeyUpdates: messages.filter(
        ({ from, name }) => from === this.#peer && name === "key_update",
      ).length,
    };
  }
}
