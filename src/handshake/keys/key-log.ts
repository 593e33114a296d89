import { toHex } from "../../bytes.ts";
import { callProgram } from "../../errors.ts";

/** Labels of the NSS key log format (RFC 9850 2.1). */
export type KeyLogLabel =
  | "CLIENT_RANDOM"
  | "CLIENT_EARLY_TRAFFIC_SECRET"
  | "EARLY_EXPORTER_SECRET"
  | "CLIENT_HANDSHAKE_TRAFFIC_SECRET"
  | "SERVER_HANDSHAKE_TRAFFIC_SECRET"
  | "CLIENT_TRAFFIC_SECRET_0"
  | "SERVER_TRAFFIC_SECRET_0"
  | "EXPORTER_SECRET"
  | "ECH_SECRET"
  | "ECH_CONFIG";

/**
 * Tells the key log of secrets, where there is one.
 *
 * @throws TlsError `callback_failed` when it throws
 */
export function logSecrets(
  { keyLog }: { readonly keyLog?: ((line: string) => void) | undefined },
  clientRandom: Uint8Array,
  secrets: Partial<Record<KeyLogLabel, { readonly bytes: Uint8Array }>>,
): void {
  if (keyLog === undefined) return;
  for (const [label, secret] of Object.entries(secrets)) {
    const line = `${label} ${toHex(clientRandom)} ${toHex(secret.bytes)}`;
    callProgram(
      "keyLog",
      (): unknown => keyLog(line),
      () => undefined,
    );
  }
}
