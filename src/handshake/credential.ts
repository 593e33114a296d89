import type { BytesLike } from "../bytes.ts";
import { viewBytes } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { TlsUsageError } from "../errors.ts";
import { Certificate } from "../x509/certificate.ts";
import { keyMatchesCertificate } from "../x509/key-match.ts";
import type { ParsedPrivateKey } from "../x509/private-key.ts";
import type { KeyAlgorithm } from "../x509/public-key.ts";
import type { SignatureSchemeName } from "./signature-schemes.ts";

/** A certificate chain and how to sign for it. */
export interface Credential {
  /** DER, leaf first, without the anchor. */
  readonly chain: readonly Uint8Array[];
  readonly algorithm: KeyAlgorithm;
  /** Of an "ecPublicKey". */
  readonly curve: string | undefined;
  /** Of an RSA key, in bytes. */
  readonly modulusLength?: number;
  /** DER of the issuers' names, to answer a peer's list of authorities. */
  readonly issuers: readonly Uint8Array[];
  /** "ask": the key is elsewhere; each signature is a need. */
  readonly key: ParsedPrivateKey | "ask";
  /** For a peer that asks: an OCSP response about the leaf, DER (RFC 6066 8). */
  readonly ocspResponse?: Uint8Array;
  /** For a peer that asks: SignedCertificateTimestamps (RFC 6962 3.2). */
  readonly scts?: readonly Uint8Array[];
  /** What the key signs with, best first. Without it: what the config says. */
  readonly signatureSchemes?: readonly SignatureSchemeName[];
}

/**
 * A credential of a chain (DER, leaf first; copied) and its private key, with
 * what is to be stapled to the leaf (copied).
 *
 * @throws X509Error for a certificate that does not parse
 * @throws TlsUsageError for an empty chain, an empty response or timestamp, or
 *   a key that is not the leaf's
 */
export function credential(options: {
  readonly provider: CryptoProvider;
  readonly chain: readonly BytesLike[];
  readonly key: ParsedPrivateKey | "ask";
  readonly ocspResponse?: BytesLike;
  readonly scts?: readonly BytesLike[];
  /** What the key may sign with, best first. Default: the config's schemes. */
  readonly signatureSchemes?: readonly SignatureSchemeName[];
}): Credential {
  const certificates = options.chain.map((der) =>
    Certificate.parse(viewBytes(der, "certificate").slice()),
  );
  const [leaf] = certificates;
  if (leaf === undefined)
    throw new TlsUsageError("credential: the chain has no certificate");
  const { provider, key } = options;
  if (key !== "ask" && !keyMatchesCertificate(provider, key, leaf))
    throw new TlsUsageError(
      "credential: the private key does not belong to the first certificate",
    );
  const { ocspResponse, scts = [], signatureSchemes } = options;
  const { algorithm, key: publicKey } = leaf.subjectPublicKeyInfo;
  return Object.freeze({
    chain: certificates.map((certificate) => certificate.der),
    algorithm,
    curve: publicKey.type === "ec" ? publicKey.curve : undefined,
    ...(publicKey.type === "rsa" && {
      modulusLength: publicKey.modulus.length,
    }),
    issuers: certificates.map((certificate) => certificate.issuer.der),
    key,
    ...(ocspResponse && {
      ocspResponse: stapled(ocspResponse, "an OCSP response"),
    }),
    ...(scts.length > 0 && {
      scts: scts.map((sct) => stapled(sct, "a timestamp")),
    }),
    ...(signatureSchemes && { signatureSchemes: signatureSchemes.slice() }),
  });
}

/** What is stapled has at least one byte: RFC 6066 8, RFC 6962 3.3. */
function stapled(bytes: BytesLike, what: string): Uint8Array {
  const own = viewBytes(bytes, what).slice();
  if (own.length === 0) throw new TlsUsageError(`credential: ${what} is empty`);
  return own;
}
