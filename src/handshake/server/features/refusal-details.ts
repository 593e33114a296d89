import type { MismatchDetails, ServerFeature } from "../hooks.ts";
import {
  groupMismatch,
  protocolMismatch,
  schemeMismatch13,
  suiteMismatch13,
  versionMismatch,
} from "../mismatch.ts";

const details13: MismatchDetails = {
  versions: versionMismatch,
  suites13: suiteMismatch13,
  groups: groupMismatch,
  schemes13: schemeMismatch13,
  protocols: protocolMismatch,
};

/** A server's details of TLS 1.3, and those of TLS 1.2 by these. */
export function refusalDetails(
  details12: Pick<MismatchDetails, "suites12"> = {},
): ServerFeature {
  return {
    name: "serverRefusalDetails",
    hooks: { mismatch: { ...details13, ...details12 } },
  };
}

/**
 * Details of a server's refusals, for `createServerConfigOf`: errors of a handshake
 * in which the two sides share too little print what the client offers and what is
 * enabled here, and `remedy` names the option. Without it they have their reason
 * alone. This one is of TLS 1.3 alone.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { RAISE_NEED } from "puretls/engine";
 * import { createServerConfigOf, serverRefusalDetails } from "puretls/engine/tls13";
 *
 * createServerConfigOf([serverRefusalDetails], { provider, credentials: RAISE_NEED });
 * ```
 */
export const serverRefusalDetails13: ServerFeature =
  /* @__PURE__ */ refusalDetails();
