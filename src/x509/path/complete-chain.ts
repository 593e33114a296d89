/** Issuers of a certificate of one's own, out of a trust store. */
import { equal } from "../../bytes.ts";
import type { PublicKey } from "../../crypto/provider.ts";
import type { Certificate } from "../certificates/certificate.ts";
import { orUnreadable } from "../faults/errors.ts";
import {
  type SignatureAlgorithm,
  signatureAlgorithm,
} from "../keys/algorithms.ts";
import type { TrustStore } from "../trust/trust-store.ts";
import { isSelfSigned } from "./own-chain.ts";

/** OpenSSL's bound of a path that it builds. */
const MOST = 100;

/**
 * Returns the certificates above one, as far as the store has them, the root
 * included: OpenSSL's way of completing what it presents. Signatures are the
 * peer's to verify.
 *
 * @param now milliseconds since the epoch: of two issuers the one that is valid
 *   then is chosen, else the one that was valid last
 */
export function issuersInStore(
  leaf: Certificate,
  store: TrustStore,
  now: number,
): readonly Certificate[] {
  const chain = [leaf];
  for (let last = leaf; chain.length <= MOST && !isSelfSigned(last);) {
    const next = issuerOf(last, store, now);
    if (next === undefined || chain.includes(next)) break;
    chain.push(next);
    last = next;
  }
  return chain.slice(1);
}

function issuerOf(
  child: Certificate,
  store: TrustStore,
  now: number,
): Certificate | undefined {
  const candidates =
    orUnreadable(() => store.findBySubject(child.issuer)) ?? [];
  let best: Certificate | undefined;
  for (const one of candidates) {
    // It stands for an anchor of a list of roots, and is no one's to present.
    if (one.signature.length === 0) continue;
    if (orUnreadable(() => mayHaveIssued(one, child)) !== true) continue;
    if (one.notBefore <= now && now <= one.notAfter) return one;
    if (best === undefined || one.notAfter > best.notAfter) best = one;
  }
  return best;
}

/** RFC 5280 4.2.1.1, 4.2.1.3: key identifier, issuer and serial, key usage. */
function mayHaveIssued(issuer: Certificate, child: Certificate): boolean {
  const wanted = child.authorityKeyIdentifier;
  const { keyIdentifier, authorityCertSerialNumber } = wanted ?? {};
  const own = issuer.subjectKeyIdentifier;
  if (keyIdentifier && own && !equal(keyIdentifier, own)) return false;
  if (
    authorityCertSerialNumber &&
    !equal(authorityCertSerialNumber, issuer.serialNumber)
  )
    return false;
  const names = (wanted?.authorityCertIssuer ?? []).flatMap((name) =>
    name.type === "directoryName" ? [name.value] : [],
  );
  if (names[0] !== undefined && !names[0].equals(issuer.issuer)) return false;
  if (issuer.keyUsage?.has("keyCertSign") === false) return false;
  const { type } = issuer.subjectPublicKeyInfo.key;
  const signature = signatureAlgorithm(child.signatureAlgorithm);
  return signature === undefined || KEY_TYPES[signature.keyType].includes(type);
}

/** Keys that make signatures of these kinds. */
const KEY_TYPES: Readonly<
  Record<SignatureAlgorithm["keyType"], readonly PublicKey["type"][]>
> = {
  rsa: ["rsa"],
  ec: ["ec"],
  eddsa: ["ed25519", "ed448"],
  "ml-dsa": ["ml-dsa-44", "ml-dsa-65", "ml-dsa-87"],
};
