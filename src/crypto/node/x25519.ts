/** X25519 (RFC 7748, RFC 8446 4.2.8.2), from Node. */
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

/**
 * The private key is the one call `random(32)`, as it comes: RFC 7748 clamps
 * it while multiplying. The drawn bytes are wiped; OpenSSL has the key.
 */
export const x25519: KeyExchangeGroup = {
  name: "x25519",
  initiatorShareLength: 32,
  responderShareLength: 32,
  generate(random) {
    const { privateKey, share } = ephemeral(random);
    return {
      share,
      decapsulate: (peerShare) => sharedSecret(privateKey, peerShare),
    };
  },
  encapsulate(peerShare, random) {
    const { privateKey, share } = ephemeral(random);
    return { share, secret: sharedSecret(privateKey, peerShare) };
  },
};

/** RFC 8410 3: id-X25519. */
const ALGORITHM = algorithmIdentifier(fromHex("06032b656e"));

/** RFC 7748 4.1: u of the base point. */
const BASE_POINT = Uint8Array.of(9, ...new Uint8Array(31));

function ephemeral(random: RandomSource): {
  readonly privateKey: KeyObject;
  readonly share: Uint8Array;
} {
  const drawn = random(32);
  importPrivate ??= jwkCanBeRaw() ? privateKeyByJwk : privateKeyByDer;
  const privateKey = importPrivate(drawn);
  wipe(drawn);
  return { privateKey, share: shareOf(privateKey) };
}

/** RFC 7748 6.1: X25519(a, 9). Quicker than asking OpenSSL for the key. */
function shareOf(privateKey: KeyObject): Uint8Array {
  basePoint ??= publicKeyOf(BASE_POINT);
  return plain(diffieHellman({ privateKey, publicKey: basePoint }));
}

let basePoint: KeyObject | undefined;
let importPrivate: ((key: Uint8Array) => KeyObject) | undefined;

/**
 * Node hands the bytes of a JWK to OpenSSL raw, in a tenth of the time that
 * OpenSSL's decoders need for DER. The price is a string that lives until it
 * is collected.
 */
function privateKeyByJwk(bytes: Uint8Array): KeyObject {
  const d = base64Url(bytes);
  // x is not known yet, and Node looks at d alone: see jwkCanBeRaw.
  const key = { kty: "OKP", crv: "X25519", x: base64Url(BASE_POINT), d };
  return createPrivateKey({ key, format: "jwk" });
}

/** RFC 8410 7: CurvePrivateKey is an OCTET STRING in the octet string. */
function privateKeyByDer(bytes: Uint8Array): KeyObject {
  const key = privateKeyInfo(ALGORITHM, tlv(0x04, bytes));
  const made = createPrivateKey({ key, format: "der", type: "pkcs8" });
  wipe(key);
  return made;
}

/** An importer could compare `x` with `d`: whether this one lets it be. */
function jwkCanBeRaw(): boolean {
  const bytes = new Uint8Array(32).fill(1);
  try {
    const share = shareOf(privateKeyByJwk(bytes));
    return equal(share, shareOf(privateKeyByDer(bytes)));
  } catch {
    return false;
  }
}

function publicKeyOf(share: Uint8Array): KeyObject {
  const key = { kty: "OKP", crv: "X25519", x: base64Url(share) };
  return createPublicKey({ key, format: "jwk" });
}

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

/**
 * RFC 8446 7.4.2: "implementations MUST check whether the computed
 * Diffie-Hellman shared secret is the all-zero value and abort if so". OpenSSL
 * refuses to derive it; the check here does not rely on that.
 */
function sharedSecret(privateKey: KeyObject, peerShare: Uint8Array): Secret {
  if (peerShare.length !== 32)
    throw new InvalidKeyShare(
      `an x25519 key share is 32 bytes long, not ${peerShare.length}`,
    );
  const secret = derive(privateKey, peerShare);
  if (secret === undefined || secret.every((byte) => byte === 0))
    throw new InvalidKeyShare(
      "this x25519 key share makes the shared secret all zeros",
    );
  return new Secret(secret);
}

function derive(
  privateKey: KeyObject,
  peerShare: Uint8Array,
): Uint8Array | undefined {
  try {
    const publicKey = publicKeyOf(peerShare);
    const derived = diffieHellman({ privateKey, publicKey });
    const secret = plain(derived);
    wipe(derived);
    return secret;
  } catch {
    return undefined;
  }
}
