/** Certificate types: RFC 7250, RFC 9846 4.5.1. */

/** By a certificate or by a bare key. */
export type CertificateTypeName = "X509" | "RawPublicKey";

// [9846-4.5.1-14]
/** CertificateType, RFC 7250 3 and the IANA registry. */
export const CertificateType = {
  X509: 0,
  RawPublicKey: 2,
} as const satisfies Record<CertificateTypeName, number>;

/** The certificate type of each side. */
export interface CertificateTypes {
  readonly server: CertificateTypeName;
  readonly client: CertificateTypeName;
}

/** RFC 7250 4.2: where nothing was said. */
export const X509_ALONE: CertificateTypes = { server: "X509", client: "X509" };

/** CertificateType of a credential. */
export function typeOf({
  certificateType,
}: {
  readonly certificateType?: CertificateTypeName;
}): number {
  return CertificateType[certificateType ?? "X509"];
}
