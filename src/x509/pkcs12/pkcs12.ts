/** Reading PKCS#12 files: at once, or without blocking. */
import type { BytesLike } from "../../bytes.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";
import { deriveNow, type KeyDerivation } from "../keys/derivation.ts";
import { type AsyncDeriveOptions, deriveKey, runLater } from "./derive.ts";
import { Pkcs12Error } from "./error.ts";
import { type Pkcs12File, type Pkcs12Options, readSteps } from "./read.ts";

/** Options for {@link parsePkcs12Async}. */
export interface AsyncPkcs12Options extends Pkcs12Options, AsyncDeriveOptions {}

/**
 * Reads a PKCS#12 file (`.p12`, `.pfx`), BER or DER: PBES2 (PBKDF2 or scrypt, with
 * AES or 3DES) and the old schemes with 3DES and RC2. A MAC is checked where there
 * is one, PBMAC1 too. RFC 7292, RFC 9579.
 *
 * @param data is neither changed nor kept
 * @throws Pkcs12Error by `reason`
 * @throws X509Error when a key or a certificate inside is refused
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { parsePkcs12, Pkcs12Error } from "puretls/x509";
 *
 * const file = Uint8Array.of(0x30, 0); // of a .p12 file
 * try {
 *   const { entries } = parsePkcs12(file, { provider, password: "secret" });
 *   for (const { key, chain } of entries) console.log(key.algorithm, chain.length);
 * } catch (error) {
 *   if (!(error instanceof Pkcs12Error)) throw error;
 * }
 * ```
 */
export function parsePkcs12(
  data: BytesLike,
  options: Pkcs12Options,
): Pkcs12File {
  const { provider } = options;
  const budget = new IterationBudget(provider, options.maximumIterations);
  return deriveNow(readSteps(data, options), (derivation) => {
    budget.spend(derivation);
    return deriveKey(provider, derivation);
  });
}

/**
 * As {@link parsePkcs12}, without blocking for long: PBKDF2 is the runtime's own
 * where there is one (`node:crypto`, WebCrypto), and goes in slices of some
 * milliseconds elsewhere, as does the derivation of PKCS#12 everywhere. Scrypt,
 * which no common program writes, blocks.
 *
 * @throws as {@link parsePkcs12}, rejecting; and the signal's reason
 */
export async function parsePkcs12Async(
  data: BytesLike,
  options: AsyncPkcs12Options,
): Promise<Pkcs12File> {
  const { provider } = options;
  const budget = new IterationBudget(provider, options.maximumIterations);
  return runLater(provider, readSteps(data, options), options, (derivation) => {
    budget.spend(derivation);
  });
}

/** Ways of reading PKCS#12, for `SSLContextOptions.platform`. */
export interface Pkcs12Support {
  readonly parse: typeof parsePkcs12;
  readonly parseAsync: typeof parsePkcs12Async;
}

/**
 * Reads PKCS#12 for contexts whose platform has it: what does not name this has
 * no code for it in its bundle.
 *
 * @example
 * ```ts
 * import { SSLContext } from "puretls";
 * import { pkcs12 } from "puretls/x509";
 *
 * const context = new SSLContext({
 *   protocol: "tlsServer",
 *   platform: { pkcs12 },
 * });
 * if (context.protocol !== 17) throw new Error();
 * ```
 */
export const pkcs12: Pkcs12Support = {
  parse: parsePkcs12,
  parseAsync: parsePkcs12Async,
};

const MOST_ITERATIONS = 5_000_000;

/**
 * Counts hash iterations over a whole file, so that its author cannot make
 * reading it take for ever.
 */
class IterationBudget {
  readonly #provider: CryptoProvider;
  #left: number;

  constructor(provider: CryptoProvider, most = MOST_ITERATIONS) {
    if (!(most >= 1))
      throw new RangeError(
        `maximumIterations: ${most.toString()} is not a number from 1 on`,
      );
    this.#provider = provider;
    this.#left = most;
  }

  /** @throws Pkcs12Error `too_expensive` */
  spend(derivation: KeyDerivation): void {
    this.#left -= this.#costOf(derivation);
    if (this.#left < 0)
      throw new Pkcs12Error(
        "too_expensive",
        "it asks for more iterations than allowed: raise maximumIterations if you trust it",
      );
  }

  #costOf(derivation: KeyDerivation): number {
    if (derivation.type === "scrypt") {
      const { N, r, p } = derivation.cost;
      // 4 * N * r * p passes of Salsa20/8 over 64 bytes.
      return 4 * N * r * p;
    }
    const { hash, iterations, length, salt } = derivation;
    const { outputLength, blockLength } = this.#provider.hashes[hash];
    // Each part of the key begins with the whole salt.
    const first = Math.floor(salt.length / blockLength);
    return Math.ceil(length / outputLength) * (iterations + first);
  }
}
