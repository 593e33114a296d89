import { concat } from "../../bytes.ts";
import type { HashAlgorithm, RunningHash } from "../../crypto/provider.ts";
import { HandshakeType } from "../../wire/code-points.ts";

/** Messages before the hash function is agreed. An immutable value. */
export class PendingTranscript {
  readonly #messages: readonly Uint8Array[];

  constructor(messages: readonly Uint8Array[] = []) {
    this.#messages = messages;
  }

  /** With one more message; this transcript stays as it is. */
  add(message: Uint8Array): PendingTranscript {
    return new PendingTranscript([...this.#messages, message]);
  }

  /** The cipher suite decides about the hash. */
  begin(hash: HashAlgorithm): Transcript {
    const running = hash.create();
    for (const message of this.#messages) running.update(message);
    return new Transcript(hash, running);
  }

  /** The same for TLS 1.2. */
  begin12(hash: HashAlgorithm): Transcript12 {
    return new Transcript12(this.begin(hash), this.#messages);
  }

  /**
   * RFC 9846 4.1: with a HelloRetryRequest, ClientHello1 is replaced by a
   * message of type message_hash that holds its hash.
   */
  retry(hash: HashAlgorithm): PendingTranscript {
    return PendingTranscript.ofRetry(this.begin(hash).digest());
  }

  /** The same of the hash of ClientHello1. */
  static ofRetry(digest: Uint8Array): PendingTranscript {
    const header = [HandshakeType.message_hash, 0, 0, digest.length];
    return new PendingTranscript([concat(Uint8Array.from(header), digest)]);
  }
}

/**
 * The transcript hash of RFC 9846 4.1 as an immutable value: a state may be
 * kept, forked and resumed without its transcript moving on.
 */
export class Transcript {
  readonly hash: HashAlgorithm;
  readonly #running: RunningHash;
  #digest: Uint8Array | undefined;

  constructor(hash: HashAlgorithm, running: RunningHash) {
    this.hash = hash;
    this.#running = running;
  }

  /** With one more message; this transcript stays as it is. */
  add(message: Uint8Array): Transcript {
    const running = this.#running.clone();
    running.update(message);
    return new Transcript(this.hash, running);
  }

  /** Transcript-Hash of all messages so far. Not to be written to. */
  digest(): Uint8Array {
    this.#digest ??= this.#running.digest();
    return this.#digest;
  }
}

/**
 * The handshake of TLS 1.2 so far, RFC 5246 7.4.9, as an immutable value: its
 * hash and, as long as a signature over the messages themselves may be wanted
 * (7.4.8), the messages.
 */
export class Transcript12 {
  readonly #hashed: Transcript;
  readonly #messages: readonly Uint8Array[] | undefined;

  constructor(hashed: Transcript, messages?: readonly Uint8Array[]) {
    this.#hashed = hashed;
    this.#messages = messages;
  }

  get hash(): HashAlgorithm {
    return this.#hashed.hash;
  }

  /** With one more message; this transcript stays as it is. */
  add(message: Uint8Array): Transcript12 {
    return new Transcript12(
      this.#hashed.add(message),
      this.#messages && [...this.#messages, message],
    );
  }

  /** Hash(handshake_messages) of all messages so far. Not to be written to. */
  digest(): Uint8Array {
    return this.#hashed.digest();
  }

  /** handshake_messages; the array belongs to the caller. */
  messages(): Uint8Array {
    if (this.#messages === undefined)
      throw new Error("the messages of this transcript were let go");
    return concat(...this.#messages);
  }

  /** From here on the hash alone is kept: nobody will sign. */
  withoutMessages(): Transcript12 {
    return new Transcript12(this.#hashed);
  }
}
