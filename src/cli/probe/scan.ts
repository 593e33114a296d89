/** The server under examination: all parts of a probe share it. */
import { randomBytes } from "node:crypto";
import { toHex } from "../../bytes.ts";
import { GROUPS } from "../../handshake/registries/groups.ts";
import {
  isForBothSides,
  SIGNATURE_SCHEMES,
  type SignatureSchemeName,
} from "../../handshake/registries/signature-schemes.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import type { Answer } from "./answer.ts";
import type { Caller, Sending } from "./calls.ts";
import { isMet, type Met, type Offer, shakeHands } from "./handshake.ts";
import { type Hello, RENEGOTIATION_SIGNAL } from "./hello.ts";
import { GROUP_CODES, CURVE_CODES } from "./group-names.ts";
import {
  type Ordered,
  type Report,
  VERSION_CODES,
  type VersionName,
} from "./report.ts";
import { codeText, SUITES_13, SUITES_BEFORE } from "./suites.ts";

export type HelloAnswer = Extract<Answer, { kind: "hello" }>;

/** Versions before TLS 1.3 that a hello can be written for, best first. */
export const BEFORE_13 = ["TLSv1.2", "TLSv1.1", "TLSv1.0", "SSLv3"] as const;

/** Code points of every signature scheme; SHA-1 and DSA are in old ones. */
const SCHEME_CODES: ReadonlyMap<number, string> = new Map([
  ...Object.values(SIGNATURE_SCHEMES)
    .filter(({ name }) => !name.endsWith("_legacy"))
    .map(({ code, name }) => [code, name] as const),
  [0x0301, "rsa_sha224"],
  [0x0303, "ecdsa_sha224"],
  [0x0202, "dsa_sha1"],
  [0x0302, "dsa_sha224"],
  [0x0402, "dsa_sha256"],
  [0x0502, "dsa_sha384"],
  [0x0602, "dsa_sha512"],
  [0x0101, "rsa_md5"],
  [0x081a, "ecdsa_brainpoolP256r1tls13_sha256"],
  [0x081b, "ecdsa_brainpoolP384r1tls13_sha384"],
  [0x081c, "ecdsa_brainpoolP512r1tls13_sha512"],
]);

export const SCHEMES: readonly number[] = [...SCHEME_CODES.keys()];

export function schemeName(code: number): string {
  return SCHEME_CODES.get(code) ?? codeText(code);
}

/** Schemes that puretls verifies in TLS 1.3. */
export const SCHEMES_13: readonly SignatureSchemeName[] = Object.values(
  SIGNATURE_SCHEMES,
)
  .filter(
    ({ name, handshake }) =>
      isForBothSides(name) && handshake.some((one) => one === "TLSv1.3"),
  )
  .map(({ name }) => name);

/** One server under examination. */
export class Scan {
  readonly report: Report;
  /** Chains by the leaf, in the order in which they were seen. */
  readonly chains = new Map<string, readonly Uint8Array[]>();
  readonly #caller: Caller;
  readonly #shares = new Map<string, number>();

  constructor(caller: Caller, report: Report) {
    this.#caller = caller;
    this.report = report;
  }

  get caller(): Caller {
    return this.#caller;
  }

  /** Ephemeral keys of the server that were seen, and how many of them twice. */
  get shares(): { readonly seen: number; readonly repeated: number } {
    const counts = [...this.#shares.values()];
    return {
      seen: counts.reduce((sum, count) => sum + count, 0),
      repeated: counts.filter((count) => count > 1).length,
    };
  }

  speaks(version: VersionName): boolean {
    return this.report.versions[version] === true;
  }

  /** The best version before TLS 1.3. */
  get before13(): (typeof BEFORE_13)[number] | undefined {
    return BEFORE_13.find((version) => this.speaks(version));
  }

  async ask(
    hello: Hello,
    until?: "hello" | "done",
    sending?: Sending,
  ): Promise<Answer> {
    const answer = await this.#caller.ask(hello, until, sending);
    if (answer.kind === "hello") this.#remember(answer);
    return answer;
  }

  /** A whole handshake; undefined where the server refuses it. */
  async meet(offer: Offer): Promise<Met | undefined> {
    const outcome = await shakeHands(
      this.#caller,
      this.report.serverName,
      this.withGroups(offer),
    );
    if (!isMet(outcome)) return undefined;
    this.#keepChain(outcome.certificates);
    return outcome;
  }

  /** An offer with the groups that the server is known to have. */
  withGroups(offer: Offer): Offer {
    const groups = this.report.groups[`TLSv${offer.version}`]?.names ?? [];
    const own = groups.filter((name) => Object.hasOwn(GROUPS, name));
    return own.length === 0 ? offer : { groups: own, ...offer };
  }

  /** A hello of one version, with all that the version has. */
  hello(version: VersionName, more: Partial<Hello> = {}): Hello {
    const code = VERSION_CODES[version];
    const { serverName } = this.report;
    if (version === "TLSv1.3")
      return {
        version: 0x0303,
        versions: [code],
        sessionId: randomBytes(32),
        suites: SUITES_13,
        serverName,
        groups: GROUP_CODES,
        schemes: SCHEMES,
        shares: [],
        ...more,
      };
    const suites = [...(more.suites ?? SUITES_BEFORE), RENEGOTIATION_SIGNAL];
    if (version === "SSLv3") return { version: code, ...more, suites };
    return {
      version: code,
      serverName,
      groups: CURVE_CODES,
      ...(version === "TLSv1.2" && { schemes: SCHEMES }),
      ...more,
      suites,
    };
  }

  #remember({ hello, exchange, certificates }: HelloAnswer): void {
    this.#keepChain(certificates);
    const body = hello.extensions.get(ExtensionType.key_share);
    // RFC 9846 4.3.8: a group and its share; a retry has the group alone.
    const share = hello.isRetry ? undefined : (body ?? exchange?.share);
    if (share === undefined) return;
    const key = toHex(share);
    this.#shares.set(key, (this.#shares.get(key) ?? 0) + 1);
  }

  #keepChain(chain: readonly Uint8Array[]): void {
    const [leaf] = chain;
    if (leaf !== undefined && !this.chains.has(toHex(leaf)))
      this.chains.set(toHex(leaf), chain);
  }
}

/**
 * The codes that a server takes: each answer says which of those left it likes
 * best.
 *
 * @param ask tells what the server chose, undefined where it refused all
 */
export async function taken<T>(
  codes: readonly T[],
  ask: (offer: readonly T[]) => Promise<T | undefined>,
): Promise<readonly T[]> {
  const found: T[] = [];
  let left = codes;
  while (left.length > 0) {
    const chosen = await ask(left);
    // A server that chooses what was not offered would never come to an end.
    if (chosen === undefined || !left.includes(chosen)) break;
    found.push(chosen);
    left = left.filter((code) => code !== chosen);
  }
  return found;
}

/** {@link taken} by name; the order is the server's when the last comes first. */
export async function inOrder<T>(
  codes: readonly T[],
  nameOf: (code: T) => string,
  ask: (offer: readonly T[]) => Promise<T | undefined>,
): Promise<Ordered> {
  const found = await taken(codes, ask);
  const names = found.map(nameOf);
  if (found.length < 2) return { names, serverOrder: null };
  const first = await ask(found.toReversed());
  return {
    names,
    serverOrder: first === undefined ? null : first === found[0],
  };
}
