/** The channel binding tls-server-end-point, RFC 5929 4. */
import { NO_BYTES } from "../../bytes.ts";
import type {
  CryptoProvider,
  HashName,
  SignatureName,
} from "../../crypto/provider.ts";
import { signatureAlgorithm } from "../../x509/keys/algorithms.ts";
import { Certificate } from "../../x509/certificates/certificate.ts";
import { X509Error } from "../../x509/faults/errors.ts";
import type { Credential } from "./credential.ts";

/**
 * The hash of the server's certificate, as the server sent it; empty where the
 * RFC names no hash for the certificate's signature.
 */
export function serverEndPoint(
  provider: CryptoProvider,
  credential: Pick<Credential, "chain" | "certificateType"> | undefined,
): Uint8Array {
  const [der] = credential?.chain ?? [];
  // RFC 7250: a bare key is no certificate.
  if (der === undefined || credential?.certificateType === "RawPublicKey")
    return NO_BYTES;
  const algorithm = algorithmOf(der);
  const hash = algorithm === undefined ? null : hashOf(algorithm.name);
  return hash === null ? NO_BYTES : provider.hashes[hash].hash(der);
}

/** Undefined for a certificate that cannot be read, too. */
function algorithmOf(der: Uint8Array): ReturnType<typeof signatureAlgorithm> {
  try {
    return signatureAlgorithm(Certificate.parse(der).signatureAlgorithm);
  } catch (error) {
    if (error instanceof X509Error) return undefined;
    throw error;
  }
}

/** RFC 5929 4.1: the signature's hash, but SHA-256 for SHA-1. */
function hashOf(signature: SignatureName): HashName | null {
  if (/sha1$|sha256$/.test(signature)) return "SHA-256";
  if (signature.endsWith("sha384")) return "SHA-384";
  return signature.endsWith("sha512") ? "SHA-512" : null;
}
