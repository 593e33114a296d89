/** The OBJECT IDENTIFIERs that this stack knows, by their RFC names. */
import { equal } from "../bytes.ts";

export const OID = {
  // RFC 5280 4.2.
  subjectDirectoryAttributes: "2.5.29.9",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  issuerAltName: "2.5.29.18",
  basicConstraints: "2.5.29.19",
  cRLNumber: "2.5.29.20",
  cRLReasons: "2.5.29.21",
  invalidityDate: "2.5.29.24",
  deltaCRLIndicator: "2.5.29.27",
  issuingDistributionPoint: "2.5.29.28",
  certificateIssuer: "2.5.29.29",
  nameConstraints: "2.5.29.30",
  cRLDistributionPoints: "2.5.29.31",
  certificatePolicies: "2.5.29.32",
  anyPolicy: "2.5.29.32.0",
  policyMappings: "2.5.29.33",
  authorityKeyIdentifier: "2.5.29.35",
  policyConstraints: "2.5.29.36",
  extKeyUsage: "2.5.29.37",
  anyExtendedKeyUsage: "2.5.29.37.0",
  freshestCRL: "2.5.29.46",
  inhibitAnyPolicy: "2.5.29.54",
  authorityInfoAccess: "1.3.6.1.5.5.7.1.1",
  subjectInfoAccess: "1.3.6.1.5.5.7.1.11",
  // RFC 7633.
  tlsFeature: "1.3.6.1.5.5.7.1.24",
  // RFC 6962.
  signedCertificateTimestamps: "1.3.6.1.4.1.11129.2.4.2",
  precertificatePoison: "1.3.6.1.4.1.11129.2.4.3",
  ocspSignedCertificateTimestamps: "1.3.6.1.4.1.11129.2.4.5",

  // Key purposes.
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
  OCSPSigning: "1.3.6.1.5.5.7.3.9",

  // Access methods and OCSP (RFC 6960).
  ocsp: "1.3.6.1.5.5.7.48.1",
  ocspBasic: "1.3.6.1.5.5.7.48.1.1",
  ocspNonce: "1.3.6.1.5.5.7.48.1.2",
  ocspNoCheck: "1.3.6.1.5.5.7.48.1.5",
  caIssuers: "1.3.6.1.5.5.7.48.2",

  // Keys.
  rsaEncryption: "1.2.840.113549.1.1.1",
  mgf1: "1.2.840.113549.1.1.8",
  "id-RSASSA-PSS": "1.2.840.113549.1.1.10",
  ecPublicKey: "1.2.840.10045.2.1",
  secp256r1: "1.2.840.10045.3.1.7",
  secp384r1: "1.3.132.0.34",
  secp521r1: "1.3.132.0.35",
  ed25519: "1.3.101.112",
  ed448: "1.3.101.113",
  "ml-dsa-44": "2.16.840.1.101.3.4.3.17",
  "ml-dsa-65": "2.16.840.1.101.3.4.3.18",
  "ml-dsa-87": "2.16.840.1.101.3.4.3.19",

  // Signatures.
  sha1WithRSAEncryption: "1.2.840.113549.1.1.5",
  sha256WithRSAEncryption: "1.2.840.113549.1.1.11",
  sha384WithRSAEncryption: "1.2.840.113549.1.1.12",
  sha512WithRSAEncryption: "1.2.840.113549.1.1.13",
  ecdsaWithSHA1: "1.2.840.10045.4.1",
  ecdsaWithSHA256: "1.2.840.10045.4.3.2",
  ecdsaWithSHA384: "1.2.840.10045.4.3.3",
  ecdsaWithSHA512: "1.2.840.10045.4.3.4",

  // Hashes.
  sha1: "1.3.14.3.2.26",
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",

  // Password-based encryption (RFC 8018, RFC 7914).
  PBES2: "1.2.840.113549.1.5.13",
  PBKDF2: "1.2.840.113549.1.5.12",
  scrypt: "1.3.6.1.4.1.11591.4.11",
  hmacWithSHA1: "1.2.840.113549.2.7",
  hmacWithSHA256: "1.2.840.113549.2.9",
  hmacWithSHA384: "1.2.840.113549.2.10",
  hmacWithSHA512: "1.2.840.113549.2.11",
  "aes128-CBC": "2.16.840.1.101.3.4.1.2",
  "aes192-CBC": "2.16.840.1.101.3.4.1.22",
  "aes256-CBC": "2.16.840.1.101.3.4.1.42",
  "DES-EDE3-CBC": "1.2.840.113549.3.7",

  // Names.
  commonName: "2.5.4.3",
  serialNumber: "2.5.4.5",
  countryName: "2.5.4.6",
  localityName: "2.5.4.7",
  stateOrProvinceName: "2.5.4.8",
  organizationName: "2.5.4.10",
  organizationalUnitName: "2.5.4.11",
  domainComponent: "0.9.2342.19200300.100.1.25",
  emailAddress: "1.2.840.113549.1.9.1",
} as const;

interface KnownOid {
  readonly content: Uint8Array;
  readonly dotted: string;
}

let known: Map<number, KnownOid> | undefined;

/**
 * The dotted form of an OBJECT IDENTIFIER's content if this stack knows it:
 * always the same string, so that certificates do not each hold their own.
 */
export function knownOid(content: Uint8Array): string | undefined {
  known ??= knownOids();
  const found = known.get(hashOf(content));
  return found !== undefined && equal(found.content, content)
    ? found.dotted
    : undefined;
}

function knownOids(): Map<number, KnownOid> {
  const table = new Map<number, KnownOid>();
  // Of two with one hash the first stays; the other is decoded each time.
  for (const dotted of Object.values(OID)) {
    const content = oidContent(dotted);
    const hash = hashOf(content);
    if (!table.has(hash)) table.set(hash, { content, dotted });
  }
  return table;
}

function hashOf(content: Uint8Array): number {
  let hash = content.length;
  for (let i = 0; i < content.length; i++)
    hash = (Math.imul(hash, 31) + (content[i] ?? 0)) & 0x3fffffff;
  return hash;
}

/** X.690 8.19. */
function oidContent(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes: number[] = [];
  for (const arc of [40 * first + second, ...rest]) {
    let more = 1;
    while (arc >= 128 ** more) more++;
    for (; more > 0; more--) {
      const digit = Math.floor(arc / 128 ** (more - 1)) % 128;
      bytes.push(more > 1 ? 0x80 | digit : digit);
    }
  }
  return Uint8Array.from(bytes);
}
