/** The beginnings: roots, CAs that exist already, self-signed certificates. */
import { equal } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import type { Certificate } from "../x509/certificates/certificate.ts";
import { Authority } from "./authority.ts";
import type { AuthorityParts } from "./authority.ts";
import type { IssuedCertificate, Issuer } from "./certificate.ts";
import {
  signCertificate,
  signedCertificate,
  validityOf,
} from "./certificate.ts";
import type { Publications } from "./der/extensions.ts";
import {
  authorityKeyIdentifier,
  keyIdentifier,
  mergeExtensions,
  subjectKeyIdentifier,
} from "./der/extensions.ts";
import { keyFor, PkiKey } from "./keys/keys.ts";
import { readCertificates } from "./pem-input.ts";
import type {
  AuthorityOptions,
  CertificateOptions,
  Profile,
  ServerOptions,
} from "./profiles.ts";
import { authorityProfile, peerProfile } from "./profiles.ts";
import type { IssuingSignature } from "./keys/signatures.ts";

export interface CreateAuthorityOptions extends AuthorityOptions {
  /** Randomness, the clock, signatures. */
  readonly provider: CryptoProvider;
}

/**
 * Makes a self-signed root, valid for ten years unless said.
 *
 * @example
 * ```ts
 * import { noble } from "puretls/crypto/noble";
 * import { createCertificateAuthority } from "puretls/pki";
 *
 * const ca = createCertificateAuthority({ provider: noble, name: "Test CA" });
 * const server = ca.issueServer({ hosts: ["localhost", "127.0.0.1"] });
 * const files = [ca.pem, server.chainPem, server.key.toPem()];
 * ```
 *
 * @throws TypeError when a name is malformed or the key cannot sign
 */
export function createCertificateAuthority(
  options: CreateAuthorityOptions,
): Authority {
  const { provider } = options;
  const key = keyFor(provider, options.key);
  const certificate = signSelf(
    provider,
    key,
    authorityProfile(options),
    options,
    options.signature,
  );
  return new Authority({
    ...authoritySettings(options),
    provider,
    key,
    certificate,
    above: [],
  });
}

export interface SelfSignedOptions extends ServerOptions {
  readonly provider: CryptoProvider;
}

/**
 * Makes a certificate that signs itself and is no CA, for a server or a
 * client; valid for 90 days unless said. A peer must be told to trust it.
 *
 * @throws TypeError when there is no host or a name is malformed
 * @example
 * ```ts
 * import { noble } from "puretls/crypto/noble";
 * import { createSelfSigned } from "puretls/pki";
 *
 * const made = createSelfSigned({ provider: noble, hosts: ["localhost"] });
 * const files = [made.pem, made.key.toPem()];
 * ```
 */
export function createSelfSigned(
  options: SelfSignedOptions,
): IssuedCertificate {
  const { provider } = options;
  const key = keyFor(provider, options.key);
  const profile = peerProfile(options, options, key.algorithm);
  const certificate = signSelf(provider, key, profile, options, undefined);
  return { ...signedCertificate(certificate, []), key };
}

export interface LoadAuthorityOptions {
  readonly provider: CryptoProvider;
  /** PEM, or DER: the CA's own first, then the CAs above it. */
  readonly certificate: string | Uint8Array;
  /** The CA's key, or PEM or DER of it, not encrypted. */
  readonly key: PkiKey | string | Uint8Array;
  readonly publishes?: Publications;
  readonly signature?: IssuingSignature;
}

/**
 * Takes up a CA that exists already. What it revoked before is not known to
 * it.
 *
 * @throws X509Error when certificate or key are malformed
 * @throws TypeError when the certificate is no CA's, or the key is another's
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createCertificateAuthority, loadCertificateAuthority } from "puretls/pki";
 *
 * const made = createCertificateAuthority({ provider, name: "CA" });
 * const [certificate, key] = [made.pem, made.key.toPem()]; // from files
 * const ca = loadCertificateAuthority({ provider, certificate, key });
 * ca.issueServer({ hosts: ["localhost"] });
 * ```
 */
export function loadCertificateAuthority(
  options: LoadAuthorityOptions,
): Authority {
  const { provider } = options;
  const [certificate, ...above] = readCertificates(options.certificate);
  const key =
    options.key instanceof PkiKey
      ? options.key
      : PkiKey.parse(provider, options.key);
  if (
    certificate.basicConstraints?.cA !== true ||
    certificate.keyUsage?.has("keyCertSign") === false
  )
    throw new TypeError("the certificate is not one of a CA");
  if (!equal(certificate.subjectPublicKeyInfo.publicKeyBytes, key.bytes()))
    throw new TypeError("the key does not belong to the CA's certificate");
  return new Authority({
    ...authoritySettings(options),
    provider,
    key,
    certificate,
    above: above.filter((ca) => !ca.isSelfIssued).map((ca) => ca.der),
  });
}

function authoritySettings(
  options: Pick<AuthorityOptions, "publishes" | "signature">,
): Pick<AuthorityParts, "publishes" | "signature"> {
  return {
    publishes: options.publishes ?? {},
    signature: options.signature,
  };
}

function signSelf(
  provider: CryptoProvider,
  key: PkiKey,
  profile: Profile,
  options: CertificateOptions,
  signature: IssuingSignature | undefined,
): Certificate {
  const identifier = keyIdentifier(provider, key.bytes());
  const usual = [
    ...profile.extensions,
    subjectKeyIdentifier(identifier),
    authorityKeyIdentifier(identifier),
  ];
  const issuer: Issuer = { provider, key, signature, name: profile.subject };
  return signCertificate(issuer, {
    ...validityOf(provider.now(), profile.usualDays, options),
    subject: profile.subject,
    publicKeyInfo: key.publicKeyInfo(),
    serialNumber: options.serialNumber,
    extensions: mergeExtensions(usual, options.extensions),
  });
}
