/**
 * The public-key work, the key schedule and the records of a full handshake with X25519
 * and ECDSA on P-256, both ends, by bare calls of node:crypto.
 */
import {
  createHash,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  sign,
  verify,
} from "node:crypto";
import { bareKey } from "./bare-record.js";

/** As many as a client and a server compute of RFC 9846 7.1 together. */
const HMACS = 42;
/** Bytes of all messages of a handshake with one certificate. */
const TRANSCRIPT = new Uint8Array(1500).fill(3);
/** EncryptedExtensions to Finished, and the client's Finished. */
const FLIGHTS = [new Uint8Array(1000), new Uint8Array(52)];
/** Transcript hashes that an end asks for. */
const DIGESTS = 4;

/** A function that does all of it once. */
export function bareHandshake() {
  const identity = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signedKey = identity.publicKey.export({ format: "jwk" });
  const content = new Uint8Array(130).fill(0x20);
  const signature = sign("sha256", content, identity.privateKey);
  const secret = new Uint8Array(32).fill(1);
  const info = new Uint8Array(40).fill(2);
  const protection = bareKey();
  return () => {
    const ends = [generateKeyPairSync("x25519"), generateKeyPairSync("x25519")];
    for (const [at, { privateKey }] of ends.entries()) {
      const share = ends[1 - at].publicKey.export({ format: "jwk" });
      const publicKey = createPublicKey({ key: share, format: "jwk" });
      diffieHellman({ privateKey, publicKey });
    }
    sign("sha256", content, identity.privateKey);
    // The leaf's key and its issuer's: a certificate comes anew each time.
    for (let i = 0; i < 2; i++) {
      const key = createPublicKey({ key: signedKey, format: "jwk" });
      if (!verify("sha256", content, key, signature)) throw new Error();
    }
    for (let i = 0; i < HMACS; i++)
      createHmac("sha256", secret).update(info).digest();
    for (let end = 0; end < 2; end++) {
      const hash = createHash("sha256").update(TRANSCRIPT);
      for (let i = 0; i < DIGESTS; i++) hash.copy().digest();
    }
    for (const flight of FLIGHTS) protection.open(protection.seal(flight));
  };
}
