/** One extension of a certificate as a line. */
import { printable, printableAgain, toHex } from "../../bytes.ts";
import type {
  AccessDescription,
  Certificate,
  DistributionPoint,
  Extension,
  GeneralName,
  GeneralSubtree,
} from "../../x509/index.ts";
import { OID, X509Error } from "../../x509/index.ts";
import { subjectText } from "./name-text.ts";
import { hexPairs, serialText } from "./value-text.ts";

/**
 * The name, by the RFC where we know it and else the OID, with whether it is
 * critical; and what it says, or its bytes.
 */
export function extensionFact(
  certificate: Certificate,
  { oid, critical, value }: Extension,
): ExtensionFact {
  const row = ROWS[oid];
  const known = row?.name ?? NAMES[oid] ?? oid;
  const name = critical ? `${known} (critical)` : known;
  if (row === undefined) return { name, value: bytesText(value) };
  try {
    return { name, value: row.read(certificate) };
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return { name, value: "", fault: printableAgain(error.message) };
  }
}

/** A name, and what the extension says or what is wrong with it. */
export interface ExtensionFact {
  readonly name: string;
  readonly value: string;
  readonly fault?: string;
}

/**
 * A name with OpenSSL's word for its kind: `DNS:a.test`.
 *
 * @throws X509Error for a directory name that is malformed
 */
export function generalNameText(name: GeneralName): string {
  switch (name.type) {
    case "dNSName":
      return `DNS:${itemText(name.value)}`;
    case "rfc822Name":
      return `email:${itemText(name.value)}`;
    case "uniformResourceIdentifier":
      return `URI:${itemText(name.value)}`;
    case "iPAddress":
      return `IP Address:${addressText(name.value)}`;
    case "directoryName":
      return `DirName:${subjectText(name.value)}`;
    case "registeredID":
      return `Registered ID:${name.value}`;
    case "otherName":
      return `othername:${name.typeId}`;
    default:
      return name.type;
  }
}

interface Row {
  readonly name: string;
  readonly read: (certificate: Certificate) => string;
}

/** OID → what it is called here and how it reads. */
const ROWS: Readonly<Partial<Record<string, Row>>> = {
  [OID.subjectAltName]: {
    name: "subjectAltName",
    read: ({ subjectAltName }) => names(subjectAltName),
  },
  [OID.issuerAltName]: {
    name: "issuerAltName",
    read: ({ issuerAltName }) => names(issuerAltName),
  },
  [OID.basicConstraints]: {
    name: "basicConstraints",
    read: ({ basicConstraints }) => {
      const length = basicConstraints?.pathLenConstraint;
      const path = length === undefined ? "" : `, pathlen:${length.toString()}`;
      return `CA:${basicConstraints?.cA === true ? "TRUE" : "FALSE"}${path}`;
    },
  },
  [OID.keyUsage]: {
    name: "keyUsage",
    read: ({ keyUsage }) => [...(keyUsage ?? [])].join(", "),
  },
  [OID.extKeyUsage]: {
    name: "extKeyUsage",
    read: ({ extendedKeyUsage }) =>
      (extendedKeyUsage ?? []).map((oid) => PURPOSES[oid] ?? oid).join(", "),
  },
  [OID.subjectKeyIdentifier]: {
    name: "subjectKeyIdentifier",
    read: ({ subjectKeyIdentifier }) =>
      hexPairs(subjectKeyIdentifier ?? new Uint8Array(), ":"),
  },
  [OID.authorityKeyIdentifier]: {
    name: "authorityKeyIdentifier",
    read: authorityText,
  },
  [OID.nameConstraints]: {
    name: "nameConstraints",
    read: ({ nameConstraints }) =>
      [
        subtrees("permitted", nameConstraints?.permitted ?? []),
        subtrees("excluded", nameConstraints?.excluded ?? []),
      ]
        .filter((part) => part !== "")
        .join("; "),
  },
  [OID.certificatePolicies]: {
    name: "certificatePolicies",
    read: ({ certificatePolicies }) => (certificatePolicies ?? []).join(", "),
  },
  [OID.authorityInfoAccess]: {
    name: "authorityInfoAccess",
    read: ({ authorityInfoAccess }) => accesses(authorityInfoAccess ?? []),
  },
  [OID.subjectInfoAccess]: {
    name: "subjectInfoAccess",
    read: ({ subjectInfoAccess }) => accesses(subjectInfoAccess ?? []),
  },
  [OID.cRLDistributionPoints]: {
    name: "cRLDistributionPoints",
    read: ({ crlDistributionPoints }) => points(crlDistributionPoints ?? []),
  },
  [OID.freshestCRL]: {
    name: "freshestCRL",
    read: ({ freshestCRL }) => points(freshestCRL ?? []),
  },
  [OID.tlsFeature]: {
    name: "tlsFeature",
    read: ({ tlsFeatures }) =>
      (tlsFeatures ?? [])
        .map((one) => (one === 5 ? "status_request" : one.toString()))
        .join(", "),
  },
};

/** Extensions whose bytes are shown, but whose names are known. */
const NAMES: Readonly<Partial<Record<string, string>>> = {
  [OID.subjectDirectoryAttributes]: "subjectDirectoryAttributes",
  [OID.policyMappings]: "policyMappings",
  [OID.policyConstraints]: "policyConstraints",
  [OID.inhibitAnyPolicy]: "inhibitAnyPolicy",
  [OID.signedCertificateTimestamps]: "signedCertificateTimestamps",
  [OID.precertificatePoison]: "precertificatePoison",
  [OID.ocspNoCheck]: "ocspNoCheck",
  [OID.cRLNumber]: "cRLNumber",
  [OID.deltaCRLIndicator]: "deltaCRLIndicator",
  [OID.issuingDistributionPoint]: "issuingDistributionPoint",
};

const PURPOSES: Readonly<Partial<Record<string, string>>> = {
  [OID.serverAuth]: "serverAuth",
  [OID.clientAuth]: "clientAuth",
  "1.3.6.1.5.5.7.3.3": "codeSigning",
  "1.3.6.1.5.5.7.3.4": "emailProtection",
  "1.3.6.1.5.5.7.3.8": "timeStamping",
  [OID.OCSPSigning]: "OCSPSigning",
  [OID.anyExtendedKeyUsage]: "anyExtendedKeyUsage",
};

const METHODS: Readonly<Partial<Record<string, string>>> = {
  [OID.ocsp]: "OCSP",
  [OID.caIssuers]: "CA Issuers",
};

function names(list: readonly GeneralName[] | undefined): string {
  return (list ?? []).map(generalNameText).join(", ");
}

function authorityText({ authorityKeyIdentifier }: Certificate): string {
  const { keyIdentifier, authorityCertIssuer, authorityCertSerialNumber } =
    authorityKeyIdentifier ?? {};
  return [
    keyIdentifier === undefined ? "" : hexPairs(keyIdentifier, ":"),
    names(authorityCertIssuer),
    authorityCertSerialNumber === undefined
      ? ""
      : `serial:${serialText(authorityCertSerialNumber)}`,
  ]
    .filter((part) => part !== "")
    .join(", ");
}

function subtrees(word: string, list: readonly GeneralSubtree[]): string {
  if (list.length === 0) return "";
  return `${word} ${names(list.map(({ base }) => base))}`;
}

function accesses(list: readonly AccessDescription[]): string {
  return list
    .map(({ accessMethod, accessLocation }) => {
      const method = METHODS[accessMethod] ?? accessMethod;
      return `${method} - ${generalNameText(accessLocation)}`;
    })
    .join(", ");
}

function points(list: readonly DistributionPoint[]): string {
  return list
    .map(({ fullName, cRLIssuer }) => names(fullName ?? cRLIssuer))
    .join(", ");
}

/** Commas and blanks would make one name look like several. */
function itemText(value: string): string {
  return printable(value, 300).replace(
    /[ ,]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16)}`,
  );
}

/** An address, or in name constraints an address and its mask. */
function addressText(bytes: Uint8Array): string {
  if (bytes.length === 8 || bytes.length === 32) {
    const half = bytes.length / 2;
    const parts = [bytes.subarray(0, half), bytes.subarray(half)];
    return parts.map(addressText).join("/");
  }
  if (bytes.length === 4) return [...bytes].join(".");
  if (bytes.length !== 16) return `(${toHex(bytes.subarray(0, 32))})`;
  // OpenSSL's way: eight groups, none left out.
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2)
    groups.push(
      (((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)).toString(16).toUpperCase(),
    );
  return groups.join(":");
}

const SHOWN_BYTES = 24;

function bytesText(bytes: Uint8Array): string {
  const more = bytes.length > SHOWN_BYTES ? "…" : "";
  return `${bytes.length.toString()} bytes: ${toHex(bytes.subarray(0, SHOWN_BYTES))}${more}`;
}
