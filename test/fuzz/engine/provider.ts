/**
 * A crypto provider for fuzzing: its random bytes follow from a seed, its clock
 * stands still, it counts what it is asked for, and it remembers the answers of
 * public-key operations. These are functions of their inputs, so a remembered
 * answer is the right one, and a handshake costs a fraction of what it would.
 */
import { Secret, toHex } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import { node } from "../../../src/crypto/node.ts";
import type {
  AeadAlgorithm,
  CryptoProvider,
  KeyExchange,
  KeyPair,
  PublicKey,
  SignatureSigner,
  SignatureVerifier,
} from "../../../src/crypto/provider.ts";
import { Dice } from "../../../src/lab/world/hollow.ts";

export { Dice };

/** The time in every run: certificates and tickets are good for it. */
export const NOW = Date.UTC(2026, 5, 1);

/** Operations of one side of one run. */
export interface Counts {
  /** Key pairs, encapsulations and shared secrets. */
  exchanges: number;
  signatures: number;
  verifications: number;
  /** Records that were decrypted, or found not to decrypt. */
  opened: number;
}

export function newCounts(): Counts {
  return { exchanges: 0, signatures: 0, verifications: 0, opened: 0 };
}

export interface FuzzProvider extends CryptoProvider {
  readonly dice: Dice;
  counts: Counts;
}

/** Answers that are remembered, over all runs. */
const memory = new Map<string, unknown>();
const MEMORY = 20_000;

function remembered<T>(key: string, make: () => T): T {
  const known = memory.get(key);
  // Only this function puts values in, by keys that name their kind.
  if (known !== undefined) return known as T;
  const made = make();
  if (memory.size >= MEMORY) memory.clear();
  memory.set(key, made);
  return made;
}

/** noble signs without randomness of OpenSSL's: the same bytes each time. */
const BASES: Readonly<Record<"node" | "noble", CryptoProvider>> = {
  node: { ...node, signers: noble.signers },
  noble,
};

export function fuzzProvider(base: "node" | "noble", seed = 1): FuzzProvider {
  const rows = BASES[base];
  const dice = new Dice(seed);
  const { finiteField: field } = rows;
  const made: FuzzProvider = {
    ...rows,
    random: dice.random,
    now: () => NOW,
    dice,
    counts: newCounts(),
    groups: mapped(rows.groups, (group) => ({
      ...exchange(group.name, group, dice, () => made.counts),
      name: group.name,
    })),
    verifiers: mapped(rows.verifiers, (verify, name) =>
      verifier(name, verify, () => made.counts),
    ),
    signers: mapped(rows.signers, (sign, name) =>
      signer(name, sign, dice, () => made.counts),
    ),
    aeads: mapped(rows.aeads, (aead) => counted(aead, () => made.counts)),
    ...(field && {
      finiteField: (parameters) =>
        exchange(
          `field ${toHex(parameters.prime)} ${toHex(parameters.generator)}`,
          field(parameters),
          dice,
          () => made.counts,
        ),
    }),
  };
  return made;
}

function mapped<K extends string, V>(
  rows: Readonly<Partial<Record<K, V>>>,
  change: (row: V, name: K) => V,
): Partial<Record<K, V>> {
  const changed: Partial<Record<K, V>> = {};
  for (const name in rows) {
    const row = rows[name];
    if (row !== undefined) changed[name] = change(row, name);
  }
  return changed;
}

/** Remembers by the state of the dice, and moves them as the first call did. */
function exchange(
  name: string,
  row: KeyExchange,
  dice: Dice,
  counts: () => Counts,
): KeyExchange {
  const pair = (share: Uint8Array, make: () => KeyPair): KeyPair => ({
    share: share.slice(),
    decapsulate: (peerShare) => {
      counts().exchanges++;
      const key = `decapsulate ${name} ${toHex(share)} ${toHex(peerShare)}`;
      const secret = remembered(key, () =>
        make().decapsulate(peerShare).bytes.slice(),
      );
      return new Secret(secret.slice());
    },
  });
  return {
    initiatorShareLength: row.initiatorShareLength,
    responderShareLength: row.responderShareLength,
    generate: (random) => {
      counts().exchanges++;
      // HPKE makes a key pair of bytes of its own.
      if (random !== dice.random) return row.generate(random);
      const before = dice.state;
      const { made, after } = remembered(`generate ${name} ${before}`, () => ({
        made: row.generate(dice.random),
        after: dice.state,
      }));
      dice.state = after;
      return pair(made.share, () => made);
    },
    encapsulate: (peerShare, random) => {
      counts().exchanges++;
      if (random !== dice.random) return row.encapsulate(peerShare, random);
      const key = `encapsulate ${name} ${dice.state} ${toHex(peerShare)}`;
      const { share, secret, after } = remembered(key, () => {
        const made = row.encapsulate(peerShare, dice.random);
        return {
          share: made.share,
          secret: made.secret.bytes.slice(),
          after: dice.state,
        };
      });
      dice.state = after;
      return { share: share.slice(), secret: new Secret(secret.slice()) };
    },
  };
}

function signer(
  name: string,
  sign: SignatureSigner,
  dice: Dice,
  counts: () => Counts,
): SignatureSigner {
  return (key, message) => {
    counts().signatures++;
    const memo = `sign ${name} ${identity(key)} ${dice.state} ${toHex(message)}`;
    const { signature, after } = remembered(memo, () => ({
      signature: sign(key, message, dice.random),
      after: dice.state,
    }));
    dice.state = after;
    return signature.slice();
  };
}

function verifier(
  name: string,
  verify: SignatureVerifier,
  counts: () => Counts,
): SignatureVerifier {
  return (key, message, signature) => {
    counts().verifications++;
    const memo = `verify ${name} ${keyText(key)} ${toHex(signature)} ${toHex(message)}`;
    return remembered(memo, () => ({ good: verify(key, message, signature) }))
      .good;
  };
}

function counted(aead: AeadAlgorithm, counts: () => Counts): AeadAlgorithm {
  return {
    ...aead,
    key: (bytes) => {
      const key = aead.key(bytes);
      return {
        ...(key.allocate && { allocate: key.allocate.bind(key) }),
        seal: (nonce, aad, plaintext, out) => {
          key.seal(nonce, aad, plaintext, out);
        },
        open: (nonce, aad, ciphertext) => {
          counts().opened++;
          return key.open(nonce, aad, ciphertext);
        },
      };
    },
  };
}

const identities = new WeakMap<object, number>();
let lastIdentity = 0;

/** Private keys of the world are few and live as long as it does. */
function identity(key: object): number {
  const known = identities.get(key) ?? ++lastIdentity;
  identities.set(key, known);
  return known;
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
