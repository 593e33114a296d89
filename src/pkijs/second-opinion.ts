/**
 * A second opinion: after our verifier has accepted a peer, pkijs is shown the
 * one path that was found, and must agree with it too. pkijs builds no path
 * and meets nothing that was not accepted before, so that its known hangs and
 * wrong answers can cost a good connection but never let a bad one through.
 *
 * pkijs answers by promises, so this verifier does: where the engine asks for
 * the verifier of a caller (a need), await it and resume with what it gives.
 */
import type {
  CertificateChainValidationEngineVerifyResult,
  FindIssuerCallback,
} from "pkijs";
import {
  Certificate as PkijsCertificate,
  CertificateChainValidationEngine,
} from "pkijs";
import type { CryptoProvider } from "../crypto/provider.ts";
import { printable } from "../bytes.ts";
import type { Certificate } from "../x509/certificates/certificate.ts";
import type {
  CertificateVerifier,
  PeerChain,
  VerifiedChain,
  VerifyContext,
} from "../x509/verifier.ts";
import { ProviderCryptoEngine } from "./crypto-engine.ts";
import { toArrayBuffer } from "./provider-subtle.ts";

export interface SecondOpinionOptions {
  /** Checks the signatures: pkijs needs no Web Cryptography. */
  readonly provider: CryptoProvider;
  /** The first opinion; what it refuses is refused. */
  readonly verifier: CertificateVerifier;
}

/** A {@link CertificateVerifier} whose answer comes later. */
export interface AsyncCertificateVerifier {
  /**
   * @throws X509Error (the promise is rejected) when the first opinion is no
   * @throws SecondOpinionError when only pkijs refuses
   */
  verify(peer: PeerChain, at: VerifyContext): Promise<VerifiedChain>;
}

/**
 * Our verifier accepted a path and pkijs did not. See {@link withSecondOpinion}
 * for an example.
 */
export class SecondOpinionError extends Error {
  override readonly name = "SecondOpinionError";
  /** pkijs's number for the reason. */
  readonly resultCode: number;

  constructor(resultCode: number, reason: string) {
    super(
      `pkijs does not accept the certificate path: ${printable(reason)} (pkijs result ${resultCode.toString()})`,
    );
    this.resultCode = resultCode;
  }
}

/**
 * Two verifiers in a row: the given one, then pkijs on the path it found.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { SSLContext } from "puretls";
 * import { withSecondOpinion } from "puretls/pkijs";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const verifier = createVerifier({ provider, trustStore: new TrustStore() });
 * new SSLContext({ verifier: withSecondOpinion({ provider, verifier }) });
 * ```
 */
export function withSecondOpinion(
  options: SecondOpinionOptions,
): AsyncCertificateVerifier {
  const engine = new ProviderCryptoEngine(options.provider);
  return {
    verify: async (peer, at) => {
      const chain = options.verifier.verify(peer, at);
      await validatePath(chain.path, at.now, engine);
      return chain;
    },
  };
}

/**
 * Lets pkijs validate one path: signatures, dates, CA flags, policies and name
 * constraints. A path of one certificate, trusted itself, holds nothing that it
 * could validate. See {@link withSecondOpinion} for an example.
 *
 * @param path leaf to anchor
 * @param now milliseconds since the epoch
 * @throws SecondOpinionError (the promise is rejected) when it refuses
 */
export async function validatePath(
  path: readonly Certificate[],
  now: number,
  engine: ProviderCryptoEngine,
): Promise<void> {
  if (path.length < 2) return;
  const answer = await askPkijs(path, now, engine).catch((error: unknown) => ({
    result: false,
    resultCode: -1,
    resultMessage: error instanceof Error ? error.message : "unknown",
  }));
  if (!answer.result)
    throw new SecondOpinionError(answer.resultCode, answer.resultMessage);
}

async function askPkijs(
  path: readonly Certificate[],
  now: number,
  engine: ProviderCryptoEngine,
): Promise<CertificateChainValidationEngineVerifyResult> {
  const certificates = path.map(({ der }) =>
    PkijsCertificate.fromBER(toArrayBuffer(der)),
  );
  const validation = new CertificateChainValidationEngine({
    trustedCerts: certificates.slice(-1),
    // pkijs takes the last one for the leaf.
    certs: certificates.slice(0, -1).reverse(),
    checkDate: new Date(now),
    findIssuer: onlyWithin(certificates, engine),
  });
  return validation.verify({}, engine);
}

/** The next certificate of the path is the only issuer that is looked at. */
function onlyWithin(
  path: readonly PkijsCertificate[],
  engine: ProviderCryptoEngine,
): FindIssuerCallback {
  return async (certificate) => {
    const issuer = path[path.indexOf(certificate) + 1];
    if (issuer === undefined) return [];
    return (await certificate.verify(issuer, engine)) ? [issuer] : [];
  };
}
