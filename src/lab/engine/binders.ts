/**
 * A ClientHello with binders is hashed before it is whole. A change of it that the
 * transcript follows is made then, so that the binders are right for what is sent.
 */
import { HandshakeType } from "../../wire/code-points.ts";
import { beginsWith } from "../names.ts";

/** A hello whose binders are still to come. */
export interface HeldHello {
  /** As the engine made it, with binders of zeros. */
  readonly made: Uint8Array;
  /** The messages that stand for it, with the same binders. */
  readonly said: readonly Uint8Array[];
}

/** The whole hello that truncated bytes are a view of; undefined for other bytes. */
export function helloOfTruncated(bytes: Uint8Array): Uint8Array | undefined {
  const [type, high = 0, middle = 0, low = 0] = bytes;
  if (type !== HandshakeType.client_hello || bytes.length < 43)
    return undefined;
  const whole = 4 + ((high << 16) | (middle << 8) | low);
  const room = bytes.buffer.byteLength - bytes.byteOffset;
  if (whole <= bytes.length || whole > room) return undefined;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, whole);
}

/**
 * The parts for bytes of a hello that was held: the truncated one, or the whole one
 * with its binders.
 */
export function heldBinders(
  { made, said }: HeldHello,
  bytes: Uint8Array,
): Uint8Array[] {
  const [only] = said;
  if (said.length !== 1 || only === undefined) return [...said];
  const isWhole = bytes.length === made.length;
  if (!isWhole) {
    const binders = made.length - bytes.length;
    return [only.subarray(0, only.length - binders)];
  }
  const at = commonStart(made, bytes);
  const end = bytes.subarray(at);
  if (!beginsWith(bytes, made.subarray(0, at))) return [...said];
  const bound = only.slice();
  if (end.length <= bound.length) bound.set(end, bound.length - end.length);
  return [bound];
}

/** The first byte in which two hellos differ: in a binder. */
function commonStart(a: Uint8Array, b: Uint8Array): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}
