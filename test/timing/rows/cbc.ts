/**
 * CBC records of TLS 1.2 without encrypt-then-MAC: the classes of Lucky
 * Thirteen (AlFardan and Paterson, 2013). No MAC is right, so that every record
 * is refused with the same alert, whatever its padding says.
 */
import type { HashName } from "../../../src/crypto/provider.ts";
import { Cbc12Opener } from "../../../src/record/cbc12.ts";
import type { Random } from "../random.ts";
import {
  type Class,
  present,
  PROVIDER_NAMES,
  type ProviderName,
  PROVIDERS,
  type Row,
  type Subject,
} from "../row.ts";

const AES_BLOCK = 16;
const HEADER = Uint8Array.of(23, 3, 3, 0, 0);

/**
 * Bytes of plaintext, and the shortest padding that leaves one block less to
 * hash: 13 bytes before the content, MAC and padding_length behind it, and 9 or
 * 17 bytes of padding in the hash.
 */
const HASHES = [
  { name: "SHA-1", length: 320, spares: 1 },
  { name: "SHA-256", length: 272, spares: 5 },
  { name: "SHA-384", length: 288, spares: 13 },
] as const;

/** Bytes more, for records whose content is never shorter than two blocks. */
const LONGER = 256;

/** A way for a record to end. */
interface Ending {
  readonly says: string;
  /** Writes it over random bytes. */
  write(block: Uint8Array): void;
}

function padding(length: number): Ending {
  return {
    says: `padding of ${String(length)}`,
    write: (block) => block.fill(length, block.length - length - 1),
  };
}

/** 255 announced, and the first byte of it wrong. */
const wrongPadding: Ending = {
  says: "wrong padding",
  write(block) {
    const first = block.length - 256;
    block.fill(255, first);
    block[first] = 0;
  },
};

export const cbcRows: readonly Row[] = PROVIDER_NAMES.flatMap((provider) =>
  HASHES.flatMap(({ name, length, spares }) =>
    [length, length + LONGER].flatMap((bytes) =>
      [padding(spares), padding(255), wrongPadding].map((other) =>
        rowOf(provider, name, bytes, [padding(0), other]),
      ),
    ),
  ),
);

function rowOf(
  provider: ProviderName,
  hash: HashName,
  length: number,
  endings: readonly [Ending, Ending],
): Row {
  return {
    name: `CBC record of ${String(length)} bytes, HMAC-${hash}`,
    provider,
    classes: [endings[0].says, endings[1].says],
    samples: 60_000,
    make: (random) => subjectOf(provider, hash, length, endings, random),
  };
}

function subjectOf(
  provider: ProviderName,
  hash: HashName,
  length: number,
  endings: readonly [Ending, Ending],
  random: Random,
): Subject {
  const { cbcs, hashes } = PROVIDERS[provider];
  const cipher = present(cbcs["AES-128-CBC"]).key(random.bytes(AES_BLOCK));
  const opener = new Cbc12Opener({
    cipher,
    blockLength: AES_BLOCK,
    hash: hashes[hash],
    macKey: random.bytes(hashes[hash].outputLength),
    encryptThenMac: false,
    random: random.bytes,
  });
  const block = new Uint8Array(length);
  const fragment = new Uint8Array(AES_BLOCK + length);
  const record = { type: 23, header: HEADER, fragment };
  return {
    prepare(which: Class) {
      random.fill(block);
      random.fill(fragment);
      endings[which].write(block);
      cipher.encrypt(
        fragment.subarray(0, AES_BLOCK),
        block,
        fragment.subarray(AES_BLOCK),
      );
    },
    run() {
      if (opener.open(record, 1 << 14) !== undefined)
        throw new Error("a forged record was opened");
    },
  };
}
