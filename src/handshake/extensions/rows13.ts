/** The extensions that every side has which speaks TLS 1.3. */
import { applicationLayerProtocolNegotiation } from "./alpn.ts";
import { cookie, keyShare, supportedGroups } from "./key-exchange.ts";
import {
  certificateWithPsk,
  earlyData,
  preSharedKey,
  pskKeyExchangeModes,
} from "./pre-shared-key.ts";
import { postHandshakeAuth, signatureAlgorithms } from "./authentication.ts";
import { serverName } from "./server-name.ts";
import type { ExtensionSpec } from "./spec.ts";
import { supportedVersions } from "./supported-versions.ts";
import { ExtensionTable } from "./table.ts";

const FIRST: readonly ExtensionSpec[] = [serverName];

const MIDDLE: readonly ExtensionSpec[] = [
  supportedGroups,
  keyShare,
  supportedVersions,
  signatureAlgorithms,
  pskKeyExchangeModes,
  certificateWithPsk,
  cookie,
  applicationLayerProtocolNegotiation,
];

const LAST: readonly ExtensionSpec[] = [
  postHandshakeAuth,
  earlyData,
  preSharedKey,
];

// [9846-9.2-01]
/** The table of TLS 1.3 with the rows of features, and of TLS 1.2 if any. */
export function extensionsOf13(
  features: { readonly extensions: readonly ExtensionSpec[] },
  rows12: readonly ExtensionSpec[] = [],
): ExtensionTable {
  return new ExtensionTable([
    ...FIRST,
    ...rows12,
    ...MIDDLE,
    ...features.extensions,
    ...LAST,
  ]);
}
