/** Details of an end that the peer brought about, by the state it ended in. */
import type { AlertName, Remedy } from "../errors.ts";
import type { ClientConfig } from "../handshake/config/config.ts";
import { canSpeak } from "../handshake/config/checks.ts";
import {
  enabledText,
  listed,
  listedProtocols,
} from "../handshake/registries/listing.ts";
import { SIGNATURE_SCHEMES } from "../handshake/registries/signature-schemes.ts";
import type { ConnectionState } from "./connection-state.ts";

/** The detail of a {@link TlsError}, and what would have helped. */
interface Hint {
  readonly detail?: string;
  readonly remedy?: Remedy;
}

/**
 * Says what an alert means in the state that it came in, as far as that can be
 * known; undefined for the alert is an end without one.
 */
export function endHint(
  state: ConnectionState,
  alert?: AlertName | number,
): Hint {
  // RFC 5246 7.2.2: a peer that wanted it may end the connection.
  if ("renegotiations" in state && state.renegotiations > 0)
    return {
      detail: "it asked to renegotiate before, which puretls always refuses",
    };
  if (state.machine !== "clientHello" && state.at !== "WAIT_EE") return {};
  const { config } = state;
  if (config.role !== "client") return {};
  switch (alert) {
    case "protocol_version":
      return { detail: `${enabledText(config.versions)} here` };
    case "no_application_protocol":
      return {
        detail: `this client offers ${listedProtocols(config.alpnProtocols)}`,
      };
    case "handshake_failure":
    case "insufficient_security":
      return offersHint(config);
    default:
      return {};
  }
}

/** A server does not say what it lacks: counts show what is not offered. */
function offersHint(config: ClientConfig): Hint {
  const { protocol, provider, versions, suites, groups } = config;
  const known = Object.values(protocol.suites).filter(
    (row) =>
      versions.includes(row.version) && canSpeak(provider, row, "client"),
  );
  const { groups: ownGroups, verifiers } = provider;
  const schemes = Object.values(SIGNATURE_SCHEMES).filter(
    ({ signature }) => verifiers[signature] !== undefined,
  );
  return {
    detail: `this client offers ${listed(versions)} with ${share(suites, known)} cipher suites, ${share(groups, Object.keys(ownGroups))} groups and ${share(config.signatureSchemes, schemes)} signature schemes that it knows`,
    remedy: { option: "cipherSuites", names: [] },
  };
}

function share(some: readonly unknown[], all: readonly unknown[]): string {
  return `${some.length} of the ${all.length}`;
}
