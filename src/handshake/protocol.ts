/** What a config speaks, as far as a config has to know. */
import type {
  CipherSuite,
  CipherSuiteName,
  TlsVersion,
} from "./cipher-suites.ts";
import type { ExtensionTable } from "./extensions/table.ts";

/** What a program can do without. */
export type FeatureName =
  | "certificateAuthorities"
  | "certificateCompression"
  | "certificateSchemes"
  | "certificateTimestamps"
  | "delegatedCredentials"
  | "clientCertificates"
  | "clientSessions"
  | "encryptedClientHello"
  | "rawPublicKeys"
  | "recordSizes"
  | "stapling";

/** Which features there are; what they bring, `turnsOf` knows. */
export interface FeatureSet {
  readonly names: readonly FeatureName[];
  /** What single roles have of them. */
  readonly parts: readonly object[];
}

/**
 * The versions of one role and their cipher suites. The engine knows what else
 * belongs to them; to a config, and to whoever carries one, it is opaque.
 */
export interface Protocol {
  readonly versions: readonly TlsVersion[];
  readonly suites: Readonly<Partial<Record<CipherSuiteName, CipherSuite>>>;
  /** In the default order, which depends on whether AES is fast. */
  readonly defaultSuites: (fastAes: boolean) => readonly CipherSuiteName[];
  readonly extensions: ExtensionTable;
  readonly features: FeatureSet;
}

/** Whether a connection of the one can go on with a config of the other. */
export function speakAlike(a: Protocol, b: Protocol): boolean {
  return (
    a === b ||
    (sameNames(a.versions, b.versions) &&
      sameNames(a.features.names, b.features.names))
  );
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}
