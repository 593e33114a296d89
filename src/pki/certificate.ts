/** TBSCertificate: put together, signed, and read back by our own parser. */
import { type Bytes, concat } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { Certificate } from "../x509/certificates/certificate.ts";
import { encodePem } from "../x509/keys/pem.ts";
import { constructed, sequence, time, unsignedInteger } from "./der/asn1.ts";
import type { ExtensionInput } from "./der/extensions.ts";
import { encodeExtensions } from "./der/extensions.ts";
import type { PkiKey } from "./keys/keys.ts";
import type { IssuingSignature } from "./keys/signatures.ts";
import { signedSequence, signingWith } from "./keys/signatures.ts";

/** A certificate that was made here. The arrays belong to the caller. */
export interface SignedCertificate {
  readonly der: Bytes;
  /** The certificate alone. */
  readonly pem: string;
  readonly certificate: Certificate;
  /**
   * The chain that a TLS peer sends: this certificate first, then the CAs above
   * it without the self-signed one.
   */
  readonly chain: readonly Bytes[];
  /** {@link chain} as PEM. */
  readonly chainPem: string;
}

/** With its private key, in the hands of whoever asked for it. */
export interface IssuedCertificate extends SignedCertificate {
  readonly key: PkiKey;
}

/** When a certificate is valid. */
export interface ValidityOptions {
  /** From now on; may have a fraction. Of no effect beside `notAfter`. */
  readonly days?: number;
  /** Milliseconds since the epoch; an hour ago unless said. */
  readonly notBefore?: number;
  /** Milliseconds since the epoch; the whole second is still valid. */
  readonly notAfter?: number;
}

export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * Both ends of a validity. It begins an hour ago, for clocks that lag, and
 * does not outlive `within`, the issuer's; ends that are given are taken as
 * they are.
 *
 * @throws TypeError when the end is not after the beginning
 */
export function validityOf(
  now: number,
  usualDays: number,
  options: ValidityOptions,
  within?: Validity,
): Validity {
  const notBefore =
    options.notBefore ?? Math.max(now - HOUR, within?.notBefore ?? -Infinity);
  const end = now + (options.days ?? usualDays) * DAY - 1000;
  const notAfter =
    options.notAfter ?? Math.min(end, within?.notAfter ?? Infinity);
  if (!(notAfter >= notBefore))
    throw new TypeError(
      "a certificate cannot end before it begins: look at days, notBefore, notAfter and the issuer's own end",
    );
  return { notBefore, notAfter };
}

/** The signer of a certificate. */
export interface Issuer {
  readonly provider: CryptoProvider;
  /** DER of its Name. */
  readonly name: Uint8Array;
  readonly key: PkiKey;
  readonly signature: IssuingSignature | undefined;
}

export interface CertificateTemplate extends Validity {
  /** DER of the Name. */
  readonly subject: Uint8Array;
  /** DER of SubjectPublicKeyInfo. */
  readonly publicKeyInfo: Uint8Array;
  /** Big-endian; random unless given. */
  readonly serialNumber: Uint8Array | undefined;
  readonly extensions: readonly ExtensionInput[];
}

// [9846-4.5.1.2-01]
/**
 * Signs a version 3 certificate (RFC 5280 4.1).
 *
 * @throws TypeError when the key cannot sign with the algorithm
 */
export function signCertificate(
  issuer: Issuer,
  template: CertificateTemplate,
): Certificate {
  const { provider, key } = issuer;
  const signing = signingWith(key, issuer.signature);
  const tbsCertificate = sequence(
    constructed(0, unsignedInteger(2)),
    unsignedInteger(template.serialNumber ?? randomSerial(provider)),
    signing.algorithm,
    issuer.name,
    sequence(time(template.notBefore), time(template.notAfter)),
    template.subject,
    template.publicKeyInfo,
    ...(template.extensions.length > 0
      ? [constructed(3, encodeExtensions(template.extensions))]
      : []),
  );
  return Certificate.parse(
    signedSequence(provider, key, signing, tbsCertificate),
  );
}

/** The forms in which a certificate is handed over. */
export function signedCertificate(
  certificate: Certificate,
  above: readonly Uint8Array[],
): SignedCertificate {
  const chain = [certificate.der, ...above].map((der) => der.slice());
  return {
    der: certificate.der.slice(),
    pem: encodePem("CERTIFICATE", certificate.der),
    certificate,
    chain,
    chainPem: chain.map((der) => encodePem("CERTIFICATE", der)).join(""),
  };
}

/**
 * RFC 5280 4.1.2.2: positive, 20 bytes at most. 16 bytes, of which 126 bits
 * are random; the CA/Browser Forum asks for 64.
 */
function randomSerial(provider: CryptoProvider): Uint8Array {
  const bytes = concat(provider.random(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}
