import { asciiBytes } from "../bytes.ts";
import type { EchEnvironment } from "../handshake/config/ech-interfaces.ts";
import { logSecrets } from "../handshake/keys/key-log.ts";

/** RFC 9849 6.1: HPKE's info is this and the ECHConfig. */
export const ECH_INFO: Uint8Array = asciiBytes("tls ech\0");

/** RFC 9850 2.2: with the outer hello's random. */
export function logEch(
  environment: EchEnvironment,
  outerRandom: Uint8Array,
  secret: Uint8Array,
  config: Uint8Array,
): void {
  logSecrets(environment, outerRandom, {
    ECH_SECRET: { bytes: secret },
    ECH_CONFIG: { bytes: config },
  });
}
