/**
 * Reserved values that a server of TLS 1.3 sends, so that clients keep ignoring
 * what they do not know: RFC 8701 4.1.
 */
import type { ServerConfig } from "../config/config.ts";
import type { ExtensionShape } from "../extensions/table.ts";
import { greaseValue } from "../registries/grease.ts";

/** A message's extensions with one more that nobody knows. */
export function greasedShape(
  { grease, provider }: ServerConfig,
  shape: ExtensionShape = {},
): ExtensionShape {
  if (!grease) return shape;
  const [byte = 0] = provider.random(1);
  const extension = { type: greaseValue(byte), body: new Uint8Array(0) };
  return { ...shape, verbatim: [...(shape.verbatim ?? []), extension] };
}

/** Signature algorithms with one more that nobody has. */
export function greasedSchemes(
  { grease, provider }: ServerConfig,
  codes: readonly number[],
): readonly number[] {
  if (!grease) return codes;
  const [byte = 0] = provider.random(1);
  return [greaseValue(byte), ...codes];
}
