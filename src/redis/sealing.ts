/** Values in Redis, encrypted under keys that the operator gives. */
import {
  asciiBytes,
  type BytesLike,
  concat,
  utf8Bytes,
  viewBytes,
} from "../bytes.ts";
import type { AeadKey, CryptoProvider } from "../crypto/provider.ts";
import { TlsUsageError } from "../errors.ts";
import { ticketAead } from "../handshake/sessions/ticket-keys.ts";
import { decodeBase64, encodeBase64 } from "../x509/keys/pem.ts";

const KEY_LENGTH = 32;
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;
const LABEL = asciiBytes("puretls redis value");

/** Encrypts and authenticates values, each for its name. */
export class Sealer {
  readonly #provider: CryptoProvider;
  readonly #keys: readonly AeadKey[];

  /**
   * @param keys 32 bytes each: the first seals, all of them open
   * @throws TlsUsageError for none, for a key of another length, and for a
   *   provider without an AEAD in constant time
   */
  constructor(provider: CryptoProvider, keys: readonly BytesLike[]) {
    const aead = ticketAead(provider);
    this.#provider = provider;
    this.#keys = keys.map((key) => {
      const bytes = viewBytes(key, "encryptionKeys");
      if (bytes.length === KEY_LENGTH) return aead.key(bytes.slice());
      throw new TlsUsageError(
        `encryptionKeys: a key of ${bytes.length.toString()} bytes; ${KEY_LENGTH.toString()} are allowed`,
      );
    });
    if (keys.length === 0)
      throw new TlsUsageError("encryptionKeys: none; 1 or more are allowed");
  }

  /** Text, so that any client carries it as it is. */
  seal(name: string, plaintext: Uint8Array): string {
    const [key] = this.#keys;
    if (key === undefined) throw new TlsUsageError("encryptionKeys: none");
    const nonce = this.#provider.random(NONCE_LENGTH);
    const out = new Uint8Array(plaintext.length + TAG_LENGTH);
    key.seal(nonce, aadOf(name), plaintext, out);
    return encodeBase64(concat(nonce, out));
  }

  /** Undefined for what was not sealed for that name under one of the keys. */
  open(name: string, text: string): Uint8Array | undefined {
    const bytes = bytesOf(text);
    if (bytes === undefined || bytes.length < NONCE_LENGTH + TAG_LENGTH)
      return undefined;
    const nonce = bytes.slice(0, NONCE_LENGTH);
    for (const key of this.#keys) {
      const sealed = bytes.slice(NONCE_LENGTH);
      const plaintext = key.open(nonce, aadOf(name), sealed);
      if (plaintext !== undefined) return plaintext;
    }
    return undefined;
  }
}

function aadOf(name: string): Uint8Array {
  return concat(LABEL, utf8Bytes(name));
}

/** Undefined for what is not base64. */
function bytesOf(text: string): Uint8Array | undefined {
  try {
    return decodeBase64(text);
  } catch {
    return undefined;
  }
}
