/**
 * Static RSA key exchange, RFC 5246 7.4.7.1: for clients alone. A server of
 * puretls never decrypts: SECURITY.md says why.
 */
import { concat, Secret } from "../../bytes.ts";
import { ProtocolVersion } from "../../wire/code-points.ts";
import { KeyPossession } from "../authentication/authenticated-peer.ts";
import type { PeerKey } from "../credentials/delegation.ts";
import type { ClientConfig } from "../config/config.ts";

export type { EncryptedPreliminarySecret };

/**
 * Proof that the preliminary secret can be read with the certificate's key
 * alone: whoever sends the right Finished holds it.
 */
class EncryptedPreliminarySecret extends KeyPossession {
  readonly #encrypted = true;

  constructor({ leaf }: PeerKey) {
    super(leaf);
    void this.#encrypted;
  }
}

/** The client's half: what to send, and the preliminary secret. */
export function encryptPreliminarySecret(
  { provider }: ClientConfig,
  peer: PeerKey,
): {
  readonly encrypted: Uint8Array;
  readonly preliminary: Secret;
  readonly proof: EncryptedPreliminarySecret;
} {
  // [5246-7.4.7.1-01]
  // RFC 5246 7.4.7.1: the version offered, "not the version negotiated".
  const version = ProtocolVersion["TLSv1.2"];
  const preliminary = new Secret(
    concat(Uint8Array.of(version >> 8, version & 0xff), provider.random(46)),
  );
  const { random } = provider;
  const encrypted = provider.rsaEncrypt?.(peer.key, preliminary.bytes, random);
  if (encrypted === undefined)
    throw new Error("the provider has no rsaEncrypt, but it was negotiated");
  return {
    encrypted,
    preliminary,
    proof: new EncryptedPreliminarySecret(peer),
  };
}
