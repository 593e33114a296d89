/**
 * The minimum of a full handshake: the cryptographic operations of one side,
 * each by a bare call to noble where noble has it.
 */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { randomBytes } from "@noble/hashes/utils.js";
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import { noble } from "puretls/crypto/noble";

/** @typedef {"hybrid" | "x25519"} KeyExchange */

/**
 * The operations of both sides for a handshake that was recorded.
 *
 * @param {import("./fixtures.js").Identity} own
 * @param {{ client: Uint8Array[], server: Uint8Array[] }} sent
 * @param {KeyExchange} keyExchange
 * @returns {Record<"client" | "server", Record<string, () => unknown>>}
 */
export function handshakeFloor(own, sent, keyExchange) {
  const signature = signatureOperations(own);
  const exchange = keyExchangeOperations(keyExchange);
  const schedule = { "key schedule": keySchedule };
  const [clientHello, finished] = sent.client;
  const [flight] = sent.server;
  const transcript = {
    "transcript hash": () => hashTranscript(clientHello, flight),
  };
  const records = {
    client: recordProtection(finished.length, flight.length),
    server: recordProtection(flight.length, finished.length),
  };
  return {
    client: {
      // random and legacy_session_id of the hello, RFC 9846 4.2.2 and E.4.
      random: () => [randomBytes(32), randomBytes(32)],
      ...exchange.client,
      "verify chain": signature.verifyChain,
      "verify CertificateVerify": signature.verifyContent,
      ...schedule,
      ...transcript,
      records: records.client,
    },
    server: {
      random: () => randomBytes(32),
      ...exchange.server,
      "sign CertificateVerify": signature.sign,
      ...schedule,
      ...transcript,
      records: records.server,
    },
  };
}

function keyExchangeOperations(keyExchange) {
  const own = x25519.keygen();
  const peer = x25519.keygen();
  const keygen = () => x25519.getPublicKey(x25519.utils.randomSecretKey());
  const shared = () => x25519.getSharedSecret(own.secretKey, peer.publicKey);
  if (keyExchange === "x25519")
    return {
      client: { "X25519 key": keygen, "X25519 secret": shared },
      server: { "X25519 key": keygen, "X25519 secret": shared },
    };
  const kem = ml_kem768.keygen();
  const { cipherText } = ml_kem768.encapsulate(kem.publicKey);
  return {
    client: {
      "ML-KEM key": () => ml_kem768.keygen(),
      // One in the hybrid share and one in the share of x25519 alone.
      "two X25519 keys": () => [keygen(), keygen()],
      "ML-KEM decapsulation": () =>
        ml_kem768.decapsulate(cipherText, kem.secretKey),
      "X25519 secret": shared,
    },
    server: {
      "ML-KEM encapsulation": () => ml_kem768.encapsulate(kem.publicKey),
      "X25519 key": keygen,
      "X25519 secret": shared,
    },
  };
}

/** noble has no RSA: there the provider's own rows are the floor. */
function signatureOperations({ kind, authority, leaf }) {
  const { tbs, signature } = leaf.certificate;
  const content = new Uint8Array(64 + 33 + 1 + 32).fill(0x20);
  const issuerKey = authority.key.publicKey;
  const leafKey = leaf.key.publicKey;
  if (kind === "RSA-2048") {
    const sign = noble.signers["rsa-pss-sha256"];
    const verify = noble.verifiers["rsa-pss-sha256"];
    const verifyPkcs1 = noble.verifiers["rsa-pkcs1-sha256"];
    const signed = sign(leaf.key.privateKey, content, noble.random);
    return checked({
      verifyChain: () => verifyPkcs1(issuerKey, tbs, signature),
      verifyContent: () => verify(leafKey, content, signed),
      sign: () => sign(leaf.key.privateKey, content, noble.random),
    });
  }
  const options = { format: "der", lowS: false, prehash: true };
  const secret = leaf.key.privateKey.scalar.bytes;
  const signed = p256.sign(content, secret, options);
  return checked({
    verifyChain: () => p256.verify(signature, tbs, issuerKey.point, options),
    verifyContent: () => p256.verify(signed, content, leafKey.point, options),
    sign: () => p256.sign(content, secret, options),
  });
}

function checked(operations) {
  if (!operations.verifyChain() || !operations.verifyContent())
    throw new Error("the operations measured do not fit the certificates");
  return operations;
}

/**
 * RFC 9846 7.1 without a PSK: three extractions, two "derived", two handshake
 * and two application traffic secrets, the exporter's, key and IV of each
 * traffic secret, two keys for Finished and two Finished.
 */
function keySchedule() {
  const secret = new Uint8Array(32).fill(1);
  const info = new Uint8Array(54).fill(2);
  for (let i = 0; i < 3; i++) extract(sha256, secret, secret);
  for (let i = 0; i < 7; i++) expand(sha256, secret, info, 32);
  for (let i = 0; i < 8; i++) expand(sha256, secret, info.subarray(36), 32);
  for (let i = 0; i < 2; i++) expand(sha256, secret, info.subarray(36), 32);
  for (let i = 0; i < 2; i++) hmac(sha256, secret, secret);
}

/** All messages once, and the four digests that are asked for. */
function hashTranscript(...flights) {
  const hash = sha256.create();
  for (const flight of flights) {
    hash.update(flight);
    hash.clone().digest();
    hash.clone().digest();
  }
}

function recordProtection(sealed, opened) {
  const key = new Uint8Array(32).fill(1);
  const nonce = new Uint8Array(12);
  const plaintext = new Uint8Array(sealed);
  const ciphertext = chacha20poly1305(key, nonce).encrypt(
    new Uint8Array(opened),
  );
  return () => {
    chacha20poly1305(key, nonce).encrypt(plaintext);
    chacha20poly1305(key, nonce).decrypt(ciphertext);
  };
}
