/** PKCS#12 files, with keys as `puretls/pki` has them. */
import type { Bytes } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import type { Certificate } from "../x509/certificates/certificate.ts";
import { encodePem } from "../x509/keys/pem.ts";
import type { AsyncPkcs12Options } from "../x509/pkcs12/pkcs12.ts";
import { parsePkcs12, parsePkcs12Async } from "../x509/pkcs12/pkcs12.ts";
import type { Pkcs12File, Pkcs12Options } from "../x509/pkcs12/read.ts";
import { PkiKey } from "./keys/keys.ts";

/** A key and the certificates that go with it. */
export interface Pkcs12Identity {
  readonly key: PkiKey;
  readonly friendlyName: string | undefined;
  /** Leaf first, then the CAs above it; the self-signed root is left out. */
  readonly chain: readonly Bytes[];
  /** {@link chain} as PEM. */
  readonly chainPem: string;
}

/** Keys and certificates of a PKCS#12 file. */
export interface Pkcs12Contents {
  /** In the order of the file. */
  readonly identities: readonly Pkcs12Identity[];
  /** All certificates, in the order of the file. */
  readonly certificates: readonly Certificate[];
}

/**
 * Reads a PKCS#12 file as `parsePkcs12` of `puretls/x509` does; the keys can be
 * written again.
 *
 * @param data is neither changed nor kept
 * @throws Pkcs12Error by `reason`
 * @throws X509Error when a key or a certificate inside is refused
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { Pkcs12Error, readPkcs12 } from "puretls/pki";
 *
 * const file = Uint8Array.of(0x30, 0); // of a .p12 file
 * try {
 *   const { identities } = readPkcs12(file, { provider, password: "secret" });
 *   for (const { key, chainPem } of identities) console.log(key.toPem(), chainPem);
 * } catch (error) {
 *   if (!(error instanceof Pkcs12Error)) throw error;
 * }
 * ```
 */
export function readPkcs12(
  data: Uint8Array,
  options: Pkcs12Options,
): Pkcs12Contents {
  return contentsOf(options.provider, parsePkcs12(data, options));
}

/**
 * The same without blocking for long, as `parsePkcs12Async` of `puretls/x509`.
 *
 * @throws as {@link readPkcs12}, rejecting; and the signal's reason
 */
export async function readPkcs12Async(
  data: Uint8Array,
  options: AsyncPkcs12Options,
): Promise<Pkcs12Contents> {
  return contentsOf(options.provider, await parsePkcs12Async(data, options));
}

function contentsOf(
  provider: CryptoProvider,
  { entries, certificates }: Pkcs12File,
): Pkcs12Contents {
  return {
    identities: entries.map(({ key: parsed, friendlyName, chain }) => ({
      key: new PkiKey({
        provider,
        privateKey: parsed.key,
        pss: parsed.algorithm === "id-RSASSA-PSS",
      }),
      friendlyName,
      chain: chain.map(({ der }) => der.slice()),
      chainPem: chain.map(({ der }) => encodePem("CERTIFICATE", der)).join(""),
    })),
    certificates,
  };
}
