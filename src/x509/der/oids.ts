/**
 * The OBJECT IDENTIFIERs that this stack knows, by their RFC names; imported
 * as `OID`.
 */

// RFC 5280 4.2.
export const subjectDirectoryAttributes = "2.5.29.9";
export const subjectKeyIdentifier = "2.5.29.14";
export const keyUsage = "2.5.29.15";
export const subjectAltName = "2.5.29.17";
export const issuerAltName = "2.5.29.18";
export const basicConstraints = "2.5.29.19";
export const cRLNumber = "2.5.29.20";
export const cRLReasons = "2.5.29.21";
export const deltaCRLIndicator = "2.5.29.27";
export const issuingDistributionPoint = "2.5.29.28";
export const certificateIssuer = "2.5.29.29";
export const nameConstraints = "2.5.29.30";
export const cRLDistributionPoints = "2.5.29.31";
export const certificatePolicies = "2.5.29.32";
export const anyPolicy = "2.5.29.32.0";
export const cpsQualifier = "1.3.6.1.5.5.7.2.1";
export const userNoticeQualifier = "1.3.6.1.5.5.7.2.2";
export const policyMappings = "2.5.29.33";
export const authorityKeyIdentifier = "2.5.29.35";
export const policyConstraints = "2.5.29.36";
export const extKeyUsage = "2.5.29.37";
export const anyExtendedKeyUsage = "2.5.29.37.0";
export const freshestCRL = "2.5.29.46";
export const inhibitAnyPolicy = "2.5.29.54";
export const authorityInfoAccess = "1.3.6.1.5.5.7.1.1";
export const subjectInfoAccess = "1.3.6.1.5.5.7.1.11";
// RFC 7633.
export const tlsFeature = "1.3.6.1.5.5.7.1.24";
// RFC 6962.
export const signedCertificateTimestamps = "1.3.6.1.4.1.11129.2.4.2";
export const precertificatePoison = "1.3.6.1.4.1.11129.2.4.3";
export const ocspSignedCertificateTimestamps = "1.3.6.1.4.1.11129.2.4.5";

// Key purposes.
export const serverAuth = "1.3.6.1.5.5.7.3.1";
export const clientAuth = "1.3.6.1.5.5.7.3.2";
export const OCSPSigning = "1.3.6.1.5.5.7.3.9";

// Access methods and OCSP (RFC 6960).
export const ocsp = "1.3.6.1.5.5.7.48.1";
export const ocspBasic = "1.3.6.1.5.5.7.48.1.1";
export const ocspNonce = "1.3.6.1.5.5.7.48.1.2";
export const ocspNoCheck = "1.3.6.1.5.5.7.48.1.5";
export const caIssuers = "1.3.6.1.5.5.7.48.2";

// Keys.
export const rsaEncryption = "1.2.840.113549.1.1.1";
export const mgf1 = "1.2.840.113549.1.1.8";
export const rsassaPss = "1.2.840.113549.1.1.10";
export const ecPublicKey = "1.2.840.10045.2.1";
export const secp256r1 = "1.2.840.10045.3.1.7";
export const secp384r1 = "1.3.132.0.34";
export const secp521r1 = "1.3.132.0.35";
export const ed25519 = "1.3.101.112";
export const ed448 = "1.3.101.113";
export const mlDsa44 = "2.16.840.1.101.3.4.3.17";
export const mlDsa65 = "2.16.840.1.101.3.4.3.18";
export const mlDsa87 = "2.16.840.1.101.3.4.3.19";

// Signatures.
export const sha1WithRSAEncryption = "1.2.840.113549.1.1.5";
export const sha256WithRSAEncryption = "1.2.840.113549.1.1.11";
export const sha384WithRSAEncryption = "1.2.840.113549.1.1.12";
export const sha512WithRSAEncryption = "1.2.840.113549.1.1.13";
export const ecdsaWithSHA1 = "1.2.840.10045.4.1";
export const ecdsaWithSHA256 = "1.2.840.10045.4.3.2";
export const ecdsaWithSHA384 = "1.2.840.10045.4.3.3";
export const ecdsaWithSHA512 = "1.2.840.10045.4.3.4";

// Hashes.
export const sha1 = "1.3.14.3.2.26";
export const sha256 = "2.16.840.1.101.3.4.2.1";
export const sha384 = "2.16.840.1.101.3.4.2.2";
export const sha512 = "2.16.840.1.101.3.4.2.3";

// Password-based encryption (RFC 8018, RFC 7914).
export const pbeWithSHAAnd3KeyTripleDESCBC = "1.2.840.113549.1.12.1.3";
export const PBES2 = "1.2.840.113549.1.5.13";
export const PBMAC1 = "1.2.840.113549.1.5.14";
export const PBKDF2 = "1.2.840.113549.1.5.12";
export const scrypt = "1.3.6.1.4.1.11591.4.11";
export const hmacWithSHA1 = "1.2.840.113549.2.7";
export const hmacWithSHA256 = "1.2.840.113549.2.9";
export const hmacWithSHA384 = "1.2.840.113549.2.10";
export const hmacWithSHA512 = "1.2.840.113549.2.11";
export const aes128Cbc = "2.16.840.1.101.3.4.1.2";
export const aes192Cbc = "2.16.840.1.101.3.4.1.22";
export const aes256Cbc = "2.16.840.1.101.3.4.1.42";
export const desEde3Cbc = "1.2.840.113549.3.7";

// Names.
export const commonName = "2.5.4.3";
export const serialNumber = "2.5.4.5";
export const countryName = "2.5.4.6";
export const localityName = "2.5.4.7";
export const stateOrProvinceName = "2.5.4.8";
export const organizationName = "2.5.4.10";
export const organizationalUnitName = "2.5.4.11";
export const domainComponent = "0.9.2342.19200300.100.1.25";
export const emailAddress = "1.2.840.113549.1.9.1";
