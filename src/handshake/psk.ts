/** Pre-shared keys in the handshake of TLS 1.3, RFC 8446 4.2.11, both roles. */
import { equal, Secret } from "../bytes.ts";
import type { HashAlgorithm, HashName } from "../crypto/provider.ts";
import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import type { ExternalPsk } from "./external-psk.ts";
import type { OfferedPsks } from "./extensions/spec.ts";
import { earlySecret } from "./key-schedule13.ts";
import type { PeerProof } from "./peer-proof.ts";
import { endPointOf, type Session13 } from "./session.ts";
import type { PendingTranscript } from "./transcript.ts";

export type { ChosenPsk };

/** A PSK as the key schedule and the binder take it. */
export type Psk = ResumptionPsk | ExternalKey;

export interface ResumptionPsk {
  readonly kind: "resumption";
  readonly session: Session13;
  /** Who the peer was and still is; undefined where it showed nothing. */
  readonly chain: PeerProof | undefined;
  readonly identity: Uint8Array;
  readonly key: Secret;
  readonly hash: HashName;
}

export interface ExternalKey {
  readonly kind: "external";
  readonly identity: Uint8Array;
  readonly key: Secret;
  readonly hash: HashName;
}

/** Of a session whose peer was looked at. */
export function resumptionPsk(
  session: Session13,
  chain: PeerProof | undefined,
  identity: Uint8Array,
): ResumptionPsk {
  const { psk: key, cipherSuite } = session;
  const { hash } = cipherSuite;
  return Object.freeze({
    kind: "resumption",
    session,
    chain,
    identity,
    key,
    hash,
  });
}

export function externalKey(psk: Required<ExternalPsk>): ExternalKey {
  const { identity, key, hash } = psk;
  const secret = new Secret(key.slice());
  return Object.freeze({ kind: "external", identity, key: secret, hash });
}

/**
 * Proof that both sides agreed on a PSK that this side holds: the peer's
 * Finished then shows that it holds it too.
 */
class ChosenPsk {
  readonly #proof = true;
  readonly psk: Psk;
  /** Where it stood in the offer. */
  readonly index: number;

  constructor(psk: Psk, index: number) {
    this.psk = psk;
    this.index = index;
  }

  /** Whether a value is such a proof, and no look-alike. */
  static made(value: object): boolean {
    return #proof in value;
  }
}

/** What a connection under that PSK says of its peer. */
export function byPsk(psk: Psk) {
  const resumed = psk.kind === "resumption";
  return {
    proof: resumed ? psk.chain : undefined,
    said: {
      resumed,
      pskIdentity: resumed ? undefined : psk.identity,
      ...(resumed && endPointOf(psk.session)),
    },
  };
}

/** What a verifier said of a peer of TLS 1.3, now or when the session began. */
export function proofOf(
  peer: { readonly chain: PeerProof } | { readonly psk: ChosenPsk } | undefined,
): PeerProof | undefined {
  if (peer === undefined) return undefined;
  return "psk" in peer ? byPsk(peer.psk.psk).proof : peer.chain;
}

/** The binders' bytes at the end of a ClientHello, lengths included. */
export function bindersLength(hashes: readonly HashAlgorithm[]): number {
  return hashes.reduce((sum, { outputLength }) => sum + 1 + outputLength, 2);
}

/** RFC 8446 4.2.11.2: of the hello up to the binders and what came before it. */
export function binderOf(
  hash: HashAlgorithm,
  psk: Psk,
  before: PendingTranscript,
  truncatedHello: Uint8Array,
): Uint8Array {
  const digest = before.add(truncatedHello).begin(hash).digest();
  const early = earlySecret(hash, psk.key);
  const binder = early.binder(psk.kind, digest);
  early.wipe();
  return binder;
}

/**
 * A client's view: the server named one of those offered.
 *
 * @throws TlsError when it did not
 */
export function acceptedPsk(
  offered: readonly Psk[],
  index: number,
  suiteHash: HashName,
): ChosenPsk {
  // RFC 8446 4.2.11: the index in range, and a suite with the PSK's hash.
  const psk = offered[index];
  if (psk === undefined || psk.hash !== suiteHash)
    throw new TlsError(reason.wrong_psk_returned);
  return new ChosenPsk(psk, index);
}

/**
 * A server's view: the client holds the PSK, as its binder shows.
 *
 * @throws TlsError when the binder is wrong
 */
export function boundPsk(options: {
  readonly hash: HashAlgorithm;
  readonly psk: Psk;
  readonly index: number;
  readonly offered: OfferedPsks;
  /** What came before this hello. */
  readonly before: PendingTranscript;
  /** The whole ClientHello; its end are the binders. */
  readonly hello: Uint8Array;
}): ChosenPsk {
  const { binders } = options.offered;
  const length = binders.reduce((sum, one) => sum + 1 + one.length, 2);
  const truncated = options.hello.subarray(0, options.hello.length - length);
  const { hash, psk, index, before } = options;
  const expected = binderOf(hash, psk, before, truncated);
  const binder = binders[index];
  if (binder === undefined || !equal(binder, expected))
    throw new TlsError(reason.binder_mismatch);
  return new ChosenPsk(psk, index);
}
