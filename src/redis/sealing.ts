/** Values in Redis, encrypted under keys that the operator gives. */
import {
  asciiBytes,
  type BytesLike,
  concat,
  isArrayBuffer,
  utf8Bytes,
  viewBytes,
} from "../bytes.ts";
import type { AeadKey, CryptoProvider } from "../crypto/provider.ts";
import { TlsUsageError } from "../errors.ts";
import { kindOf } from "../options.ts";
import { ticketAead } from "../handshake/sessions/ticket-keys.ts";
import { decodeBase64, encodeBase64 } from "../x509/keys/pem.ts";

const KEY_LENGTH = 32;
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;
const LABEL = asciiBytes("puretls redis value");

/** Encrypts and authenticates values, each for its name. */
export class Sealer {
  readonly #provider: CryptoProvider;
  readonly #keys: readonly [AeadKey, ...AeadKey[]];
  readonly #longest: number;

  /**
   * @param keys 32 bytes each: the first seals, all of them open
   * @param longest characters of a text that is opened: a longer one is none
   * @throws TlsUsageError for what is no array of keys, for none, for a key of
   *   another length, and for a provider without an AEAD in constant time
   */
  constructor(
    provider: CryptoProvider,
    keys: readonly BytesLike[],
    longest: number,
  ) {
    const aead = ticketAead(provider);
    this.#provider = provider;
    this.#longest = longest;
    const [first, ...more] = keysIn(keys).map((key) => aead.key(key));
    if (first === undefined) throw refused("an empty array");
    this.#keys = [first, ...more];
  }

  /** Text, so that any client carries it as it is. */
  seal(name: string, plaintext: Uint8Array): string {
    const [key] = this.#keys;
    const nonce = this.#provider.random(NONCE_LENGTH);
    const out = new Uint8Array(plaintext.length + TAG_LENGTH);
    key.seal(nonce, aadOf(name), plaintext, out);
    return encodeBase64(concat(nonce, out));
  }

  /** Undefined for what was not sealed for that name under one of the keys. */
  open(name: string, text: string): Uint8Array | undefined {
    if (text.length > this.#longest) return undefined;
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

/** Copies. @throws TlsUsageError for what is not an array of keys */
function keysIn(keys: unknown): Uint8Array[] {
  if (!Array.isArray(keys)) throw refused(fault(keys));
  return keys.map((key: unknown, index) => {
    if (!isBytesLike(key))
      throw refused(`${kindOf(key)} as number ${(index + 1).toString()}`);
    const bytes = viewBytes(key, "encryptionKeys");
    if (bytes.length === KEY_LENGTH) return bytes.slice();
    throw refused(
      `a key of ${bytes.length.toString()} bytes as number ${(index + 1).toString()}`,
    );
  });
}

/** A single key is the likeliest mistake, and is never repeated. */
function fault(value: unknown): string {
  return isBytesLike(value)
    ? `one key of ${value.byteLength.toString()} bytes without an array`
    : kindOf(value);
}

function isBytesLike(value: unknown): value is BytesLike {
  return isArrayBuffer(value) || ArrayBuffer.isView(value);
}

function refused(found: string): TlsUsageError {
  return new TlsUsageError(
    `encryptionKeys: ${found}; an array of one or more keys of ${KEY_LENGTH.toString()} bytes is allowed, the same in all processes: make one with "openssl rand ${KEY_LENGTH.toString()} > redis.key" and give [readFileSync("redis.key")]`,
  );
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
