/** Keys that both sides have from elsewhere: RFC 9846 2.2, RFC 4279. */
import { ownBytes } from "../../bytes.ts";
import { callProgram, TlsUsageError } from "../../errors.ts";
import { found, kindOf } from "../../options.ts";

// [9846-2.2-02]
/** A key that both sides know under one name. */
export interface ExternalPsk {
  /**
   * Up to 65,535 bytes; for TLS 1.2 best UTF-8 text (RFC 4279 5.1). TLS 1.3
   * does not know a key without a name.
   */
  readonly identity: Uint8Array;
  /** 1 to 65,535 bytes, which have to be as hard to guess as a key. */
  readonly key: Uint8Array;
  /**
   * The hash that TLS 1.3 ties the key to (RFC 9846 4.3.11); suites with
   * another hash do not go with it. Default "SHA-256". TLS 1.2 does not ask.
   */
  readonly hash?: "SHA-256" | "SHA-384";
  /** Made by `importPsk` (RFC 9258): TLS 1.2 does not take it. Default false. */
  readonly imported?: boolean;
}

/**
 * An answer to a request: a client of TLS 1.3 offers several keys in that order,
 * and one of TLS 1.2 takes the first; a server answers with one.
 */
export type PskAnswer = ExternalPsk | readonly ExternalPsk[] | undefined;

/** A copy of a key that was checked: nobody else changes it. */
export type OwnPsk = Required<ExternalPsk>;

/** The request for an external key. */
export interface PskRequest {
  /** On a server: the identity that the client named. */
  readonly identity: Uint8Array | undefined;
  /** On a client of TLS 1.2: what the server hinted (RFC 4279 5.2). */
  readonly hint: Uint8Array | undefined;
}

/**
 * Finds the key for a request, the same for both roles and both versions:
 * undefined means that there is none. The arrays of the answer are copied.
 */
export type PskCallback = (request: PskRequest) => PskAnswer;

/**
 * A copy that nobody can change.
 *
 * @throws TlsUsageError for an identity or a key of a wrong length
 */
export function checkedPsk(psk: ExternalPsk): OwnPsk {
  // [9846-4.3.11-02]
  const { identity, key, hash = "SHA-256", imported = false } = psk;
  if (hash !== "SHA-256" && hash !== "SHA-384")
    throw new TlsUsageError(
      `psk: hash: ${found(hash)}; "SHA-256" and "SHA-384" are allowed`,
    );
  return Object.freeze({
    identity: pskBytes("identity", identity, 0),
    key: pskBytes("key", key, 1),
    hash,
    imported,
  });
}

/**
 * Copies of all keys of an answer.
 *
 * @throws TlsUsageError for an identity or a key of a wrong length, and for
 *   several keys on a server
 */
export function checkedPsks(
  answer: PskAnswer,
  role: "client" | "server",
): readonly OwnPsk[] {
  const list = answer === undefined ? [] : isOne(answer) ? [answer] : answer;
  if (role === "server" && list.length > 1)
    throw new TlsUsageError(
      `psk: ${list.length} keys; a server answers with one`,
    );
  return Array.from(list, (psk) => checkedPsk(psk));
}

function isOne(
  answer: ExternalPsk | readonly ExternalPsk[],
): answer is ExternalPsk {
  return !Array.isArray(answer);
}

function pskBytes(name: string, value: unknown, least: number): Uint8Array {
  const bytes = ownBytes(value);
  if (bytes && bytes.length >= least && bytes.length <= 65_535) return bytes;
  const given = bytes === undefined ? kindOf(value) : `${bytes.length} bytes`;
  throw new TlsUsageError(
    `psk: ${name}: ${given}; a Uint8Array of ${least} to 65535 bytes is allowed`,
  );
}

/**
 * Asks a callback.
 *
 * @throws TlsError `callback_failed` when it throws or answers nonsense
 */
export function askForPsk(
  callback: PskCallback,
  request: PskRequest,
  role: "client" | "server",
): readonly OwnPsk[] {
  const asked = {
    identity: request.identity?.slice(),
    hint: request.hint?.slice(),
  };
  return callProgram(
    "psk",
    () => callback(asked),
    (answer) => checkedPsks(answer, role),
  );
}
