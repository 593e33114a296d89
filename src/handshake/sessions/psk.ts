/** Pre-shared keys in the handshake of TLS 1.3, RFC 9846 4.3.11, both roles. */
import { type Bytes, equal, Secret, unshared } from "../../bytes.ts";
import type {
  HashAlgorithm,
  HashName,
  RandomSource,
} from "../../crypto/provider.ts";
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { Reader } from "../../wire/reader.ts";
import type { ExternalPsk } from "./external-psk.ts";
import type { OfferedPsks } from "../extensions/spec.ts";
import { earlySecret } from "../keys/key-schedule13.ts";
import type { PeerProof } from "../credentials/peer-identity.ts";
import {
  endPointOf,
  type ResumedPeer,
  type ResumptionTerms,
  type Session13,
} from "./session.ts";
import type { PendingTranscript } from "../keys/transcript.ts";

export type { ChosenPsk };

/** A PSK as the key schedule and the binder take it. */
export type Psk = ResumptionPsk | ExternalKey;

export interface ResumptionPsk {
  readonly kind: "resumption";
  readonly session: Session13;
  /** Proof that its peer is accepted by the rules of the config that offers or found it. */
  readonly peer: ResumedPeer;
  readonly identity: Uint8Array;
  readonly key: Secret;
  readonly hash: HashName;
}

export interface ExternalKey {
  readonly kind: "external";
  /** The origin that its binder names: RFC 9846 7.1, RFC 9258 5.2. */
  readonly origin: "external" | "imported";
  /** The `trust` of the config whose callback gave it. */
  readonly trust: object;
  readonly identity: Uint8Array;
  readonly key: Secret;
  readonly hash: HashName;
}

/** Draws a ticket_age_add (RFC 9846 4.7.1), or what looks like an obfuscated age. */
export function randomAge(random: RandomSource): number {
  return new Reader(random(4), "an age").u32();
}

/** The PSK of a session whose peer is accepted. */
export function resumptionPsk(
  session: Session13,
  peer: ResumedPeer,
  identity: Uint8Array,
): ResumptionPsk {
  const { psk: key, cipherSuite } = session;
  const { hash } = cipherSuite;
  return Object.freeze({
    kind: "resumption",
    session,
    peer,
    identity,
    key,
    hash,
  });
}

/** An external PSK that the program gave under the rules named by `trust`. */
export function externalKey(
  { identity, key: bytes, hash, imported }: Required<ExternalPsk>,
  trust: object,
): ExternalKey {
  const key = new Secret(bytes.slice());
  const origin = imported ? "imported" : "external";
  return Object.freeze({
    kind: "external",
    origin,
    identity,
    key,
    hash,
    trust,
  });
}

/**
 * Proof that both sides agreed on a PSK that this side holds: the peer's
 * Finished then shows that it holds it too.
 */
class ChosenPsk {
  readonly #chosenPsk = true;
  readonly psk: Psk;
  /** Its position in the offer. */
  readonly index: number;

  constructor(psk: Psk, index: number) {
    this.psk = psk;
    this.index = index;
  }

  /**
   * The proof itself, where it holds under those terms.
   *
   * @throws TlsError `internal_error` for a PSK that was chosen by the rules of
   *   another config, or for another name
   */
  under(terms: ResumptionTerms): this {
    const { psk } = this;
    if (psk.kind === "resumption") psk.peer.under(psk.session, terms);
    else if (psk.trust !== terms.trust)
      throw new TlsError(reason.internal_error, {
        detail: "a PSK that was chosen by the rules of another config",
      });
    return this;
  }

  /** Tells whether a value is such a proof, and not a forged object. */
  static made(value: object): boolean {
    return #chosenPsk in value;
  }
}

/**
 * Tells whether a peer is authenticated by an external PSK, of this connection
 * or of the one that the session began with: it is never combined with
 * certificates, later either (RFC 9846 4.4.2 and F.1).
 */
export function isByExternalPsk(
  peer: { readonly psk: ChosenPsk } | object,
): boolean {
  if (!("psk" in peer)) return false;
  const { psk } = peer.psk;
  return psk.kind === "external" || psk.session.ofExternalPsk;
}

/** Returns the facts about the peer of a connection under that PSK. */
export function byPsk(psk: Psk): FactsByPsk {
  return psk.kind === "resumption"
    ? {
        proof: psk.peer.chain,
        said: {
          resumed: true,
          pskIdentity: undefined,
          ...endPointOf(psk.session),
        },
      }
    : {
        proof: undefined,
        said: { resumed: false, pskIdentity: unshared(psk.identity) },
      };
}

interface FactsByPsk {
  readonly proof: PeerProof | undefined;
  readonly said: {
    readonly resumed: boolean;
    readonly pskIdentity: Bytes | undefined;
    readonly serverEndPoint?: Bytes;
  };
}

/** The verifier's proof of a peer of TLS 1.3, of this connection or its session. */
export function proofOf(
  peer: { readonly chain: PeerProof } | { readonly psk: ChosenPsk } | object,
): PeerProof | undefined {
  if ("psk" in peer) return byPsk(peer.psk.psk).proof;
  return "chain" in peer ? peer.chain : undefined;
}

/** The binders' bytes at the end of a ClientHello, lengths included. */
export function bindersLength(hashes: readonly HashAlgorithm[]): number {
  return hashes.reduce((sum, { outputLength }) => sum + 1 + outputLength, 2);
}

/** RFC 9846 4.3.11.2: of the hello up to the binders and what came before it. */
export function binderOf(
  hash: HashAlgorithm,
  psk: Psk,
  before: PendingTranscript,
  truncatedHello: Uint8Array,
): Uint8Array {
  const digest = before.add(truncatedHello).begin(hash).digest();
  const early = earlySecret(hash, psk.key);
  const origin = psk.kind === "external" ? psk.origin : psk.kind;
  const binder = early.binder(origin, digest);
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
  // RFC 9846 4.3.11: the index in range, and a suite with the PSK's hash.
  const psk = offered[index];
  // [9846-4.3.11-11a] [9846-4.3.11-11b] [9846-4.7.1-06b]
  if (psk === undefined || psk.hash !== suiteHash)
    // [9846-4.3.11-12a]
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
  /** The transcript before this hello. */
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
  // [9846-4.3.11-08] [9846-4.3.11-09]
  if (binder === undefined || !equal(binder, expected))
    throw new TlsError(reason.binder_mismatch);
  return new ChosenPsk(psk, index);
}
