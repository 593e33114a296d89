/**
 * Requirements of TLS 1.2 on the leaf of a peer's chain, besides its
 * verification.
 */
import type { PublicKey } from "../../crypto/provider.ts";
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import type { SubjectPublicKeyInfo } from "../../x509/keys/public-key.ts";
import type { PeerChain } from "../../x509/verifier.ts";
import type { CipherSuite12 } from "../registries/cipher-suites.ts";
import type { ClientConfig, ServerConfig } from "../config/config.ts";
import type { PeerKey } from "../credentials/delegation.ts";
import type { CertificateTypeName } from "../registries/certificate-types.ts";
import { byKind } from "../features/feature.ts";
import {
  type Certificate12,
  parseCertificates,
} from "../messages/certificate12.ts";
import {
  keyUsageOf,
  leafKey,
  leafOf,
} from "../authentication/peer-certificate.ts";
import { certificateFault } from "../credentials/certificate-alerts.ts";

/**
 * Reads a Certificate of the type that was agreed on.
 *
 * @throws TlsError
 */
export function readPeerChain12(
  config: ClientConfig | ServerConfig,
  message: Certificate12,
  type: CertificateTypeName,
): PeerChain {
  return (
    byKind(config, (kind) => kind.presented12?.(message, type, config)) ?? {
      certificates: parseCertificates(message),
    }
  );
}

/**
 * The key of the server's certificate, which has to fit the suite.
 *
 * @throws TlsError
 */
export function leafKey12(
  chain: PeerChain,
  suite: CipherSuite12,
  config: ClientConfig,
): PeerKey {
  const key =
    suite.keyExchange === "RSA"
      ? encryptionKey(chain, config)
      : leafKey(chain, config);
  // [5246-7.4.2-02] [5246-7.4.2-08] [8422-2.1-01] [8422-2.2-01] [8422-5.3-02]
  if (authenticationOf(key) !== suite.authentication)
    throw new TlsError(reason.wrong_certificate_type);
  checkCurve(key.key, config);
  return key;
}

/**
 * Returns the authentication of suites that goes with a kind of key, RFC 5246
 * 7.4.2 and RFC 8422 5.3.
 */
export function authenticationOf({
  algorithm,
}: {
  readonly algorithm: SubjectPublicKeyInfo["algorithm"];
}): CipherSuite12["authentication"] | undefined {
  switch (algorithm) {
    case "rsaEncryption":
    case "id-RSASSA-PSS":
      return "RSA";
    case "ecPublicKey":
    case "ed25519":
    case "ed448":
      return "ECDSA";
    default:
      return undefined;
  }
}

/** RFC 8422 5.3: a curve that the client's supported_groups named. */
function checkCurve(key: PublicKey, { groups }: ClientConfig): void {
  // [5246-7.4.2-15] [8422-5.3-03]
  if (key.type === "ec" && !groups.includes(key.curve))
    throw new TlsError(reason.wrong_certificate_curve);
}

/** RFC 5246 7.4.2: keyEncipherment, where the key usage is told. */
function encryptionKey(chain: PeerChain, config: ClientConfig): PeerKey {
  const bare = byKind(config, (kind) => kind.leafKey?.(chain));
  if (bare !== undefined) return { ...encrypting(bare), leaf: bare.der };
  return certificateFault(() => {
    const leaf = leafOf(chain, config);
    const keyUsage = keyUsageOf(leaf, config);
    const key = encrypting(leaf.subjectPublicKeyInfo);
    // [5246-7.4.2-09]
    if (keyUsage !== undefined && !keyUsage.has("keyEncipherment"))
      throw new TlsError(reason.key_usage_without_encipherment);
    return { ...key, leaf: leaf.der };
  });
}

/** RFC 4055 1.2: a key for RSASSA-PSS is for nothing else. */
function encrypting(key: SubjectPublicKeyInfo): SubjectPublicKeyInfo {
  if (key.algorithm !== "rsaEncryption")
    throw new TlsError(reason.wrong_certificate_type);
  return key;
}
