/**
 * A crypto engine for pkijs on a crypto provider, without Web Cryptography:
 * pass it where pkijs takes one, or give it to `setEngine`.
 */
import * as asn1js from "asn1js";
import type {
  CryptoEnginePublicKeyParams,
  CryptoEngineSignatureParams,
  CryptoEngineSignWithPrivateKeyParams,
  PublicKeyInfo,
} from "pkijs";
import { AlgorithmIdentifier, CryptoEngine } from "pkijs";
import { viewBytes } from "../bytes.ts";
import type { CryptoProvider, SignatureName } from "../crypto/provider.ts";
import { readAlgorithm, signatureAlgorithm } from "../x509/keys/algorithms.ts";
import { readSingle } from "../x509/der/der.ts";
import * as TAG from "../x509/der/tags.ts";
import type { SubjectPublicKeyInfo } from "../x509/keys/public-key.ts";
import { parseSubjectPublicKeyInfo } from "../x509/keys/public-key.ts";
import { ProviderSubtle, toArrayBuffer } from "./provider-subtle.ts";
import {
  isIssuingSignature,
  signatureAlgorithmIdentifier,
} from "../pki/keys/signatures.ts";
import {
  HASH_LENGTH,
  hashNamed,
  signatureNameOf,
  signingAlgorithm,
  webAlgorithm,
} from "./web-algorithms.ts";

/** The provider's randomness and hashes as a `Crypto` object. */
class ProviderCrypto implements Crypto {
  readonly subtle: ProviderSubtle;
  readonly #provider: CryptoProvider;

  constructor(provider: CryptoProvider) {
    this.#provider = provider;
    this.subtle = new ProviderSubtle(provider);
  }

  getRandomValues<T extends ArrayBufferView>(array: T): T {
    viewBytes(array).set(this.#provider.random(array.byteLength));
    return array;
  }

  /** RFC 9562 5.4. */
  randomUUID(): `${string}-${string}-${string}-${string}-${string}` {
    const bytes = this.#provider.random(16);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = (from: number, to: number): string =>
      Array.from(bytes.subarray(from, to), (byte) =>
        byte.toString(16).padStart(2, "0"),
      ).join("");
    return `${hex(0, 4)}-${hex(4, 6)}-${hex(6, 8)}-${hex(8, 10)}-${hex(10, 16)}`;
  }
}

/**
 * pkijs's `ICryptoEngine` for digests, signatures and signing keys: RSA (PKCS#1
 * v1.5 and PSS), ECDSA and Ed25519 to sign, and whatever the provider verifies.
 * Algorithms and keys are read by our strict parsers, and parameters that the
 * RFCs do not allow are refused. See {@link withSecondOpinion} for an example.
 */
export class ProviderCryptoEngine extends CryptoEngine {
  readonly #subtle: ProviderSubtle;

  constructor(provider: CryptoProvider) {
    const crypto = new ProviderCrypto(provider);
    super({ name: `puretls ${provider.name}`, crypto });
    this.#subtle = crypto.subtle;
  }

  override importKey(
    format: KeyFormat,
    keyData: BufferSource | JsonWebKey,
    algorithm: globalThis.AlgorithmIdentifier,
    extractable: boolean,
  ): Promise<CryptoKey> {
    return this.#subtle.importKey(format, keyData, algorithm, extractable);
  }

  override exportKey(format: "jwk", key: CryptoKey): Promise<JsonWebKey>;
  override exportKey(
    format: Exclude<KeyFormat, "jwk">,
    key: CryptoKey,
  ): Promise<ArrayBuffer>;
  override exportKey(
    format: KeyFormat,
    key: CryptoKey,
  ): Promise<ArrayBuffer | JsonWebKey> {
    return this.#subtle.exportKey(format, key);
  }

  override getHashAlgorithm(algorithm: AlgorithmIdentifier): string {
    const name = signatureNameIn(algorithm);
    // Ed25519 hashes by itself, with SHA-512; an empty answer means "unknown".
    return name === "ed25519" ? "SHA-512" : super.getHashAlgorithm(algorithm);
  }

  /** @throws TypeError for SHA-1, which is pkijs's default: name another. */
  override async getSignatureParameters(
    privateKey: CryptoKey,
    hashAlgorithm = "SHA-256",
  ): Promise<CryptoEngineSignatureParams> {
    const own = webAlgorithm(privateKey.algorithm);
    const hash = own.hash ?? hashNamed(hashAlgorithm);
    const name = signingAlgorithm(own.name);
    const signature = signatureNameOf(name, hash, undefined);
    if (!isIssuingSignature(signature))
      throw new TypeError(`${signature} is too weak to sign with`);
    const der = signatureAlgorithmIdentifier(signature);
    const { result } = asn1js.fromBER(toArrayBuffer(der));
    const algorithm = { name, hash: { name: hash } };
    return {
      signatureAlgorithm: new AlgorithmIdentifier({ schema: result }),
      parameters: {
        algorithm:
          name === "RSA-PSS"
            ? { ...algorithm, saltLength: HASH_LENGTH[hash] }
            : algorithm,
        usages: ["sign"],
      },
    };
  }

  override async signWithPrivateKey(
    data: BufferSource,
    privateKey: CryptoKey,
    parameters: CryptoEngineSignWithPrivateKeyParams,
  ): Promise<ArrayBuffer> {
    return toArrayBuffer(
      this.#subtle.signDer(parameters.algorithm, privateKey, viewBytes(data)),
    );
  }

  override async verifyWithPublicKey(
    data: BufferSource,
    signature: asn1js.BitString | asn1js.OctetString,
    publicKeyInfo: PublicKeyInfo,
    algorithm: AlgorithmIdentifier,
    hashAlgorithm?: string,
  ): Promise<boolean> {
    const info = infoOf(publicKeyInfo);
    const name =
      signatureNameIn(algorithm) ?? signatureNameBy(info, hashAlgorithm);
    if (name === undefined)
      throw new TypeError(
        `the signature algorithm ${algorithm.algorithmId} is not supported`,
      );
    // RFC 4055 1.2: an id-RSASSA-PSS key signs in no other way.
    if (info.algorithm === "id-RSASSA-PSS" && !name.startsWith("rsa-pss-"))
      return false;
    const value = signature.valueBlock.valueHexView;
    return this.#subtle.verifyDer(name, info.key, value, viewBytes(data));
  }

  override getPublicKey(
    publicKeyInfo: PublicKeyInfo,
    algorithm: AlgorithmIdentifier,
    parameters?: CryptoEnginePublicKeyParams,
  ): Promise<CryptoKey> {
    const wanted =
      parameters?.algorithm.algorithm ??
      this.#keyAlgorithm(infoOf(publicKeyInfo), algorithm);
    const der = publicKeyInfo.toSchema().toBER(false);
    return this.#subtle.importKey("spki", der, wanted, true);
  }

  /** As pkijs has it: by the kind of the key, with the signature's hash. */
  #keyAlgorithm(
    info: SubjectPublicKeyInfo,
    algorithm: AlgorithmIdentifier,
  ): { readonly name: string; readonly hash: string } {
    const hash = this.getHashAlgorithm(algorithm);
    const pss = signatureNameIn(algorithm)?.startsWith("rsa-pss-") === true;
    if (info.algorithm === "rsaEncryption" && !pss)
      return { name: "RSASSA-PKCS1-v1_5", hash };
    if (info.key.type === "rsa") return { name: "RSA-PSS", hash };
    return { name: info.key.type === "ec" ? "ECDSA" : info.key.type, hash };
  }
}

/** Returns the meaning of a pkijs AlgorithmIdentifier, read strictly. */
function signatureNameIn(
  algorithm: AlgorithmIdentifier,
): SignatureName | undefined {
  const der = new Uint8Array(algorithm.toSchema().toBER(false));
  const sequence = readSingle(der, TAG.sequence, "AlgorithmIdentifier");
  return signatureAlgorithm(readAlgorithm(sequence))?.name;
}

/** CMS names the key's algorithm and the hash apart (RFC 5652 5.3). */
function signatureNameBy(
  info: SubjectPublicKeyInfo,
  hashAlgorithm: string | undefined,
): SignatureName | undefined {
  if (hashAlgorithm === undefined) return undefined;
  const hash = hashNamed(hashAlgorithm);
  if (info.algorithm === "rsaEncryption")
    return signatureNameOf("RSASSA-PKCS1-v1_5", hash, undefined);
  return info.algorithm === "ecPublicKey"
    ? signatureNameOf("ECDSA", hash, undefined)
    : undefined;
}

function infoOf(publicKeyInfo: PublicKeyInfo): SubjectPublicKeyInfo {
  const der = new Uint8Array(publicKeyInfo.toSchema().toBER(false));
  return parseSubjectPublicKeyInfo(der);
}
