/** Reading key logs in the NSS format (RFC 9850). */
import { fromHex } from "../bytes.ts";

/**
 * Secrets of many connections, by client random and label. See
 * {@link TraceDecoder} for an example.
 */
export class KeyLog {
  readonly #secrets = new Map<string, Uint8Array>();

  /**
   * Takes lines in; comments and what is no key log line are passed over.
   *
   * @param text one line or many
   */
  add(text: string): void {
    for (const line of text.split(/\r?\n/)) {
      const match = /^([A-Z0-9_]+) ([0-9a-fA-F]{64}) ([0-9a-fA-F]+)$/.exec(
        line,
      );
      const [, label, random, secret] = match ?? [];
      if (label && random && secret && secret.length % 2 === 0)
        this.#secrets.set(key(random, label), fromHex(secret));
    }
  }

  /** The client randoms that have a secret of that label, in hexadecimal. */
  randoms(label: string): string[] {
    const begin = `${label} `;
    return [...this.#secrets.keys()].flatMap((one) =>
      one.startsWith(begin) ? [one.slice(begin.length)] : [],
    );
  }

  /** A secret, undefined when the log has no such line. */
  find(clientRandom: string, label: string): Uint8Array | undefined {
    return this.#secrets.get(key(clientRandom, label));
  }
}

function key(random: string, label: string): string {
  return `${label} ${random.toLowerCase()}`;
}
