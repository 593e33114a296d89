import type { ServerFeature } from "../hooks.ts";
import { suiteMismatch12 } from "../tls12/mismatch.ts";
import { refusalDetails } from "./refusal-details.ts";

/**
 * Details of a server's refusals, for `createServerConfigOf`: errors of a handshake
 * in which the two sides share too little print what the client offers and what is
 * enabled here, and `remedy` names the option. Without it they have their reason
 * alone.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import {
 *   createServerConfigOf,
 *   RAISE_NEED,
 *   serverRefusalDetails,
 * } from "puretls/engine";
 *
 * createServerConfigOf([serverRefusalDetails], { provider, credentials: RAISE_NEED });
 * ```
 */
export const serverRefusalDetails: ServerFeature =
  /* @__PURE__ */ refusalDetails({ suites12: suiteMismatch12 });
