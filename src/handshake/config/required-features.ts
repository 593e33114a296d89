/**
 * Options and credentials that need a feature. Without it a peer would be asked
 * for what is not understood, or not get what it was promised.
 */
import { RAISE_NEED } from "../../promises.ts";
import { TlsUsageError } from "../../errors.ts";
import type { Credential } from "../credentials/credential.ts";
import type { FeatureName, FeatureSet } from "./protocol.ts";

/** A protocol's features. */
interface Featured {
  readonly features: FeatureSet;
}

/** A required feature: its name, what needs it, and whether it is there. */
type Need = readonly [feature: FeatureName, by: string, isThere: boolean];

/** @throws TlsUsageError */
export function checkOptionsNeeds(
  protocol: Featured,
  options: {
    readonly certificateAuthorities?: readonly unknown[];
    readonly certificateSignatureSchemes?: readonly string[];
    readonly encryptedClientHello?: object;
    readonly certificateCompression?: readonly unknown[];
    readonly credentials?: readonly Credential[] | typeof RAISE_NEED;
    readonly delegatedCredentials?: object;
    readonly certificateTypes?: readonly string[];
    readonly maxFragmentLength?: number;
    readonly recordSizeLimit?: number;
    readonly ocspStapling?: boolean;
    readonly rawPublicKeys?: object | typeof RAISE_NEED;
    readonly signedCertificateTimestamps?: boolean;
  },
): void {
  const { certificateAuthorities = [], certificateCompression = [] } = options;
  const { credentials = [] } = options;
  require(protocol, [
    [
      "certificateCompression",
      "certificateCompression",
      certificateCompression.length > 0,
    ],
    [
      "certificateAuthorities",
      "certificateAuthorities",
      certificateAuthorities.length > 0,
    ],
    [
      "certificateSignatureSchemes",
      "certificateSignatureSchemes",
      options.certificateSignatureSchemes !== undefined,
    ],
    [
      "encryptedClientHello",
      "encryptedClientHello",
      options.encryptedClientHello !== undefined,
    ],
    [
      "signedCertificateTimestamps",
      "signedCertificateTimestamps",
      options.signedCertificateTimestamps === true,
    ],
    [
      "delegatedCredentials",
      "delegatedCredentials",
      options.delegatedCredentials !== undefined,
    ],
    ["rawPublicKeys", "rawPublicKeys", options.rawPublicKeys !== undefined],
    [
      "rawPublicKeys",
      "certificateTypes",
      options.certificateTypes?.includes("RawPublicKey") === true,
    ],
    ["recordSizes", "recordSizeLimit", options.recordSizeLimit !== undefined],
    [
      "recordSizes",
      "maxFragmentLength",
      options.maxFragmentLength !== undefined,
    ],
    ["ocspStapling", "ocspStapling", options.ocspStapling === true],
  ]);
  if (credentials !== RAISE_NEED) checkCredentialsNeeds(protocol, credentials);
}

/**
 * Checks that the features that a client's options need are there.
 *
 * @throws TlsUsageError
 */
export function checkClientNeeds(
  protocol: Featured,
  options: {
    readonly session?: object;
    readonly psk?: unknown;
    readonly earlyData?: boolean;
    readonly credentials?: readonly unknown[] | typeof RAISE_NEED;
    readonly postHandshakeAuth?: boolean;
  },
): void {
  const { credentials = [], postHandshakeAuth: postHandshakeAuth = false } =
    options;
  require(protocol, [
    ["clientSessions", "session", options.session !== undefined],
    ["clientSessions", "psk", options.psk !== undefined],
    ["clientSessions", "earlyData", options.earlyData === true],
    ["clientCertificates", "credentials", credentials.length > 0],
    ["clientCertificates", "postHandshakeAuth", postHandshakeAuth],
  ]);
}

/** @throws TlsUsageError */
export function checkCredentialsNeeds(
  protocol: Featured,
  credentials: readonly Credential[],
): void {
  for (const credential of credentials) {
    const { certificateType, delegation, ocspResponse, scts } = credential;
    require(protocol, [
      ["signedCertificateTimestamps", "credentials: scts", scts !== undefined],
      [
        "delegatedCredentials",
        "credentials: a delegated one",
        delegation !== undefined,
      ],
      [
        "rawPublicKeys",
        "credentials: a raw public key",
        certificateType === "RawPublicKey",
      ],
      ["ocspStapling", "credentials: ocspResponse", ocspResponse !== undefined],
    ]);
  }
}

function require(
  { features: { names } }: Featured,
  needs: readonly Need[],
): void {
  for (const [feature, by, isThere] of needs)
    if (isThere && !names.includes(feature))
      throw new TlsUsageError(`${by}: needs the feature ${feature}`);
}
