/** The protocol of a config, as far as a config has to know it. */
import { TlsUsageError } from "../../errors.ts";
import type {
  CipherSuite,
  CipherSuiteName,
  TlsProtocolVersion,
} from "../registries/cipher-suites.ts";
import type { ExtensionTable } from "../extensions/table.ts";

/** Names of the optional features. */
export type FeatureName =
  | "certificateAuthorities"
  | "certificateCompression"
  | "certificateSignatureSchemes"
  | "signedCertificateTimestamps"
  | "delegatedCredentials"
  | "clientCertificates"
  | "clientRefusalDetails"
  | "clientSessions"
  | "encryptedClientHello"
  | "rawPublicKeys"
  | "recordSizes"
  | "serverRefusalDetails"
  | "ocspStapling";

/** Features of a protocol; handlers know their hooks. */
export interface FeatureSet {
  readonly names: readonly FeatureName[];
}

/**
 * The versions of one role and their cipher suites. The engine knows what else
 * belongs to them; to a config, and to whoever carries one, it is opaque.
 */
export interface Protocol {
  readonly versions: readonly TlsProtocolVersion[];
  readonly suites: Readonly<Partial<Record<CipherSuiteName, CipherSuite>>>;
  /** In the default order, which depends on whether AES is fast. */
  readonly defaultSuites: (fastAes: boolean) => readonly CipherSuiteName[];
  readonly extensions: ExtensionTable;
  readonly features: FeatureSet;
}

/** The error for a config that a factory of this library did not make. */
export function foreignConfig(): TlsUsageError {
  return new TlsUsageError(
    "config: not made by this library; allowed are those of createClientConfig() and createServerConfig()",
  );
}

/**
 * Tells whether a connection of the one can continue with a config of the
 * other.
 */
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
