import { NO_BYTES } from "../bytes.ts";
import { TlsUsageError } from "../errors.ts";
import * as schedule13 from "./key-schedule13.ts";
import type { ConnectionState } from "./machines.ts";

/**
 * RFC 8446 7.5 and RFC 5705 4. In TLS 1.3 an undefined context is the same as
 * an empty one, in TLS 1.2 it is not.
 *
 * @throws TlsUsageError before the handshake is done, and for a label that
 *   TLS 1.2 uses itself
 */
export function exportKeyingMaterial(
  state: ConnectionState,
  label: string,
  context: Uint8Array | undefined,
  length: number,
): Uint8Array {
  if (state.at !== "CONNECTED")
    throw new TlsUsageError("exportKeyingMaterial: the handshake is not done");
  if (state.machine === "client12" || state.machine === "server12") {
    if (RESERVED_LABELS.has(label))
      throw new TlsUsageError(`exportKeyingMaterial: ${label} is TLS's own`);
    if (context !== undefined && context.length > 0xffff)
      throw new TlsUsageError("exportKeyingMaterial: a context of 65536 bytes");
    return state.master.exportKeyingMaterial(
      state.randoms,
      label,
      context,
      length,
    );
  }
  const hash = state.config.provider.hashes[state.suite.hash];
  return schedule13.exportKeyingMaterial(
    hash,
    state.exporter,
    label,
    context ?? NO_BYTES,
    length,
  );
}

/**
 * The early exporter of RFC 8446 7.5.
 *
 * @throws TlsUsageError where there is no early data
 */
export function exportEarlyKeyingMaterial(
  state: ConnectionState,
  label: string,
  context: Uint8Array | undefined,
  length: number,
): Uint8Array {
  const early = "early" in state ? state.early : undefined;
  if (early === undefined)
    throw new TlsUsageError(
      "exportEarlyKeyingMaterial: there is no early data on this connection",
    );
  const hash = state.config.provider.hashes[early.hash];
  return schedule13.exportKeyingMaterial(
    hash,
    early.exporter,
    label,
    context ?? NO_BYTES,
    length,
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
