/** External PSKs imported into TLS 1.3, RFC 9258. */
import { type BytesLike, NO_BYTES, Secret, viewBytes } from "../../bytes.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";
import { TlsError, TlsUsageError } from "../../errors.ts";
import { ProtocolVersion } from "../../wire/code-points.ts";
import { Reader } from "../../wire/reader.ts";
import { Writer } from "../../wire/writer.ts";
import { hkdfExpandLabel } from "../keys/key-schedule13.ts";
import { checkedPsk, type ExternalPsk } from "./external-psk.ts";

/** TLS KDF identifiers, RFC 9258 9. */
const KDF = { "SHA-256": 1, "SHA-384": 2 } as const;

/** The content of an imported key's identity, RFC 9258 4. */
export interface ImportedIdentity {
  /** The name of the external PSK that it is derived from. */
  readonly externalIdentity: Uint8Array;
  /** The use that both sides agreed on; empty: none in particular. */
  readonly context: Uint8Array;
  /** The hash of the suites that it goes with. */
  readonly targetHash: "SHA-256" | "SHA-384";
}

/**
 * Derives from an external PSK the key of TLS 1.3 for the suites of one hash, as
 * an answer of the option `psk` takes it (RFC 9258). A key that both sides have
 * can so be used with every hash, and in no other version or context. A client
 * offers one for each hash; a server finds out by `readImportedIdentity` which one
 * is wanted.
 *
 * @param options.identity name of the external PSK, 1 to 65,527 bytes
 * @param options.key 1 to 65,535 bytes, which have to be as hard to guess as a key
 * @param options.hash that of the external PSK itself. Default "SHA-256"
 * @param options.context what its uses are told apart by. Default none
 * @param options.targetHash hash of the suites that the result goes with. Default
 *   "SHA-256"
 * @throws TlsUsageError for an identity, a context or a key of a wrong length
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { importPsk } from "puretls/engine";
 *
 * const secret = {
 *   provider,
 *   identity: new TextEncoder().encode("device 7"),
 *   key: provider.random(32),
 * };
 * const psk = () => [
 *   importPsk(secret),
 *   importPsk({ ...secret, targetHash: "SHA-384" }),
 * ];
 * if (psk().length !== 2) throw new Error("one for each hash");
 * ```
 */
export function importPsk(options: {
  readonly provider: CryptoProvider;
  readonly identity: BytesLike;
  readonly key: BytesLike;
  readonly hash?: "SHA-256" | "SHA-384";
  readonly context?: BytesLike;
  readonly targetHash?: "SHA-256" | "SHA-384";
}): ExternalPsk {
  const { provider, hash = "SHA-256", targetHash = "SHA-256" } = options;
  const identity = viewBytes(options.identity, "importPsk: identity");
  const given = viewBytes(options.key, "importPsk: key");
  const context = viewBytes(options.context ?? NO_BYTES, "importPsk: context");
  checkedPsk({ identity, key: given, hash });
  if (identity.length === 0)
    throw new TlsUsageError(
      "importPsk: identity is empty; 1 byte is the least",
    );
  const imported = new Writer()
    .opaque16(identity)
    .opaque16(context)
    .u16(ProtocolVersion["TLSv1.3"])
    .u16(KDF[targetHash])
    .finish();
  const kdf = provider.hashes[hash];
  const extracted = new Secret(kdf.hkdfExtract(NO_BYTES, given));
  const key = hkdfExpandLabel(
    kdf,
    extracted,
    "derived psk",
    kdf.hash(imported),
    provider.hashes[targetHash].outputLength,
  );
  extracted.wipe();
  return checkedPsk({
    identity: imported,
    key,
    hash: targetHash,
    imported: true,
  });
}

/**
 * Reads the identity that a client named, where it is one of an imported key for
 * TLS 1.3 (RFC 9258 4); undefined for any other. The client chose all of it: a
 * server compares the context with the one that was agreed on.
 *
 * @param identity copied
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { importPsk, readImportedIdentity } from "puretls/engine";
 *
 * const key = provider.random(32);
 * const identity = Uint8Array.of(7);
 * const offered = importPsk({ provider, identity, key });
 * const wanted = readImportedIdentity(offered.identity);
 * // The context says for what the key is: only the one that was agreed on.
 * if (wanted === undefined || wanted.context.length > 0)
 *   throw new Error("another kind of name, or another context");
 * importPsk({ provider, identity, key, targetHash: wanted.targetHash });
 * ```
 */
export function readImportedIdentity(
  identity: BytesLike,
): ImportedIdentity | undefined {
  const bytes = viewBytes(identity, "readImportedIdentity: identity").slice();
  try {
    return Reader.all(bytes, "an imported identity", (reader) => {
      const externalIdentity = reader.opaque16(1);
      const context = reader.opaque16();
      const version = reader.u16();
      const kdf = reader.u16();
      if (version !== ProtocolVersion["TLSv1.3"]) return undefined;
      if (kdf === KDF["SHA-256"])
        return { externalIdentity, context, targetHash: "SHA-256" };
      return kdf === KDF["SHA-384"]
        ? { externalIdentity, context, targetHash: "SHA-384" }
        : undefined;
    });
  } catch (error) {
    if (error instanceof TlsError) return undefined;
    throw error;
  }
}
