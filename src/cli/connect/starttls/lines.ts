/** The plain part of a connection, before TLS begins on it. */
import { concatAll, latin1, NO_BYTES, utf8Bytes } from "../../../bytes.ts";
import type { Transport } from "../../../ssl/socket/transport.ts";

/** Speaks until the server waits for a ClientHello. */
export type Dialogue = (talk: PlainTalk, serverName: string) => Promise<void>;

/** Bytes of an answer: more than any server has to say. */
const MOST = 64 * 1024;

/** Reads and writes what comes before TLS; names the protocol in its errors. */
export class PlainTalk {
  readonly #transport: Transport;
  readonly #what: string;
  #buffer: Uint8Array = NO_BYTES;
  #taken = 0;

  constructor(transport: Transport, what: string) {
    this.#transport = transport;
    this.#what = what;
  }

  send(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === "string" ? utf8Bytes(data) : data;
    return this.#transport.write(bytes);
  }

  /** That many bytes. */
  async bytes(length: number): Promise<Uint8Array> {
    while (this.#buffer.length < length) await this.#more();
    return this.#take(length);
  }

  /** A line without its end. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf(0x0a);
      if (end !== -1) return latin1(this.#take(end + 1)).replace(/\r?\n$/, "");
      await this.#more();
    }
  }

  /** Text until it has one of the patterns; returns all of it. */
  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(latin1(this.#buffer));
      if (match !== null)
        return latin1(this.#take(match.index + match[0].length));
      await this.#more();
    }
  }

  /**
   * Ends the plain part. What came already would be taken for the server's,
   * though nobody has protected it.
   *
   * @throws Error for bytes that came before TLS began
   */
  end(): void {
    if (this.#buffer.length > 0)
      throw new Error(
        `--starttls ${this.#what}: ${this.#buffer.length} bytes came unprotected after the server agreed to TLS; somebody may have put them there`,
      );
  }

  /** An error with what the server answered, as far as it is text. */
  refusal(wanted: string, answer: string): Error {
    return new Error(
      `--starttls ${this.#what}: the server answered "${plain(answer)}", not ${wanted}`,
    );
  }

  #take(length: number): Uint8Array {
    const taken = this.#buffer.slice(0, length);
    this.#buffer = this.#buffer.slice(length);
    return taken;
  }

  async #more(): Promise<void> {
    const bytes = await this.#transport.read();
    if (bytes === null)
      throw new Error(
        `--starttls ${this.#what}: the server ended the connection before TLS began`,
      );
    this.#taken += bytes.length;
    if (this.#taken > MOST)
      throw new Error(
        `--starttls ${this.#what}: the server said more than ${MOST} bytes and did not agree to TLS`,
      );
    this.#buffer = concatAll([this.#buffer, bytes]);
  }
}

/** The first letters, and "?" for what is none. */
function plain(text: string): string {
  return text.slice(0, 120).replaceAll(/[^\x20-\x7e]/g, "?");
}
