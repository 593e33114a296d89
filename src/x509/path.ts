/**
 * Path building, RFC 4158: depth first over all candidate issuers, with
 * backtracking. A link is taken only when its signature is right, so a forest
 * of certificates with one name is pruned at once; budgets bound the rest.
 */
import { equal } from "../bytes.ts";
import type { Budget } from "./budget.ts";
import { endsBudget } from "./budget.ts";
import type { Certificate } from "./certificate.ts";
import { atDepth, X509Error } from "./errors.ts";
import * as fault from "./faults.ts";
import type { Name } from "./name.ts";
import type { SignatureChecker } from "./signature-check.ts";
import type { TrustStore } from "./trust-store.ts";

/** What a search starts from. */
export interface PathSearch {
  readonly leaf: Certificate;
  /** What the peer sent beside the leaf, in any order. */
  readonly intermediates: readonly Certificate[];
  readonly trustStore: TrustStore;
  /** Whether a trusted certificate that is not a root ends a path. */
  readonly partialChain: boolean;
  /** Intermediates allowed between leaf and anchor, self-issued ones aside. */
  readonly maximumIntermediates: number;
  /** Milliseconds since the epoch: orders candidates, judges nothing. */
  readonly now: number;
  readonly signatures: SignatureChecker;
  readonly budget: Budget;
  /** Judges a whole path, leaf first, anchor last; throws X509Error. */
  readonly judge: (path: readonly Certificate[]) => void;
}

/**
 * A path from the leaf to a trusted certificate that the judge accepts.
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

/** No path is longer, self-issued certificates included. */
const MAXIMUM_LENGTH = 32;

class PathFinder {
  readonly #search: PathSearch;
  readonly #bySubject = new Map<string, Certificate[]>();
  readonly #anchorsBySubject = new Map<string, readonly Certificate[]>();
  /** Links already checked in this search: child, then issuer. */
  readonly #links = new Map<Certificate, Map<Certificate, X509Error | "ok">>();
  #worst: X509Error | undefined;

  constructor(search: PathSearch) {
    this.#search = search;
    for (const certificate of search.intermediates) {
      const key = certificate.subject.key;
      const others = this.#bySubject.get(key);
      if (others === undefined) this.#bySubject.set(key, [certificate]);
      else if (!others.some((other) => equal(other.der, certificate.der)))
        others.push(certificate);
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
    const trusted = this.#isTrusted(top);
    if (trusted && (partialChain || top.isSelfIssued)) {
      const found = this.#judge(path);
      if (found !== undefined) return found;
    }
    let linked = false;
    const misfits: X509Error[] = [];
    for (const { issuer, isAnchor } of this.#candidates(top)) {
      budget.spendStep();
      if (path.some((other) => sameEntity(other, issuer))) continue;
      const result = this.#checkLink(top, issuer, path.length - 1);
      if (result !== "ok") {
        if (!isStranger(result, top, issuer)) misfits.push(result);
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

  #isTrusted(certificate: Certificate): boolean {
    return this.#anchors(certificate.subject).some((anchor) =>
      equal(anchor.der, certificate.der),
    );
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
    const counted = between.filter((one) => !one.isSelfIssued).length;
    if (
      counted > this.#search.maximumIntermediates ||
      path.length > MAXIMUM_LENGTH
    ) {
      this.#record(new X509Error(fault.chain_too_long, undefined, depth));
      return undefined;
    }
    return this.#extend(path);
  }

  #judge(path: readonly Certificate[]): readonly Certificate[] | undefined {
    try {
      this.#search.judge(path);
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
    if (issuer.notBefore <= now && now <= issuer.notAfter) score += 1;
    const wanted = child.authorityKeyIdentifier?.keyIdentifier;
    const match = keyIdentifierMatch(wanted, issuer);
    if (match !== undefined) score += match ? 4 : -4;
    return score;
  }

  /** Whether the issuer has signed the child: each pair is checked once. */
  #checkLink(
    child: Certificate,
    issuer: Certificate,
    depth: number,
  ): X509Error | "ok" {
    let results = this.#links.get(child);
    if (results === undefined) {
      results = new Map();
      this.#links.set(child, results);
    }
    let result = results.get(issuer);
    if (result === undefined) {
      result = this.#verifyLink(child, issuer, depth);
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
      const key = atDepth(depth + 1, () => issuer.subjectPublicKeyInfo);
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

/** RFC 4158 2.4.2: a loop is the same entity twice, by name and key. */
function sameEntity(a: Certificate, b: Certificate): boolean {
  return (
    equal(a.subjectPublicKeyInfoDer, b.subjectPublicKeyInfoDer) &&
    a.subject.equals(b.subject)
  );
}

/** A wrong signature with another key identifier was no issuer at all. */
function isStranger(
  result: X509Error,
  child: Certificate,
  issuer: Certificate,
): boolean {
  const wanted = child.authorityKeyIdentifier?.keyIdentifier;
  return (
    result.fault === fault.signature_failure &&
    keyIdentifierMatch(wanted, issuer) === false
  );
}

function keyIdentifierMatch(
  wanted: Uint8Array | undefined,
  issuer: Certificate,
): boolean | undefined {
  const has = readable(() => issuer.subjectKeyIdentifier);
  return wanted && has && equal(wanted, has);
}

/** What does not decode in a candidate does not order it either. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof X509Error) return undefined;
    throw error;
  }
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
