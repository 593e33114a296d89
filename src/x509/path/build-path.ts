/**
 * Path building, RFC 4158: depth first over all candidate issuers, with
 * backtracking. A link is taken only when its signature is right, so a forest
 * of certificates with one name is pruned at once; budgets bound the rest.
 */
import { equal, latin1 } from "../../bytes.ts";
import type { Budget } from "./budget.ts";
import { endsBudget } from "./budget.ts";
import type { Certificate } from "../certificates/certificate.ts";
import { validityAt } from "../certificates/validity.ts";
import { atDepth, orUnreadable, X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import type { Name } from "../names/name.ts";
import { requireVerifiableKey, type SignatureChecker } from "./signatures.ts";
import type { TrustStore } from "../trust/trust-store.ts";
import { type Purpose, PURPOSE_OID } from "./basic-rules.ts";

/** The input of a search. */
export interface PathSearch {
  readonly leaf: Certificate;
  /** Certificates that the peer sent beside the leaf, in any order. */
  readonly intermediates: readonly Certificate[];
  readonly trustStore: TrustStore;
  /** The purpose that anchors have to be trusted for. */
  readonly purpose: Purpose;
  /** True when a trusted certificate that is not a root ends a path. */
  readonly partialChain: boolean;
  /** Intermediates allowed between leaf and anchor, self-issued ones aside. */
  readonly maximumIntermediates: number;
  /** Milliseconds since the epoch: orders candidates, decides nothing. */
  readonly now: number;
  readonly signatures: SignatureChecker;
  readonly budget: Budget;
  /** Validates a whole path, leaf first, anchor last; throws X509Error. */
  readonly validate: (path: readonly Certificate[]) => void;
}

// [9846-4.5.1-12] [9846-E-04]
/**
 * A path from the leaf to a trusted certificate that `validate` accepts.
 *
 * @throws X509Error the most useful of the errors met on the way
 */
export function findPath(search: PathSearch): readonly Certificate[] {
  return new PathFinder(search).find();
}

interface Candidate {
  readonly issuer: Certificate;
  readonly isAnchor: boolean;
}

/**
 * Facts about a certificate that are needed again and again, found once: a
 * search comes by it on thousands of paths, and its names and identifiers may
 * be long.
 */
interface Facts {
  /** RFC 4158 2.4.2: the same number is the same entity, by name and key. */
  readonly entity: number;
  /** DER of the public key, as text. */
  readonly key: string;
  readonly isSelfIssued: boolean;
  /** Issuers by name, the likeliest first; undefined: not yet looked for. */
  candidates: readonly Candidate[] | undefined;
}

/** No path is longer, self-issued certificates included. */
const MAXIMUM_LENGTH = 32;

class PathFinder {
  readonly #search: PathSearch;
  readonly #bySubject = new Map<string, Certificate[]>();
  readonly #anchorsBySubject = new Map<string, readonly Certificate[]>();
  readonly #facts = new Map<Certificate, Facts>();
  readonly #entities = new Map<string, number>();
  /** Links already checked in this search: child, then issuer. */
  readonly #links = new Map<Certificate, Map<Certificate, LinkResult>>();
  /** The same by the issuer's key: namesakes of one key have one answer. */
  readonly #byKey = new Map<Certificate, Map<string, X509Error | "ok">>();
  #worst: X509Error | undefined;

  constructor(search: PathSearch) {
    this.#search = search;
    const seen = new Set<string>();
    for (const certificate of search.intermediates) {
      const der = latin1(certificate.der);
      if (seen.has(der)) continue;
      seen.add(der);
      const key = certificate.subject.key;
      const others = this.#bySubject.get(key);
      if (others === undefined) this.#bySubject.set(key, [certificate]);
      else others.push(certificate);
    }
  }

  find(): readonly Certificate[] {
    const path = this.#extend([this.#search.leaf]);
    if (path !== undefined) return path;
    throw this.#worst ?? new X509Error(fault.unknown_issuer, undefined, 0);
  }

  /** Tries all that may follow the last certificate of a path. */
  #extend(path: readonly Certificate[]): readonly Certificate[] | undefined {
    const { partialChain, budget } = this.#search;
    const top = path[path.length - 1];
    if (top === undefined) return undefined;
    budget.spendStep();
    const trust = this.#trust(top);
    if (trust === "rejected" || trust === "distrusted") {
      const why =
        trust === "rejected"
          ? fault.certificate_rejected
          : fault.issued_after_distrust;
      this.#record(new X509Error(why, undefined, path.length - 1));
      return undefined;
    }
    const trusted = trust !== undefined;
    if (trusted && (trust === "trusted" || partialChain || top.isSelfIssued)) {
      const found = this.#validate(path);
      if (found !== undefined) return found;
    }
    let linked = false;
    const misfits: X509Error[] = [];
    const facts = this.#factsOf(top);
    facts.candidates ??= this.#candidates(top);
    for (const { issuer, isAnchor } of facts.candidates) {
      budget.spendStep();
      // RFC 4158 2.4.2: a loop is the same entity twice.
      const { entity } = this.#factsOf(issuer);
      if (path.some((other) => this.#factsOf(other).entity === entity))
        continue;
      const result = this.#checkLink(top, issuer, path.length - 1);
      if (result === "stranger") continue;
      if (result !== "ok") {
        misfits.push(result);
        continue;
      }
      linked = true;
      const found = this.#follow([...path, issuer], isAnchor);
      if (found !== undefined) return found;
    }
    // Where one issuer fits, its namesakes that do not are no news.
    if (!linked)
      for (const error of [deadEnd(path, top, trusted), ...misfits])
        this.#record(error);
    return undefined;
  }

  #factsOf(certificate: Certificate): Facts {
    let facts = this.#facts.get(certificate);
    if (facts === undefined) {
      const { subject, subjectPublicKeyInfoDer: der } = certificate;
      const key = latin1(der);
      // DER says itself where it ends, so no two pairs make the same string.
      const text = key + subject.key;
      const entity = this.#entities.get(text) ?? this.#entities.size;
      this.#entities.set(text, entity);
      const { isSelfIssued } = certificate;
      facts = { entity, key, isSelfIssued, candidates: undefined };
      this.#facts.set(certificate, facts);
    }
    return facts;
  }

  #trust(certificate: Certificate): ReturnType<TrustStore["trust"]> {
    const { trustStore, purpose, leaf } = this.#search;
    const anchors = this.#anchors(certificate.subject);
    const use = PURPOSE_OID[purpose];
    return trustStore.trust(certificate, use, anchors, leaf.notBefore);
  }

  /** The store is asked once a name: a look-up may read files. */
  #anchors(subject: Name): readonly Certificate[] {
    const known = this.#anchorsBySubject.get(subject.key);
    if (known !== undefined) return known;
    const found = this.#search.trustStore.findBySubject(subject);
    this.#anchorsBySubject.set(subject.key, found);
    return found;
  }

  #follow(
    path: readonly Certificate[],
    isAnchor: boolean,
  ): readonly Certificate[] | undefined {
    const depth = path.length - 1;
    const between = path.slice(1, isAnchor ? -1 : undefined);
    const counted = between.filter(
      (one) => !this.#factsOf(one).isSelfIssued,
    ).length;
    if (
      counted > this.#search.maximumIntermediates ||
      path.length > MAXIMUM_LENGTH
    ) {
      this.#record(new X509Error(fault.chain_too_long, undefined, depth));
      return undefined;
    }
    return this.#extend(path);
  }

  #validate(path: readonly Certificate[]): readonly Certificate[] | undefined {
    try {
      this.#search.validate(path);
      return path;
    } catch (error) {
      this.#recordOrThrow(error);
      return undefined;
    }
  }

  /** Issuers by name, the likeliest first. */
  #candidates(child: Certificate): readonly Candidate[] {
    const anchors = this.#anchors(child.issuer);
    const sent = this.#bySubject.get(child.issuer.key) ?? [];
    const candidates: Candidate[] = anchors.map((issuer) => ({
      issuer,
      isAnchor: true,
    }));
    for (const issuer of sent)
      if (!anchors.some((anchor) => equal(anchor.der, issuer.der)))
        candidates.push({ issuer, isAnchor: false });
    if (candidates.length < 2) return candidates;
    return candidates
      .map((one) => ({ ...one, score: this.#rate(child, one) }))
      .sort((a, b) => b.score - a.score);
  }

  #rate(child: Certificate, { issuer, isAnchor }: Candidate): number {
    const { now } = this.#search;
    let score = isAnchor ? 2 : 0;
    if (validityAt(issuer, now) === "within") score += 1;
    const wanted = child.authorityKeyIdentifier?.keyIdentifier;
    const match = keyIdentifierMatch(wanted, issuer);
    if (match !== undefined) score += match ? 4 : -4;
    return score;
  }

  /** Checks that the issuer has signed the child: each pair is verified once. */
  #checkLink(
    child: Certificate,
    issuer: Certificate,
    depth: number,
  ): LinkResult {
    const results = entryOf(this.#links, child);
    let result = results.get(issuer);
    if (result === undefined) {
      const byKey = entryOf(this.#byKey, child);
      const { key } = this.#factsOf(issuer);
      result = byKey.get(key) ?? this.#verifyLink(child, issuer, depth);
      byKey.set(key, result);
      if (result !== "ok" && isStranger(result, child, issuer))
        result = "stranger";
      results.set(issuer, result);
    }
    return result;
  }

  #verifyLink(
    child: Certificate,
    issuer: Certificate,
    depth: number,
  ): X509Error | "ok" {
    const { signatures, budget } = this.#search;
    try {
      // RFC 5280 4.1.1.2: both "MUST contain the same algorithm identifier".
      if (!child.namesOneSignatureAlgorithm)
        throw new X509Error(
          fault.signature_algorithm_mismatch,
          undefined,
          depth,
        );
      const key = atDepth(depth + 1, () => {
        requireVerifiableKey(issuer.subjectPublicKeyInfo);
        return issuer.subjectPublicKeyInfo;
      });
      atDepth(depth, () => {
        signatures.check(child, key, budget);
      });
      return "ok";
    } catch (error) {
      if (error instanceof X509Error && !endsBudget(error)) return error;
      throw error;
    }
  }

  #recordOrThrow(error: unknown): void {
    if (!(error instanceof X509Error) || endsBudget(error)) throw error;
    this.#record(error);
  }

  #record(error: X509Error): void {
    const rank = this.#worst?.fault.rank ?? -1;
    if (error.fault.rank > rank) this.#worst = error;
  }
}

/** Returns the map that stands for a key, made where there is none yet. */
function entryOf<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
  const found = maps.get(key) ?? new Map<L, V>();
  maps.set(key, found);
  return found;
}

/**
 * The result of checking a link: `stranger` where its failure tells nothing.
 */
type LinkResult = X509Error | "ok" | "stranger";

/**
 * Tells whether a certificate of the issuer's name was no issuer at all, so
 * that its fault tells nothing: it has another key identifier than the child
 * names, or the child has signed itself.
 */
function isStranger(
  result: X509Error,
  child: Certificate,
  issuer: Certificate,
): boolean {
  const wanted = child.authorityKeyIdentifier?.keyIdentifier;
  switch (result.fault) {
    case fault.signature_failure:
      return namesItself(child) || keyIdentifierMatch(wanted, issuer) === false;
    case fault.signature_key_mismatch:
      return namesItself(child);
    default:
      return false;
  }
}

/** OpenSSL's "self-signed": nothing in the certificate names another issuer. */
function namesItself(certificate: Certificate): boolean {
  const wanted = certificate.authorityKeyIdentifier?.keyIdentifier;
  return (
    certificate.isSelfIssued &&
    keyIdentifierMatch(wanted, certificate) !== false
  );
}

function keyIdentifierMatch(
  wanted: Uint8Array | undefined,
  issuer: Certificate,
): boolean | undefined {
  const has = orUnreadable(() => issuer.subjectKeyIdentifier);
  return wanted && has && equal(wanted, has);
}

/** OpenSSL's four ways of saying that the next certificate is missing. */
function deadEnd(
  path: readonly Certificate[],
  top: Certificate,
  trusted: boolean,
): X509Error {
  const depth = path.length - 1;
  if (!top.isSelfIssued)
    return new X509Error(
      trusted && depth > 0
        ? fault.anchor_not_self_signed
        : fault.unknown_issuer,
      `issuer ${top.issuer.toString()}`,
      depth,
    );
  return new X509Error(
    depth === 0 ? fault.self_signed_leaf : fault.self_signed_in_chain,
    undefined,
    depth,
  );
}
