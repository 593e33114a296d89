/** RSASSA-PSS keys whose parameters name the only hash, RFC 4055 3.1. */
import { type Bytes, toHex, unshared } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { encodePem } from "../../src/x509/index.ts";
import { PkiKey } from "../../src/pki/index.ts";
import { bits, bytes, explicit, int, oid, seq } from "./der-encode.ts";
import { testKey } from "./pki.ts";

const HASHES = {
  sha256: ["2.16.840.1.101.3.4.2.1", 32],
  sha384: ["2.16.840.1.101.3.4.2.2", 48],
  sha512: ["2.16.840.1.101.3.4.2.3", 64],
} as const;
const NULL = bytes(5, 0);
const PSS = "1.2.840.113549.1.1.10";
const MGF1 = "1.2.840.113549.1.1.8";

/** The tests' RSASSA-PSS key as one that may sign over that hash alone. */
export class RestrictedPssKey extends PkiKey {
  readonly #algorithm: Uint8Array;

  constructor(name: keyof typeof HASHES) {
    const { privateKey } = testKey("rsa-pss");
    super({ provider: noble, privateKey, pss: true });
    const [id, saltLength] = HASHES[name];
    const hash = seq(oid(id), NULL);
    this.#algorithm = seq(
      oid(PSS),
      seq(
        explicit(0, hash),
        explicit(1, seq(oid(MGF1), hash)),
        explicit(2, int(saltLength)),
      ),
    );
  }

  override publicKeyInfo(): Bytes {
    return unshared(seq(this.#algorithm, bits(this.bytes())));
  }

  override toDer(): Bytes {
    const plain = super.toDer();
    const algorithm = toHex(seq(oid(PSS)));
    const at = toHex(plain).indexOf(algorithm) / 2;
    const key = plain.subarray(at + algorithm.length / 2);
    return unshared(seq(int(0), this.#algorithm, key));
  }

  override toPem(): string {
    return encodePem("PRIVATE KEY", this.toDer());
  }
}
