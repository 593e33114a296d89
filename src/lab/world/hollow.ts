/**
 * A provider for runs that repeat: its random bytes follow from a seed, its clock stands
 * still, and it remembers the answers of public-key operations. These are functions of
 * their inputs, so a remembered answer is the right one and costs nothing.
 */
import { Secret, toHex } from "../../bytes.ts";
import type {
  CryptoProvider,
  GroupName,
  KeyExchangeGroup,
  PublicKey,
  RandomSource,
  SignatureName,
  SignatureSigner,
  SignatureVerifier,
} from "../../crypto/provider.ts";

/** Random bytes that follow from a number, which can be put back. */
export class Dice {
  /** 32 bits: all that the next bytes depend on. */
  state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  readonly random: RandomSource = (length) => {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.next() >>> 24;
    return bytes;
  };

  /** 32 bits. */
  next(): number {
    this.state = (this.state + 0x9e3779b9) | 0;
    let x = this.state;
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    return (x ^ (x >>> 15)) >>> 0;
  }
}

/** A provider with the dice that it draws from. */
export interface DicedProvider extends CryptoProvider {
  readonly dice: Dice;
}

/** Answers that are remembered, of one kind. */
class Memory<T> {
  readonly #known = new Map<string, T>();

  get(key: string, make: () => T): T {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(key, made);
    return made;
  }
}

const MOST = 5000;

/** The time in every run. */
const NOW = Date.UTC(2026, 5, 1);

/** A provider whose random bytes follow from the seed; `hollow`: as said above. */
export function dicedProvider(
  base: CryptoProvider,
  seed: number,
  hollow: boolean,
): DicedProvider {
  const dice = new Dice(seed);
  const diced = { ...base, random: dice.random, dice };
  if (!hollow) return diced;
  const groups: Partial<Record<GroupName, KeyExchangeGroup>> = {};
  for (const group of Object.values(base.groups))
    groups[group.name] = hollowGroup(group, dice);
  const signers: Partial<Record<SignatureName, SignatureSigner>> = {};
  for (const [name, sign] of Object.entries(base.signers))
    Object.assign(signers, { [name]: hollowSigner(sign, dice) });
  const verifiers: Partial<Record<SignatureName, SignatureVerifier>> = {};
  for (const [name, verify] of Object.entries(base.verifiers))
    Object.assign(verifiers, { [name]: hollowVerifier(verify) });
  return { ...diced, now: () => NOW, groups, signers, verifiers };
}

function hollowGroup(own: KeyExchangeGroup, dice: Dice): KeyExchangeGroup {
  const pairs = new Memory<{
    pair: ReturnType<KeyExchangeGroup["generate"]>;
    after: number;
  }>();
  const secrets = new Memory<Uint8Array>();
  const encapsulations = new Memory<{
    share: Uint8Array;
    secret: Uint8Array;
    after: number;
  }>();
  return {
    ...own,
    generate: (random) => {
      if (random !== dice.random) return own.generate(random);
      const { pair, after } = pairs.get(`${dice.state}`, () => ({
        pair: own.generate(dice.random),
        after: dice.state,
      }));
      dice.state = after;
      const { share } = pair;
      return {
        share: share.slice(),
        decapsulate: (peer) =>
          new Secret(
            secrets
              .get(`${toHex(share)} ${toHex(peer)}`, () =>
                pair.decapsulate(peer).bytes.slice(),
              )
              .slice(),
          ),
      };
    },
    encapsulate: (peer, random) => {
      if (random !== dice.random) return own.encapsulate(peer, random);
      const key = `${dice.state} ${toHex(peer)}`;
      const { share, secret, after } = encapsulations.get(key, () => {
        const made = own.encapsulate(peer, dice.random);
        const secret = made.secret.bytes.slice();
        return { share: made.share, secret, after: dice.state };
      });
      dice.state = after;
      return { share: share.slice(), secret: new Secret(secret.slice()) };
    },
  };
}

function hollowSigner(own: SignatureSigner, dice: Dice): SignatureSigner {
  const memory = new Memory<{ signature: Uint8Array; after: number }>();
  const keys = new WeakMap<object, number>();
  let last = 0;
  return (key, message, random) => {
    if (random !== dice.random) return own(key, message, random);
    const id = keys.get(key) ?? ++last;
    keys.set(key, id);
    const { signature, after } = memory.get(
      `${id} ${dice.state} ${toHex(message)}`,
      () => ({
        signature: own(key, message, dice.random),
        after: dice.state,
      }),
    );
    dice.state = after;
    return signature.slice();
  };
}

function hollowVerifier(own: SignatureVerifier): SignatureVerifier {
  const memory = new Memory<boolean>();
  return (key, message, signature) =>
    memory.get(`${keyText(key)} ${toHex(signature)} ${toHex(message)}`, () =>
      own(key, message, signature),
    );
}

function keyText(key: PublicKey): string {
  switch (key.type) {
    case "rsa":
      return toHex(key.modulus) + toHex(key.exponent);
    case "ec":
      return key.curve + toHex(key.point);
    default:
      return key.type + toHex(key.key);
  }
}
