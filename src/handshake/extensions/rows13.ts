/** The extensions that every side has which speaks TLS 1.3. */
import { applicationLayerProtocolNegotiation } from "./alpn.ts";
import { cookie } from "./cookie.ts";
import { earlyData } from "./early-data.ts";
import { keyShare } from "./key-share.ts";
import { postHandshakeAuth } from "./post-handshake-auth.ts";
import { preSharedKey } from "./pre-shared-key.ts";
import { pskKeyExchangeModes } from "./psk-key-exchange-modes.ts";
import { serverName } from "./server-name.ts";
import { signatureAlgorithms } from "./signature-algorithms.ts";
import type { ExtensionSpec } from "./spec.ts";
import { supportedGroups } from "./supported-groups.ts";
import { supportedVersions } from "./supported-versions.ts";
import { ExtensionTable } from "./table.ts";

const FIRST: readonly ExtensionSpec[] = [serverName];

const MIDDLE: readonly ExtensionSpec[] = [
  supportedGroups,
  keyShare,
  supportedVersions,
  signatureAlgorithms,
  pskKeyExchangeModes,
  cookie,
  applicationLayerProtocolNegotiation,
];

const LAST: readonly ExtensionSpec[] = [
  postHandshakeAuth,
  earlyData,
  preSharedKey,
];

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
