import type { AlertName, ErrorDetails } from "../../../errors.ts";
import { canSpeak } from "../../config/checks.ts";
import type { ClientConfig } from "../../config/config.ts";
import {
  enabledText,
  listed,
  listedProtocols,
} from "../../registries/listing.ts";
import {
  isForBothSides,
  SIGNATURE_SCHEMES,
} from "../../registries/signature-schemes.ts";
import type { ClientFeature } from "../hooks.ts";

/**
 * Details of a server's refusals, for `createClientConfigOf`: errors of a handshake
 * that the server ended with an alert print what this client offered. Without it
 * they have the alert alone.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { clientRefusalDetails, createClientConfigOf } from "puretls/engine";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const verifier = createVerifier({ provider, trustStore: new TrustStore() });
 * createClientConfigOf([clientRefusalDetails], { provider, verifier });
 * ```
 */
export const clientRefusalDetails: ClientFeature = {
  name: "clientRefusalDetails",
  hooks: { refused },
};

/** Says what this client offered, where an alert is about that. */
function refused(
  config: ClientConfig,
  alert: AlertName | number | undefined,
): ErrorDetails {
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
function offersHint(config: ClientConfig): ErrorDetails {
  const { protocol, provider, versions, suites, groups } = config;
  const known = Object.values(protocol.suites).filter(
    (row) =>
      versions.includes(row.version) && canSpeak(provider, row, "client"),
  );
  const { groups: ownGroups, verifiers } = provider;
  const schemes = Object.values(SIGNATURE_SCHEMES).filter(
    ({ name, signature }) =>
      verifiers[signature] !== undefined && isForBothSides(name),
  );
  return {
    detail: `this client offers ${listed(versions)} with ${share(suites, known)} cipher suites, ${share(groups, Object.keys(ownGroups))} groups and ${share(config.signatureSchemes, schemes)} signature schemes that it knows`,
    remedy: { option: "cipherSuites", names: [] },
  };
}

function share(some: readonly unknown[], all: readonly unknown[]): string {
  return `${some.length} of the ${all.length}`;
}
