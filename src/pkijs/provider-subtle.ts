/**
 * As much of Web Cryptography as pkijs needs to check and to make signatures,
 * on a crypto provider: no `globalThis.crypto` is asked for anything. The
 * promises are pkijs's wish; they are fulfilled already when they are given.
 */
import * as asn1js from "asn1js";
import { createCMSECDSASignature, createECDSASignatureFromCMS } from "pkijs";
import { type BytesLike, isArrayBuffer } from "../bytes.ts";
import { viewBytes } from "../bytes.ts";
import type {
  CryptoProvider,
  PublicKey,
  SignatureName,
} from "../crypto/provider.ts";
import type { EcCurve } from "../x509/keys/public-key.ts";
import {
  CURVE_BYTES,
  parseSubjectPublicKeyInfo,
} from "../x509/keys/public-key.ts";
import { PkiKey } from "../pki/keys/keys.ts";
import type { WebAlgorithmName } from "./web-algorithms.ts";
import {
  hashNamed,
  keyFits,
  signatureNameOf,
  signingAlgorithm,
  webAlgorithm,
  webCurve,
} from "./web-algorithms.ts";

type Material =
  | {
      readonly type: "public";
      readonly key: PublicKey;
      readonly der: Uint8Array;
    }
  | { readonly type: "private"; readonly key: PkiKey };

/** A key that only the engine which made it can look into. */
export class ProviderKey implements CryptoKey {
  readonly algorithm: KeyAlgorithm;
  readonly extractable: boolean;
  readonly type: "public" | "private";
  readonly usages: KeyUsage[];
  readonly #material: Material;

  constructor(
    material: Material,
    algorithm: KeyAlgorithm,
    extractable: boolean,
  ) {
    this.#material = material;
    this.type = material.type;
    this.algorithm = algorithm;
    this.extractable = extractable;
    this.usages = material.type === "public" ? ["verify"] : ["sign"];
  }

  /** @throws TypeError for a key that another engine made */
  static materialOf(key: CryptoKey): Material {
    if (!(key instanceof ProviderKey))
      throw new TypeError("the key was made by another crypto engine");
    return key.#material;
  }
}

/** `SubtleCrypto` over a provider; what it lacks, it refuses by name. */
export class ProviderSubtle implements SubtleCrypto {
  readonly #provider: CryptoProvider;

  constructor(provider: CryptoProvider) {
    this.#provider = provider;
  }

  /** SHA-1, SHA-256, SHA-384, SHA-512. */
  async digest(algorithm: unknown, data: BytesLike): Promise<ArrayBuffer> {
    const name = hashNamed(webAlgorithm(algorithm).name);
    return toArrayBuffer(this.#provider.hashes[name].hash(viewBytes(data)));
  }

  /** ECDSA signatures are r and s side by side, as Web Cryptography has them. */
  async sign(
    algorithm: unknown,
    key: CryptoKey,
    data: BytesLike,
  ): Promise<ArrayBuffer> {
    const signature = this.signDer(algorithm, key, viewBytes(data));
    const material = ProviderKey.materialOf(key);
    const curve = curveOf(material);
    if (curve === undefined) return toArrayBuffer(signature);
    const { result } = asn1js.fromBER(toArrayBuffer(signature));
    return createECDSASignatureFromCMS(result, CURVE_BYTES[curve]);
  }

  /** Signs at once; an ECDSA signature is DER, as X.509 has it. */
  signDer(algorithm: unknown, key: CryptoKey, data: Uint8Array): Uint8Array {
    const provider = this.#provider;
    const material = ProviderKey.materialOf(key);
    if (material.type !== "private")
      throw new TypeError("a public key cannot sign");
    const name = nameFor(algorithm, key);
    const signer = provider.signers[name];
    if (signer === undefined)
      throw new TypeError(`${provider.name} cannot sign with ${name}`);
    return signer(material.key.privateKey, data, provider.random);
  }

  async verify(
    algorithm: unknown,
    key: CryptoKey,
    signature: BytesLike,
    data: BytesLike,
  ): Promise<boolean> {
    const material = ProviderKey.materialOf(key);
    if (material.type !== "public")
      throw new TypeError("a private key cannot verify");
    const view = viewBytes(signature);
    const curve = curveOf(material);
    return this.verifyDer(
      nameFor(algorithm, key),
      material.key,
      curve === undefined ? view : derSignature(view, CURVE_BYTES[curve]),
      viewBytes(data),
    );
  }

  /** Verifies at once; an ECDSA signature is DER, as X.509 has it. */
  verifyDer(
    name: SignatureName,
    key: PublicKey,
    signature: Uint8Array,
    data: Uint8Array,
  ): boolean {
    const verifier = this.#provider.verifiers[name];
    if (verifier === undefined)
      throw new TypeError(`${this.#provider.name} cannot verify ${name}`);
    return verifier(key, data, signature);
  }

  /** `spki` for public keys, `pkcs8` for private ones. */
  async importKey(
    format: KeyFormat,
    keyData: BufferSource | JsonWebKey,
    algorithm: unknown,
    extractable: boolean,
  ): Promise<CryptoKey> {
    const wanted = webAlgorithm(algorithm);
    const name = signingAlgorithm(wanted.name);
    const material = this.#read(format, keyData, name);
    const key =
      material.type === "public" ? material.key : material.key.publicKey;
    const curve = webCurve(key);
    if (wanted.namedCurve !== undefined && wanted.namedCurve !== curve)
      throw new TypeError(`the key is not one of ${wanted.namedCurve}`);
    return new ProviderKey(
      material,
      {
        name,
        ...(wanted.hash === undefined ? {} : { hash: { name: wanted.hash } }),
        ...(curve === undefined ? {} : { namedCurve: curve }),
      },
      extractable,
    );
  }

  exportKey(format: "jwk", key: CryptoKey): Promise<JsonWebKey>;
  exportKey(
    format: Exclude<KeyFormat, "jwk">,
    key: CryptoKey,
  ): Promise<ArrayBuffer>;
  exportKey(
    format: KeyFormat,
    key: CryptoKey,
  ): Promise<ArrayBuffer | JsonWebKey>;
  async exportKey(
    format: KeyFormat,
    key: CryptoKey,
  ): Promise<ArrayBuffer | JsonWebKey> {
    const material = ProviderKey.materialOf(key);
    if (!key.extractable) throw new TypeError("the key is not extractable");
    if (format === "spki" && material.type === "public")
      return toArrayBuffer(material.der);
    if (format === "pkcs8" && material.type === "private")
      return toArrayBuffer(material.key.toDer());
    throw new TypeError(`a ${key.type} key cannot be exported as ${format}`);
  }

  encrypt(): Promise<never> {
    return unsupported("encrypt");
  }
  decrypt(): Promise<never> {
    return unsupported("decrypt");
  }
  generateKey(): Promise<never> {
    return unsupported("generateKey");
  }
  deriveKey(): Promise<never> {
    return unsupported("deriveKey");
  }
  deriveBits(): Promise<never> {
    return unsupported("deriveBits");
  }
  wrapKey(): Promise<never> {
    return unsupported("wrapKey");
  }
  unwrapKey(): Promise<never> {
    return unsupported("unwrapKey");
  }

  #read(
    format: KeyFormat,
    keyData: BufferSource | JsonWebKey,
    name: WebAlgorithmName,
  ): Material {
    if (!(isArrayBuffer(keyData) || ArrayBuffer.isView(keyData)))
      throw new TypeError(`keys are imported from bytes, not from ${format}`);
    const der = viewBytes(keyData).slice();
    if (format === "spki") {
      const info = parseSubjectPublicKeyInfo(der);
      if (!keyFits(name, info.algorithm)) throw misfit(name, info.algorithm);
      return { type: "public", key: info.key, der };
    }
    if (format !== "pkcs8")
      throw new TypeError(`the key format ${format} is not supported`);
    const key = PkiKey.parse(this.#provider, der);
    if (!keyFits(name, key.algorithm)) throw misfit(name, key.algorithm);
    return { type: "private", key };
  }
}

/** A copy in a buffer of its own: what Web Cryptography answers with. */
export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  const buffer = new ArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}

/** The hash stands in the key for RSA and in the call for ECDSA. */
function nameFor(algorithm: unknown, key: CryptoKey): SignatureName {
  const asked = webAlgorithm(algorithm);
  const own = webAlgorithm(key.algorithm);
  if (asked.name.toLowerCase() !== own.name.toLowerCase())
    throw new TypeError(`the key is one for ${own.name}`);
  return signatureNameOf(
    signingAlgorithm(own.name),
    own.hash ?? asked.hash,
    asked.saltLength,
  );
}

function curveOf(material: Material): EcCurve | undefined {
  const key =
    material.type === "public" ? material.key : material.key.publicKey;
  return key.type === "ec" ? key.curve : undefined;
}

/** Of another length it is no signature, and neither is the empty one. */
function derSignature(signature: Uint8Array, scalarLength: number): Uint8Array {
  return signature.length === 2 * scalarLength
    ? new Uint8Array(createCMSECDSASignature(toArrayBuffer(signature)))
    : new Uint8Array(0);
}

function misfit(name: WebAlgorithmName, algorithm: string): TypeError {
  return new TypeError(`a key of type ${algorithm} does not fit ${name}`);
}

async function unsupported(what: string): Promise<never> {
  throw new TypeError(`the provider's crypto engine has no ${what}`);
}
