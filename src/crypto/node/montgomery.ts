/** X25519 and X448 (RFC 7748, RFC 9846 4.3.8.2), from Node. */
import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
} from "node:crypto";
import { equal, fromHex, Secret, wipe } from "../../bytes.ts";
import {
  InvalidKeyShare,
  type KeyExchangeGroup,
  type RandomSource,
} from "../provider.ts";
import { algorithmIdentifier, privateKeyInfo, tlv } from "./der.ts";
import { plain } from "./hashes.ts";

interface Curve {
  readonly name: "x25519" | "x448";
  /** Bytes of a key, of a share and of a secret. */
  readonly length: number;
  /** The name in a JWK, RFC 8037 2. */
  readonly crv: "X25519" | "X448";
  /** AlgorithmIdentifier, RFC 8410 3. */
  readonly algorithm: Uint8Array;
  /** RFC 7748 4.1 and 4.2: u of the base point. */
  readonly base: Uint8Array;
}

/** The key is `random(32)` as it comes. Shares are 32 bytes. */
export const x25519: KeyExchangeGroup = group({
  name: "x25519",
  length: 32,
  crv: "X25519",
  algorithm: algorithmIdentifier(fromHex("06032b656e")),
  base: Uint8Array.of(9, ...new Uint8Array(31)),
});

/** The key is `random(56)` as it comes. Shares are 56 bytes. */
export const x448: KeyExchangeGroup = group({
  name: "x448",
  length: 56,
  crv: "X448",
  algorithm: algorithmIdentifier(fromHex("06032b656f")),
  base: Uint8Array.of(5, ...new Uint8Array(55)),
});

/**
 * RFC 7748 clamps the private key while multiplying. The drawn bytes are
 * wiped; OpenSSL has the key.
 */
function group(curve: Curve): KeyExchangeGroup {
  let made: Keys | undefined;
  const keys = (): Keys => (made ??= new Keys(curve));
  return {
    name: curve.name,
    initiatorShareLength: curve.length,
    responderShareLength: curve.length,
    generate(random) {
      const { privateKey, share } = keys().ephemeral(random);
      return {
        share,
        decapsulate: (peerShare) => keys().sharedSecret(privateKey, peerShare),
      };
    },
    encapsulate(peerShare, random) {
      const { privateKey, share } = keys().ephemeral(random);
      return { share, secret: keys().sharedSecret(privateKey, peerShare) };
    },
  };
}

class Keys {
  readonly #curve: Curve;
  #importPrivate: ((key: Uint8Array) => KeyObject) | undefined;

  constructor(curve: Curve) {
    this.#curve = curve;
  }

  ephemeral(random: RandomSource): {
    readonly privateKey: KeyObject;
    readonly share: Uint8Array;
  } {
    const drawn = random(this.#curve.length);
    this.#importPrivate ??= this.#jwkCanBeRaw()
      ? (key) => this.#privateByJwk(key)
      : (key) => this.#privateByDer(key);
    const privateKey = this.#importPrivate(drawn);
    wipe(drawn);
    return { privateKey, share: this.#shareOf(privateKey) };
  }

  /**
   * RFC 9846 7.4.2: "implementations MUST check whether the computed
   * Diffie-Hellman shared secret is the all-zero value and abort if so".
   * OpenSSL refuses to derive it; the check here does not rely on that.
   */
  sharedSecret(privateKey: KeyObject, peerShare: Uint8Array): Secret {
    const { name, length } = this.#curve;
    if (peerShare.length !== length)
      throw new InvalidKeyShare(
        `an ${name} key share is ${length} bytes long, not ${peerShare.length}`,
      );
    const secret = this.#derive(privateKey, peerShare);
    if (secret === undefined || secret.every((byte) => byte === 0))
      throw new InvalidKeyShare(
        `this ${name} key share makes the shared secret all zeros`,
      );
    return new Secret(secret);
  }

  /** The public key, which OpenSSL makes while it takes in the private one. */
  #shareOf(privateKey: KeyObject): Uint8Array {
    const { x = "" } = createPublicKey(privateKey).export({ format: "jwk" });
    return new Uint8Array(Buffer.from(x, "base64url"));
  }

  #derive(
    privateKey: KeyObject,
    peerShare: Uint8Array,
  ): Uint8Array | undefined {
    try {
      const publicKey = this.#publicKeyOf(peerShare);
      const derived = diffieHellman({ privateKey, publicKey });
      const secret = plain(derived);
      wipe(derived);
      return secret;
    } catch {
      return undefined;
    }
  }

  #publicKeyOf(share: Uint8Array): KeyObject {
    const key = { kty: "OKP", crv: this.#curve.crv, x: base64Url(share) };
    return createPublicKey({ key, format: "jwk" });
  }

  /**
   * Node 20 hands the bytes of a JWK to OpenSSL raw, in a tenth of the time that
   * OpenSSL's decoders need for DER; later ones need 2 to 6 us less. The price is a
   * string that lives until it is collected.
   */
  #privateByJwk(bytes: Uint8Array): KeyObject {
    const { crv, base } = this.#curve;
    // x is not known yet, and Node looks at d alone: see #jwkCanBeRaw.
    const [x, d] = [base64Url(base), base64Url(bytes)];
    return createPrivateKey({
      key: { kty: "OKP", crv, x, d },
      format: "jwk",
    });
  }

  /** RFC 8410 7: CurvePrivateKey is an OCTET STRING in the octet string. */
  #privateByDer(bytes: Uint8Array): KeyObject {
    const key = privateKeyInfo(this.#curve.algorithm, tlv(0x04, bytes));
    const made = createPrivateKey({ key, format: "der", type: "pkcs8" });
    wipe(key);
    return made;
  }

  /** An importer could compare `x` with `d`: whether this one lets it be. */
  #jwkCanBeRaw(): boolean {
    const bytes = new Uint8Array(this.#curve.length).fill(1);
    try {
      const share = this.#shareOf(this.#privateByJwk(bytes));
      return equal(share, this.#shareOf(this.#privateByDer(bytes)));
    } catch {
      return false;
    }
  }
}

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
