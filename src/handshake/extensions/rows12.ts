/** The extensions that TLS 1.2 alone has a use for. */
import { ecPointFormats } from "./ec-point-formats.ts";
import { encryptThenMac } from "./encrypt-then-mac.ts";
import { extendedMasterSecret } from "./extended-master-secret.ts";
import { renegotiationInfo } from "./renegotiation-info.ts";
import { extensionsOf13 } from "./rows13.ts";
import { sessionTicket } from "./session-ticket.ts";
import type { ExtensionSpec } from "./spec.ts";
import type { ExtensionTable } from "./table.ts";

const EXTENSIONS_12: readonly ExtensionSpec[] = [
  extendedMasterSecret,
  renegotiationInfo,
  ecPointFormats,
  sessionTicket,
  encryptThenMac,
];

/** The table of both versions, with the rows of features. */
export function extensionsOfBoth(features: {
  readonly extensions: readonly ExtensionSpec[];
}): ExtensionTable {
  return extensionsOf13(features, EXTENSIONS_12);
}
