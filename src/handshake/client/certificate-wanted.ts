import { TlsError } from "../../errors.ts";
import type { CertificateRequest13 } from "../messages/certificate-request13.ts";
import type { CertificateWanted } from "./states.ts";

/** What a CertificateRequest asks for, RFC 8446 4.3.2. */
export function certificateWanted({
  extensions,
}: CertificateRequest13): CertificateWanted {
  if (extensions.signature_algorithms === undefined)
    throw new TlsError("missing_extension", { detail: "signature_algorithms" });
  return {
    signatureSchemes: extensions.signature_algorithms,
    authorities: extensions.certificate_authorities ?? [],
    asked: extensions,
  };
}
