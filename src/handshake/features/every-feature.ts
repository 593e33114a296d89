/** All that puretls has, for configs that leave nothing out. */
import { certificateAuthorities } from "./certificate-authorities.ts";
import { certificateCompression } from "./certificate-compression.ts";
import { certificateSignatureSchemes } from "./certificate-schemes.ts";
import { signedCertificateTimestamps } from "./certificate-timestamps.ts";
import { delegatedCredentials } from "./delegated-credentials.ts";
import { encryptedClientHello } from "./encrypted-client-hello.ts";
import { extensionsOfBoth } from "../extensions/rows12.ts";
import type { ExtensionTable } from "../extensions/table.ts";
import { type Feature, Features } from "./feature.ts";
import { rawPublicKeys } from "./raw-public-keys.ts";
import { recordSizes } from "./record-sizes.ts";
import { ocspStapling } from "./stapling.ts";

export const EVERY_FEATURE: readonly Feature[] = [
  encryptedClientHello,
  certificateSignatureSchemes,
  certificateAuthorities,
  ocspStapling,
  signedCertificateTimestamps,
  certificateCompression,
  delegatedCredentials,
  rawPublicKeys,
  recordSizes,
];

/** Both versions with every feature. */
export const EVERY_EXTENSION: ExtensionTable = /* @__PURE__ */ extensionsOfBoth(
  /* @__PURE__ */ new Features(EVERY_FEATURE),
);
