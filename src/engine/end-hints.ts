/** Details of an end that the peer brought about, by the state it ended in. */
import type { AlertName, ErrorDetails } from "../errors.ts";
import { hooksOf } from "../handshake/features/feature.ts";
import type { ConnectionState } from "./connection-state.ts";

/**
 * Says what an alert means in the state that it came in, as far as that can be
 * known.
 *
 * @param alert undefined where the connection ended without one
 */
export function endHint(
  state: ConnectionState,
  alert?: AlertName | number,
): ErrorDetails {
  // RFC 5246 7.2.2: a peer that wanted it may end the connection.
  if ("renegotiations" in state && state.renegotiations > 0)
    return {
      detail: "it asked to renegotiate before, which puretls always refuses",
    };
  if (state.machine !== "clientHello" && state.at !== "WAIT_EE") return {};
  const { config } = state;
  if (config.role !== "client") return {};
  return hooksOf(config).refused?.(config, alert) ?? {};
}
