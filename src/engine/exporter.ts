import { type Bytes, NO_BYTES, unshared } from "../bytes.ts";
import { TlsUsageError } from "../errors.ts";
import * as schedule13 from "../handshake/keys/key-schedule13.ts";
import type { ConnectionState } from "./connection-state.ts";

/**
 * RFC 9846 7.5 and RFC 5705 4. In TLS 1.3 an undefined context is the same as
 * an empty one, in TLS 1.2 it is not.
 *
 * @throws TlsUsageError before the handshake is done, and for a label that
 *   TLS 1.2 uses itself
 */
export function exportKeyingMaterial(
  current: ConnectionState,
  label: string,
  length: number,
  context?: Uint8Array,
): Bytes {
  // A certificate that is asked for later changes nothing of what is exported.
  const state = "connected" in current ? current.connected : current;
  if (state.at !== "CONNECTED")
    throw new TlsUsageError("exportKeyingMaterial: the handshake is not done");
  if (state.machine === "client12" || state.machine === "server12") {
    // [7627-5.4-01] [7627-5.4-02]
    // RFC 7627 5.4: nothing is exported for authentication of a level above.
    if (state.info.extendedMainSecret !== true)
      throw new TlsUsageError(
        "exportKeyingMaterial: the connection has no extended_main_secret (RFC 7627 5.4)",
      );
    if (RESERVED_LABELS.has(label))
      throw new TlsUsageError(`exportKeyingMaterial: ${label} is TLS's own`);
    if (context !== undefined && context.length > 0xffff)
      throw new TlsUsageError(
        `exportKeyingMaterial: context is ${context.length} bytes; TLS 1.2 allows at most 65535`,
      );
    return unshared(
      state.main.exportKeyingMaterial(state.randoms, label, length, context),
    );
  }
  const hash = state.config.provider.hashes[state.suite.hash];
  // [9846-7.5-01]
  return unshared(
    schedule13.exportKeyingMaterial(
      hash,
      state.exporter,
      label,
      length,
      context ?? NO_BYTES,
    ),
  );
}

/**
 * The early exporter of RFC 9846 7.5.
 *
 * @throws TlsUsageError where there is no early data
 */
export function exportEarlyKeyingMaterial(
  state: ConnectionState,
  label: string,
  length: number,
  context?: Uint8Array,
): Bytes {
  const early = "early" in state ? state.early : undefined;
  if (early === undefined)
    throw new TlsUsageError(
      "exportEarlyKeyingMaterial: there is no early data on this connection",
    );
  const hash = state.config.provider.hashes[early.hash];
  return unshared(
    schedule13.exportKeyingMaterial(
      hash,
      early.exporter,
      label,
      length,
      context ?? NO_BYTES,
    ),
  );
}

/** RFC 5705 4: "MUST NOT" be used: they would give away the connection's keys. */
const RESERVED_LABELS: ReadonlySet<string> = new Set([
  "client finished",
  "server finished",
  "master secret",
  "extended master secret",
  "key expansion",
]);
