/** The key exchanges of TLS 1.2, RFC 5246 7.4.3 and 7.4.7, both halves. */
import { concat, Secret, toHex } from "../bytes.ts";
import {
  FFDHE_NAMES,
  type FfdheName,
  ffdheOfPrime,
  ffdheParameters,
} from "../crypto/ffdhe.ts";
import type {
  CryptoProvider,
  FiniteFieldParameters,
  GroupName,
  KeyExchange,
  KeyPair,
} from "../crypto/provider.ts";
import { TlsError, TlsUsageError } from "../errors.ts";
import * as reason from "../reasons.ts";
import type { KeyExchange12 } from "./cipher-suites12.ts";
import type { ClientConfig, ServerConfig } from "./config.ts";
import { groupOf, GROUPS, isCurve } from "./groups.ts";
import { invalidShareIsAnAlert } from "./key-exchange.ts";
import type { ClientHello } from "./messages/client-hello.ts";
import type { KeyExchangeParams } from "./messages/server-key-exchange.ts";

/** RFC 7919 1 and 9.1: fewer bits are broken, or soon. */
const MIN_DH_BITS = 2048;

/** What the parameters of a ServerKeyExchange come to. */
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
  { provider }: ClientConfig,
): Omit<ServerExchange, "share"> {
  const prime = withoutLeadingZeros(p);
  const generator = withoutLeadingZeros(g);
  const bits = bitLength(prime);
  if (bits < MIN_DH_BITS)
    throw new TlsError(reason.dh_key_too_small, { detail: `${bits} bits` });
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

/** The client's half: its public value, and the premaster secret. */
export function agree(
  { row, share }: ServerExchange,
  { provider }: ClientConfig,
): { readonly share: Uint8Array; readonly secret: Secret } {
  return invalidShareIsAnAlert(() => row.encapsulate(share, provider.random));
}

/** What a server of a suite with a key exchange offers. */
export interface OwnExchange {
  readonly group: GroupName | undefined;
  /** Of DHE. */
  readonly field: FiniteFieldParameters | undefined;
}

/**
 * The group or field for a client, by this side's order; undefined when there
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

/** RFC 8422 4: a client that names no groups takes any; P-256 is everywhere. */
function chooseCurve(
  config: ServerConfig,
  { extensions: { supported_groups: groups } }: ClientHello,
): OwnExchange | undefined {
  const group = config.groups.find(
    (name) =>
      isCurve(name) &&
      (groups === undefined
        ? name === "secp256r1"
        : groups.includes(GROUPS[name])),
  );
  return group && { group, field: undefined };
}

/**
 * RFC 7919 4: of the groups that the client names, the first; where it names
 * some and none is known here, "the server MUST NOT select an FFDHE cipher
 * suite"; where it names none, what the config says.
 */
function chooseField(
  config: ServerConfig,
  { extensions: { supported_groups: groups = [] } }: ClientHello,
): OwnExchange | undefined {
  const named = groups.filter((code) => code >> 8 === 1);
  if (named.length > 0) {
    const group = FFDHE_NAMES.find((name) => named.includes(GROUPS[name]));
    return group && { group, field: ffdheParameters(group) };
  }
  const { dhParameters = ffdheParameters(DEFAULT_FIELD) } = config;
  return { group: undefined, field: dhParameters };
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

/**
 * The premaster secret with a PSK: RFC 4279 2 and 3, RFC 5489 2. Without
 * another secret zeros as long as the key stand for it. `other` is wiped.
 */
export function pskPremaster(key: Uint8Array, other?: Secret): Secret {
  const first = other?.bytes ?? new Uint8Array(key.length);
  const premaster = concat(lengthOf(first), first, lengthOf(key), key);
  other?.wipe();
  return new Secret(premaster);
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
