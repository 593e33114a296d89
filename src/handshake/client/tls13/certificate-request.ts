import { TlsError } from "../../../errors.ts";
import * as reason from "../../../reasons.ts";
import type { CertificateRequest13 } from "../../messages/certificate-request13.ts";
import type { PeerTerms } from "../../authentication/signatures-and-finished.ts";
import {
  CertificateType,
  type CertificateTypeName,
} from "../../registries/certificate-types.ts";
import type { CertificateWanted } from "../states.ts";

/** Reads the content of a CertificateRequest, RFC 9846 4.4.2. */
export function certificateWanted(
  { extensions }: CertificateRequest13,
  certificateType: CertificateTypeName,
): CertificateWanted {
  // [9846-4.4.2-06b]
  if (extensions.signature_algorithms === undefined)
    throw new TlsError(reason.missing_extension, {
      detail: "signature_algorithms",
    });
  return {
    signatureSchemes: extensions.signature_algorithms,
    authorities: extensions.certificate_authorities ?? [],
    asked: extensions,
    certificateType,
  };
}

export function termsOf({
  asked,
  certificateType,
}: CertificateWanted): PeerTerms {
  return {
    certificateTypes: [CertificateType[certificateType]],
    delegated: asked.delegated_credential,
    certificateSchemes: asked.signature_algorithms_cert,
    filters: asked.oid_filters,
  };
}
