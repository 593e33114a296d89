import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import type { ClientConfig } from "../config/config.ts";
import type { Credential } from "../credentials/credential.ts";
import {
  type CertificateTypeName,
  typeOf,
  CertificateType,
} from "../registries/certificate-types.ts";
import type { ChosenCredential } from "./signatures-and-finished.ts";

/**
 * Checks that a client that has credentials found one that fits, where its config
 * says that it does not go on without.
 *
 * @throws TlsError
 */
export function requireCredential(
  chosen: ChosenCredential | undefined,
  credentials: readonly Credential[],
  { credentialMismatch }: ClientConfig,
  certificateType: CertificateTypeName,
): void {
  if (
    chosen !== undefined ||
    credentials.length === 0 ||
    credentialMismatch === "empty"
  )
    return;
  const type = CertificateType[certificateType];
  throw new TlsError(
    credentials.some((one) => typeOf(one) === type)
      ? reason.no_shared_signature_scheme
      : reason.no_shared_certificate_type,
  );
}
