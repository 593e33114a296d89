import type { BytesLike } from "../bytes.ts";
import { viewBytes } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { TlsUsageError } from "../errors.ts";
import { Certificate } from "../x509/certificate.ts";
import { keyMatchesCertificate } from "../x509/key-match.ts";
import type { ParsedPrivateKey } from "../x509/private-key.ts";
import type { KeyAlgorithm } from "../x509/public-key.ts";

/** A certificate chain and how to sign for it. */
export interface Credential {
  /** DER, leaf first, without the anchor. */
  readonly chain: readonly Uint8Array[];
  readonly algorithm: KeyAlgorithm;
  /** Of an "ecPublicKey". */
  readonly curve: string | undefined;
  /** DER of the issuers' names, to answer a peer's list of authorities. */
  readonly issuers: readonly Uint8Array[];
  /** "ask": the key is elsewhere; each signature is a need. */
  readonly key: ParsedPrivateKey | "ask";
}

/**
 * A credential of a chain (DER, leaf first; copied) and its private key.
 *
 * @throws X509Error for a certificate that does not parse
 * @throws TlsUsageError for an empty chain or a key that is not the leaf's
 */
export function credential(options: {
  readonly provider: CryptoProvider;
  readonly chain: readonly BytesLike[];
  readonly key: ParsedPrivateKey | "ask";
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
  const { algorithm, key: publicKey } = leaf.subjectPublicKeyInfo;
  return Object.freeze({
    chain: certificates.map((certificate) => certificate.der),
    algorithm,
    curve: publicKey.type === "ec" ? publicKey.curve : undefined,
    issuers: certificates.map((certificate) => certificate.issuer.der),
    key,
  });
}
