/** Keys of a connection that is only watched: from a key log to openers. */
import { Secret } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { resumedMainSecret } from "../handshake/keys/key-schedule12.ts";
import type { Randoms } from "../handshake/keys/key-schedule12.ts";
import {
  type TrafficSecret,
  trafficSecret,
} from "../handshake/keys/key-schedule13.ts";
import {
  CIPHER_SUITES,
  type CipherSuite,
  type CipherSuite12,
  type CipherSuite13,
} from "../handshake/registries/cipher-suites.ts";
import { protectionKeys12 } from "../handshake/tls12/record-keys.ts";
import { protectionKeys } from "../handshake/tls13/secrets.ts";
import { Aead12Opener } from "../record/aead12.ts";
import { Aead13Opener } from "../record/aead13.ts";
import { Cbc12Opener } from "../record/cbc12.ts";
import type { RecordOpener } from "../record/protection.ts";
import type { Direction } from "./words.ts";

/** An opener with the secret that it is of, and that secret's RFC name. */
export interface Keys {
  readonly opener: Pick<RecordOpener, "open">;
  readonly name: string;
  /** Of TLS 1.3. */
  readonly secret: TrafficSecret | undefined;
}

/** RFC 5246 8.1: of any other length the line is of something else. */
const MAIN_SECRET_LENGTH = 48;

export function suiteOf(code: number): CipherSuite | undefined {
  return Object.values(CIPHER_SUITES).find((suite) => suite.code === code);
}

/** The keys of a secret of TLS 1.3, undefined where it is not of that suite. */
export function keys13(
  provider: CryptoProvider,
  suite: CipherSuite13,
  from: Direction,
  bytes: Uint8Array,
  name: string,
): Keys | undefined {
  const hash = provider.hashes[suite.hash];
  // A secret of another suite, or of none.
  if (bytes.length !== hash.outputLength) return undefined;
  const secret = trafficSecret(hash, new Secret(bytes.slice()), from);
  return keysOfSecret(provider, suite, secret, name);
}

/** The keys after a KeyUpdate. */
export function updatedKeys(
  provider: CryptoProvider,
  suite: CipherSuite13,
  { secret, name }: Keys,
): Keys | undefined {
  if (secret === undefined) return undefined;
  return keysOfSecret(provider, suite, secret.update(), `${name}, updated`);
}

function keysOfSecret(
  provider: CryptoProvider,
  suite: CipherSuite13,
  secret: TrafficSecret,
  name: string,
): Keys | undefined {
  if (provider.aeads[suite.aead] === undefined) return undefined;
  const keys = protectionKeys({
    ...{ provider, suite, secret },
    epoch: "application",
    recordsPerKey: Number.MAX_SAFE_INTEGER,
  });
  return { opener: new Aead13Opener(keys), secret, name };
}

/** The keys of a main secret of TLS 1.2, undefined without its cipher. */
export function keys12(
  provider: CryptoProvider,
  suite: CipherSuite12,
  from: Direction,
  bytes: Uint8Array,
  facts: { readonly randoms: Randoms; readonly encryptThenMac: boolean },
): Keys | undefined {
  const { protection } = suite;
  const isThere =
    protection.kind === "cbc"
      ? provider.cbcs[protection.cbc] !== undefined
      : provider.aeads[protection.aead] !== undefined;
  if (!isThere || bytes.length !== MAIN_SECRET_LENGTH) return undefined;
  const hash = provider.hashes[suite.hash];
  const main = resumedMainSecret(hash, new Secret(bytes.slice()));
  const both = protectionKeys12({ provider, suite, main, ...facts });
  const keys = both[from];
  if (keys.kind === "aead13") return undefined;
  const opener =
    keys.kind === "aead12" ? new Aead12Opener(keys) : new Cbc12Opener(keys);
  return { opener, secret: undefined, name: `${from}_write_key` };
}
