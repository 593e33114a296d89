/** DANE: certificates that TLSA records of DNSSEC name (RFC 6698, RFC 7671). */
import { type Bytes, equal, fromHex, printable } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { Certificate } from "./certificates/certificate.ts";
import { X509Error } from "./faults/errors.ts";
import * as fault from "./faults/faults.ts";
import { TrustStore } from "./trust/trust-store.ts";
import {
  type CertificateVerifier,
  createVerifier,
  type PeerChain,
  type VerifiedChain,
  verifiedByCaller,
  type VerifyContext,
} from "./verifier.ts";

/** A TLSA record, RFC 6698 2.1. */
export interface TlsaRecord {
  /** 0 PKIX-TA, 1 PKIX-EE, 2 DANE-TA, 3 DANE-EE (RFC 7218 2.1). */
  readonly usage: number;
  /** 0: the whole certificate; 1: its SubjectPublicKeyInfo. */
  readonly selector: number;
  /** 0: as it is; 1: SHA-256; 2: SHA-512. */
  readonly matchingType: number;
  /** The association data. */
  readonly data: Bytes;
}

/** Options of {@link createDaneVerifier}. */
export interface DaneOptions {
  readonly provider: CryptoProvider;
  /** All records of the service; they must come from a resolver of DNSSEC. */
  readonly records: readonly TlsaRecord[];
  /** Validates for usages 0 and 1, with the authorities that are trusted. */
  readonly pkix: CertificateVerifier;
}

const PKIX_TA = 0;
const PKIX_EE = 1;
const DANE_TA = 2;
const DANE_EE = 3;

/**
 * Reads TLSA records as zone files and `dig` have them, one a line: `3 1 1` and
 * hexadecimal digits, whatever TTL and class stand before. Comments begin with a
 * semicolon; RRSIG records, which `dig +dnssec` prints too, are passed over.
 *
 * @param owner name of the records that are wanted, as `_443._tcp.a.example` (RFC
 *   6698 3). Those of other names are left out, unless CNAME records of the text
 *   lead there; a line without a name is wanted in any case. Default: all
 * @throws TypeError with its number for a line that is no such record
 *
 * @example
 * ```ts
 * import { parseTlsa } from "puretls/x509";
 *
 * const text = `_443._tcp.a.example. IN TLSA 3 1 1 ${"00".repeat(32)}`;
 * const [record] = parseTlsa(text, "_443._tcp.a.example");
 * if (record?.usage !== 3) throw new Error();
 * ```
 */
export function parseTlsa(text: string, owner?: string): TlsaRecord[] {
  const found: { readonly of: string | undefined; record: TlsaRecord }[] = [];
  const aliases: Alias[] = [];
  for (const { of, type, words, fault } of zoneLines(text)) {
    if (type === "RRSIG") continue;
    const [target] = words;
    if (type === "CNAME" && of !== undefined && target !== undefined) {
      aliases.push({ of, target });
      continue;
    }
    const record = type === "TLSA" ? recordOf(words) : undefined;
    if (record === undefined) throw new TypeError(fault);
    found.push({ of, record });
  }
  const names = owner === undefined ? undefined : namesOf(owner, aliases);
  return found
    .filter(({ of }) => !of || !names || isOneOf(of, names))
    .map(({ record }) => record);
}

/** A record of a zone file. */
interface ZoneLine {
  /** Its owner, undefined for a line that names none. */
  readonly of: string | undefined;
  readonly type: string;
  /** The words behind the type. */
  readonly words: readonly string[];
  /** The error's words for one that cannot be read. */
  readonly fault: string;
}

interface Alias {
  readonly of: string;
  readonly target: string;
}

const TYPE = /^(?:TLSA|CNAME|RRSIG)$/i;
const TTL_OR_CLASS = /^(?:\d+|IN)$/i;

function* zoneLines(text: string): Generator<ZoneLine> {
  let of: string | undefined;
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const content = line.replace(/;.*$/, "").trim();
    if (content === "") continue;
    const words = content.replaceAll(/[()]/g, " ").trim().split(/\s+/);
    // Owner, TTL and class stand before it.
    const type = words.slice(0, 4).findIndex((word) => TYPE.test(word));
    const [first = ""] = words;
    if (type > 0 && !TTL_OR_CLASS.test(first)) of = first;
    // RFC 1035 5.1: a line that begins with a blank has the owner before it.
    else if (type < 0 || !/^\s/.test(line)) of = undefined;
    yield {
      of,
      type: words[type]?.toUpperCase() ?? "TLSA",
      words: words.slice(type + 1),
      fault: `line ${at + 1} is no TLSA record (USAGE SELECTOR MATCHING HEX): ${printable(content, 60)}`,
    };
  }
}

function recordOf(words: readonly string[]): TlsaRecord | undefined {
  const [usage, selector, matchingType] = words
    .slice(0, 3)
    .map((word) => (/^\d{1,3}$/.test(word) ? Number(word) : undefined));
  const hex = words.slice(3).join("");
  if (usage === undefined || selector === undefined) return undefined;
  if (matchingType === undefined) return undefined;
  if (hex.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(hex)) return undefined;
  return { usage, selector, matchingType, data: fromHex(hex.toLowerCase()) };
}

/** The name itself, and those to which CNAME records lead from it. */
function namesOf(owner: string, aliases: readonly Alias[]): readonly string[] {
  const names = [absolute(owner)];
  // The loop goes on to the names that are added in it.
  for (const name of names)
    for (const { of, target } of aliases)
      if (isOneOf(of, [name]) && !names.includes(absolute(target)))
        names.push(absolute(target));
  return names;
}

/** Without a dot at its end a name may lack the zone's (RFC 1035 5.1). */
function isOneOf(owner: string, names: readonly string[]): boolean {
  const own = absolute(owner);
  return names.some(
    (name) =>
      name === own || (!owner.endsWith(".") && name.startsWith(`${own}.`)),
  );
}

function absolute(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

/**
 * A verifier that accepts a chain that one of the records matches: 3 the leaf's
 * own certificate or key, whatever its names and dates (RFC 7671 5.1); 2 an
 * authority that the peer sent, which is then trusted, for names and dates too;
 * 1 and 0 the leaf or an authority of a path that `pkix` accepts as well. Records
 * that nobody can use are ignored, and of two digests of the same thing the
 * weaker one (RFC 7671 9).
 *
 * @throws TypeError when no record is of use
 *
 * @example
 * ```ts
 * import { SSLContext } from "puretls";
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createDaneVerifier, createVerifier, parseTlsa, TrustStore } from "puretls/x509";
 *
 * const records = parseTlsa(`3 1 1 ${"ab".repeat(32)}`); // from a resolver
 * const pkix = createVerifier({ provider, trustStore: new TrustStore() });
 * const context = new SSLContext();
 * context.verifier = createDaneVerifier({ provider, records, pkix });
 * ```
 */
export function createDaneVerifier(options: DaneOptions): CertificateVerifier {
  const { provider, pkix } = options;
  const records = strongest(options.records.filter(isUsable));
  if (records.length === 0)
    throw new TypeError(
      "records: none is of use: usages are 0 to 3, selectors 0 and 1, matching types 0 to 2 with digests of their length",
    );
  return {
    verify: (peer, at) => {
      const chain = peer.certificates.map((der) => Certificate.parse(der));
      const [leaf, ...above] = chain;
      if (leaf === undefined) throw new X509Error(fault.no_certificate);
      const has = (usage: number, certificate: Certificate): boolean =>
        records.some(
          (one) => one.usage === usage && matches(provider, one, certificate),
        );
      if (has(DANE_EE, leaf)) return verifiedByCaller(peer, at);
      const anchors = [
        ...above.filter((one) => has(DANE_TA, one)),
        ...wholeAnchors(records),
      ];
      const attempts = [
        ...(anchors.length > 0
          ? [() => byAnchors(provider, anchors, peer, at)]
          : []),
        ...(records.some(({ usage }) => usage <= PKIX_EE)
          ? [() => constrained(pkix, has, peer, at)]
          : []),
      ];
      return firstOf(attempts);
    },
  };
}

/** The first answer; else the last refusal, or that no record matches. */
function firstOf(attempts: readonly (() => VerifiedChain)[]): VerifiedChain {
  let refusal: unknown = new X509Error(fault.dane_no_match);
  for (const attempt of attempts)
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof X509Error)) throw error;
      refusal = error;
    }
  throw refusal;
}

/** RFC 7671 5.2: the authority need not be known to anybody else. */
function byAnchors(
  provider: CryptoProvider,
  anchors: readonly Certificate[],
  peer: PeerChain,
  at: VerifyContext,
): VerifiedChain {
  const trustStore = TrustStore.of(...anchors);
  return createVerifier({ provider, trustStore }).verify(peer, at);
}

/** RFC 7671 5.3 and 5.4. */
function constrained(
  pkix: CertificateVerifier,
  has: (usage: number, certificate: Certificate) => boolean,
  peer: PeerChain,
  at: VerifyContext,
): VerifiedChain {
  const verified = pkix.verify(peer, at);
  const [leaf, ...authorities] = verified.path;
  if (leaf !== undefined && has(PKIX_EE, leaf)) return verified;
  if (authorities.some((one) => has(PKIX_TA, one))) return verified;
  throw new X509Error(fault.dane_no_match);
}

/** RFC 7671 5.2.2: records that hold a whole authority, sent or not. */
function wholeAnchors(records: readonly TlsaRecord[]): readonly Certificate[] {
  return records.flatMap(({ usage, selector, matchingType, data }) => {
    if (usage !== DANE_TA || selector !== 0 || matchingType !== 0) return [];
    return Certificate.parse(data.slice());
  });
}

function matches(
  { hashes }: CryptoProvider,
  { selector, matchingType, data }: TlsaRecord,
  certificate: Certificate,
): boolean {
  const whole =
    selector === 0 ? certificate.der : certificate.subjectPublicKeyInfoDer;
  if (matchingType === 0) return equal(whole, data);
  const name = matchingType === 1 ? "SHA-256" : "SHA-512";
  return equal(hashes[name].hash(whole), data);
}

/** Bytes of a digest by its matching type. */
const LENGTHS = [undefined, 32, 64];

/** RFC 7671 4: what is not understood is as if it were not there. */
function isUsable(record: TlsaRecord): boolean {
  const { usage, selector, matchingType, data } = record;
  if (![PKIX_TA, PKIX_EE, DANE_TA, DANE_EE].includes(usage)) return false;
  if (selector !== 0 && selector !== 1) return false;
  if (matchingType === 0) return data.length > 0 && isWhole(record);
  return data.length > 0 && LENGTHS[matchingType] === data.length;
}

/** A certificate that cannot be read is of no use. */
function isWhole({ selector, data }: TlsaRecord): boolean {
  if (selector === 1) return true;
  try {
    Certificate.parse(data.slice());
    return true;
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return false;
  }
}

/** RFC 7671 9: of digests for one usage and selector the strongest alone. */
function strongest(records: readonly TlsaRecord[]): readonly TlsaRecord[] {
  return records.filter(
    (one) =>
      one.matchingType !== 1 ||
      !records.some(
        ({ usage, selector, matchingType }) =>
          usage === one.usage &&
          selector === one.selector &&
          matchingType === 2,
      ),
  );
}
