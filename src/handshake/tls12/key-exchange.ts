/** The key exchanges of TLS 1.2, RFC 5246 7.4.3 and 7.4.7, both halves. */
import { concat, Secret, toHex } from "../../bytes.ts";
import {
  FFDHE_NAMES,
  ffdheGroup,
  type FfdheName,
  ffdheOfPrime,
  ffdheParameters,
} from "../../crypto/ffdhe.ts";
import type {
  CryptoProvider,
  FiniteFieldParameters,
  GroupName,
  KeyExchange,
  KeyPair,
} from "../../crypto/provider.ts";
import { TlsError, TlsUsageError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import type { KeyExchange12 } from "../registries/cipher-suites12.ts";
import type { ClientConfig, ServerConfig } from "../config/config.ts";
import { sharedGroups } from "../config/preferences.ts";
import { groupOf, GROUPS, isCurve } from "../registries/groups.ts";
import { invalidShareIsAnAlert } from "../keys/bad-key-share.ts";
import type { ExternalPsk } from "../sessions/external-psk.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import type { KeyExchangeParams } from "../messages/server-key-exchange.ts";

/**
 * The server's side of a key exchange, from the parameters of its
 * ServerKeyExchange.
 */
export interface ServerExchange {
  readonly row: KeyExchange;
  /** Undefined: Diffie-Hellman parameters without a name. */
  readonly group: GroupName | undefined;
  /** The server's public value. */
  readonly share: Uint8Array;
}

/**
 * The client's view of the server's parameters.
 *
 * @throws TlsError for a group that was not offered, or a weak one
 */
export function serverExchange(
  params: KeyExchangeParams,
  config: ClientConfig,
): ServerExchange {
  const { share } = params;
  if (params.kind === "dh") return { ...fieldOf(params, config), share };
  const group = groupOf(params.group);
  if (group === undefined || !isCurve(group) || !config.groups.includes(group))
    throw new TlsError(reason.wrong_group_returned);
  return { row: groupRow(config, group), group, share };
}

function fieldOf(
  { p, g }: Extract<KeyExchangeParams, { kind: "dh" }>,
  { provider, limits, minimumDhBits }: ClientConfig,
): Omit<ServerExchange, "share"> {
  const prime = withoutLeadingZeros(p);
  const generator = withoutLeadingZeros(g);
  const bits = bitLength(prime);
  if (bits < minimumDhBits)
    throw new TlsError(reason.dh_key_too_small, {
      detail: `${bits} bits, at least ${minimumDhBits}`,
    });
  if (bits > limits.finiteFieldBits)
    throw new TlsError(reason.dh_key_too_large, {
      detail: `${bits} bits, at most ${limits.finiteFieldBits}`,
    });
  const row = invalidShareIsAnAlert(() =>
    finiteFieldOf(provider, { prime, generator }),
  );
  return { row, group: ffdheOfPrime(numberOf(prime), bits) };
}

/** A suite that needs one is not spoken without it. */
function finiteFieldOf(
  provider: CryptoProvider,
  parameters: FiniteFieldParameters,
): KeyExchange {
  const row = provider.finiteField?.(parameters);
  if (row !== undefined) return row;
  throw new Error("the provider has no finiteField, but it was negotiated");
}

/** The client's half: its public value, and the preliminary secret. */
export function agree(
  { row, share }: ServerExchange,
  { provider }: ClientConfig,
): { readonly share: Uint8Array; readonly secret: Secret } {
  return invalidShareIsAnAlert(() => row.encapsulate(share, provider.random));
}

/** The offer of a server of a suite with a key exchange. */
export interface OwnExchange {
  readonly group: GroupName | undefined;
  /** Of DHE. */
  readonly field: FiniteFieldParameters | undefined;
}

/**
 * The group or field for a client, by {@link sharedGroups}; undefined when there
 * is none, so that the suite cannot be taken.
 */
export function chooseExchange(
  keyExchange: KeyExchange12,
  config: ServerConfig,
  hello: ClientHello,
): OwnExchange | undefined {
  if (keyExchange.startsWith("ECDHE")) return chooseCurve(config, hello);
  if (keyExchange.startsWith("DHE")) return chooseField(config, hello);
  return { group: undefined, field: undefined };
}

// [8422-4-02] [8422-5.1-05] [8422-5.1-06]
/** RFC 8422 4: a client that names no groups takes any; P-256 is everywhere. */
function chooseCurve(
  config: ServerConfig,
  { extensions: { supported_groups: groups } }: ClientHello,
): OwnExchange | undefined {
  const shared =
    groups === undefined
      ? config.groups.filter((name) => name === "secp256r1")
      : sharedGroups(config, groups);
  const group = shared.find(isCurve);
  return group && { group, field: undefined };
}

/**
 * Chooses the field for DHE (RFC 7919 4): where the client names groups of RFC
 * 7919, the first of this side's that is among them; where it names none, the
 * config's own parameters, or else the first of this side's.
 */
function chooseField(
  config: ServerConfig,
  hello: ClientHello,
): OwnExchange | undefined {
  const own = ownFields(config);
  const named = namedFields(hello);
  if (named.length > 0) {
    const { equalGroups } = config;
    const [group] = sharedGroups({ groups: own, equalGroups }, named);
    return group && { group, field: ffdheParameters(group) };
  }
  const { dhParameters } = config;
  if (dhParameters !== undefined)
    return { group: undefined, field: dhParameters };
  const [first] = own;
  return first && { group: undefined, field: ffdheParameters(first) };
}

/** Code points that RFC 7919 reserves for its groups, known here or not. */
function namedFields({
  extensions: { supported_groups: groups = [] },
}: ClientHello): readonly number[] {
  return groups.filter((code) => code >> 8 === 1);
}

/**
 * Tells whether the client names groups of RFC 7919 of which this side has
 * none, so that "the server MUST NOT select an FFDHE cipher suite" (RFC 7919
 * 4).
 */
export function lacksField(config: ServerConfig, hello: ClientHello): boolean {
  return chooseField(config, hello) === undefined;
}

/**
 * The groups of RFC 7919 that this server accepts: those among its groups;
 * where there are none, the one of the size of its own parameters, or 2048 bits.
 */
function ownFields({
  groups,
  dhParameters,
}: ServerConfig): readonly FfdheName[] {
  const named = groups.filter(isFfdhe);
  if (named.length > 0) return named;
  if (dhParameters === undefined) return [DEFAULT_FIELD];
  const bits = bitLength(withoutLeadingZeros(dhParameters.prime));
  return FFDHE_NAMES.filter((name) => ffdheGroup(name).bits >= bits).slice(
    0,
    1,
  );
}

function isFfdhe(name: GroupName): name is FfdheName {
  return name.startsWith("ffdhe");
}

const DEFAULT_FIELD: FfdheName = "ffdhe2048";

/** The server's half: a key pair, and what goes into its ServerKeyExchange. */
export function ownKeyPair(
  { group, field }: OwnExchange,
  config: ServerConfig,
): { readonly pair: KeyPair; readonly params: KeyExchangeParams } | undefined {
  const { provider } = config;
  if (field !== undefined) {
    const row = finiteFieldOf(provider, field);
    const pair = row.generate(provider.random);
    const { prime: p, generator: g } = field;
    return { pair, params: { kind: "dh", p, g, share: pair.share } };
  }
  if (group === undefined) return undefined;
  const pair = groupRow(config, group).generate(provider.random);
  return {
    pair,
    params: { kind: "named_curve", group: GROUPS[group], share: pair.share },
  };
}

function groupRow(
  { provider }: ClientConfig | ServerConfig,
  name: GroupName,
): KeyExchange {
  const row = provider.groups[name];
  if (row === undefined)
    throw new TlsUsageError(`the provider has no group ${name}`);
  return row;
}

export type { HeldPsk };

/**
 * Proof that a PSK of this side went into the preliminary secret (RFC 4279 2): the
 * peer's Finished then shows that it has it too. Made by `pskPreliminary` alone.
 */
class HeldPsk {
  readonly #proof = true;
  readonly identity: Uint8Array;

  constructor(identity: Uint8Array) {
    void this.#proof;
    this.identity = identity;
  }
}

/**
 * The preliminary secret with a PSK: RFC 4279 2 and 3, RFC 5489 2. Without
 * another secret zeros as long as the key stand for it. `other` is wiped.
 */
export function pskPreliminary(
  { key, identity }: Required<ExternalPsk>,
  other?: Secret,
): { readonly preliminary: Secret; readonly held: HeldPsk } {
  const first = other?.bytes ?? new Uint8Array(key.length);
  const preliminary = concat(lengthOf(first), first, lengthOf(key), key);
  other?.wipe();
  return { preliminary: new Secret(preliminary), held: new HeldPsk(identity) };
}

function lengthOf({ length }: Uint8Array): Uint8Array {
  return Uint8Array.of(length >> 8, length & 0xff);
}

function withoutLeadingZeros(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? bytes.subarray(bytes.length) : bytes.subarray(first);
}

function bitLength(bytes: Uint8Array): number {
  const [first = 0] = bytes;
  return bytes.length === 0 ? 0 : 8 * bytes.length - Math.clz32(first) + 24;
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x0${toHex(bytes)}`);
}
