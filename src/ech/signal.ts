/**
 * The signal by which a server accepts the inner hello: RFC 9849 7.2, 7.2.1.
 */
import { NO_BYTES, Secret } from "../bytes.ts";
import { hkdfExpandLabel } from "../handshake/keys/key-schedule13.ts";
import type { Transcript } from "../handshake/keys/transcript.ts";
import { ExtensionType } from "../wire/code-points.ts";
import { Reader } from "../wire/reader.ts";

export const SIGNAL_LENGTH = 8;

/**
 * Offset in the ServerHello of the end of its random, whose last eight bytes
 * are the signal.
 */
const RANDOM_END = 4 + 2 + 32;

/** accept_confirmation, by the transcript with a ServerHello like this one. */
export function helloSignal(
  innerRandom: Uint8Array,
  message: Uint8Array,
  transcript: Transcript,
): Uint8Array {
  const zeroed = withSignal(message, new Uint8Array(SIGNAL_LENGTH));
  return signal(innerRandom, "ech accept confirmation", transcript.add(zeroed));
}

/** hrr_accept_confirmation, by the transcript with a retry that has zeros. */
export function retrySignal(
  innerRandom: Uint8Array,
  transcript: Transcript,
): Uint8Array {
  return signal(innerRandom, "hrr ech accept confirmation", transcript);
}

/** The signal in a ServerHello; a view. */
export function signalOf(message: Uint8Array): Uint8Array {
  return message.subarray(RANDOM_END - SIGNAL_LENGTH, RANDOM_END);
}

/** A ServerHello with that signal. */
export function withSignal(message: Uint8Array, value: Uint8Array): Uint8Array {
  const copy = message.slice();
  copy.set(value, RANDOM_END - SIGNAL_LENGTH);
  return copy;
}

function signal(
  innerRandom: Uint8Array,
  label: string,
  transcript: Transcript,
): Uint8Array {
  const { hash } = transcript;
  const secret = new Secret(hash.hkdfExtract(NO_BYTES, innerRandom));
  const digest = transcript.digest();
  return hkdfExpandLabel(hash, secret, label, digest, SIGNAL_LENGTH);
}

/** A HelloRetryRequest with that in its encrypted_client_hello. */
export function withRetrySignal(
  message: Uint8Array,
  value: Uint8Array,
): Uint8Array {
  const copy = message.slice();
  Reader.all(copy.subarray(4), "HelloRetryRequest", (reader) => {
    reader.bytes(34);
    reader.opaque8();
    reader.bytes(3);
    reader.list16((extension) => {
      const type = extension.u16();
      const body = extension.opaque16();
      if (
        type === ExtensionType.encrypted_client_hello &&
        body.length === value.length
      )
        body.set(value);
    });
  });
  return copy;
}
