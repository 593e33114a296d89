/** A chain and its key out of a PKCS#12 file, by the reader of the platform. */
import { type BytesLike, latin1, toHex, utf8Text } from "../../bytes.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";
import { X509Error } from "../../x509/faults/errors.ts";
import type { Pkcs12Support } from "../../x509/pkcs12/pkcs12.ts";
import type { Pkcs12Entry, Pkcs12File } from "../../x509/pkcs12/read.ts";
import { SSLError, stateError } from "../errors/errors.ts";
import { type Platform, readFile } from "../platform/platform.ts";
import { reading } from "./reading.ts";

/** A PKCS#12 file: its contents or its path. */
export interface PfxSource {
  readonly pfx?: BytesLike;
  readonly pfxFile?: string;
}

/** The first key of a file that has a certificate, and its chain. */
export interface LoadedPfx extends Pkcs12Entry {
  /** Of the option or the file, for messages. */
  readonly name: string;
}

/** The parts that reading takes beside the source. */
export interface PfxReading {
  readonly provider: CryptoProvider;
  readonly platform: Platform;
  /** Asked when there is a file to read. */
  readonly password: () => Uint8Array;
}

/** Tells whether a source names a PKCS#12 file. */
export function hasPfx({ pfx, pfxFile }: PfxSource): boolean {
  return pfx !== undefined || pfxFile !== undefined;
}

/**
 * Reads the file.
 *
 * @throws SSLError ERR_UNSUPPORTED_PLATFORM where the platform reads no PKCS#12;
 *   MAC_VERIFY_FAILURE for a wrong password, DECODE_ERROR, PARSE_ERROR,
 *   NO_CERTIFICATE_ASSIGNED for a file without a key that has a certificate
 */
export function loadPfx(source: PfxSource, parts: PfxReading): LoadedPfx {
  const { name, data, support, options, hasPassword } = opened(source, parts);
  try {
    return entryOf(name, support.parse(data, options));
  } catch (error) {
    throw asSslError(name, error, hasPassword);
  }
}

/** As {@link loadPfx}, without blocking for long. */
export async function loadPfxAsync(
  source: PfxSource,
  parts: PfxReading,
): Promise<LoadedPfx> {
  const { name, data, support, options, hasPassword } = opened(source, parts);
  try {
    return entryOf(name, await support.parseAsync(data, options));
  } catch (error) {
    throw asSslError(name, error, hasPassword);
  }
}

function opened(
  { pfx, pfxFile = "pfx" }: PfxSource,
  { provider, platform, password }: PfxReading,
) {
  const support: Pkcs12Support | undefined = platform.pkcs12;
  if (support === undefined)
    throw stateError(
      "ERR_UNSUPPORTED_PLATFORM",
      "pfx: this platform reads no PKCS#12: give new SSLContext({ platform: { pkcs12 } }) that of puretls/x509, or take contexts from puretls/node",
    );
  const data = pfx ?? readFile(platform, pfxFile);
  const bytes = password();
  const text = utf8Text(bytes) ?? latin1(bytes);
  const name = pfx === undefined ? pfxFile : "pfx";
  const options = { provider, password: text };
  return { name, data, support, options, hasPassword: bytes.length > 0 };
}

function entryOf(name: string, { entries }: Pkcs12File): LoadedPfx {
  const found = entries.find(({ chain }) => chain.length > 0);
  if (found !== undefined) return { ...found, name };
  throw new SSLError(
    `${name}: it holds ${entries.length === 0 ? "no private key" : "no certificate of its private key"}`,
    { library: "SSL", reason: "NO_CERTIFICATE_ASSIGNED" },
  );
}

/** OpenSSL's library and reason for each `reason` of a Pkcs12Error. */
const REASONS: Readonly<Partial<Record<string, readonly [string, string]>>> = {
  malformed: ["ASN1", "DECODE_ERROR"],
  wrong_password: ["PKCS12", "MAC_VERIFY_FAILURE"],
  unsupported: ["PKCS12", "PARSE_ERROR"],
  too_expensive: ["PKCS12", "PARSE_ERROR"],
};

/**
 * Tells whether bytes look like a PKCS#12 file, and not like a certificate or a key:
 * RFC 7292 4 has a SEQUENCE that begins with the version 3.
 */
export function looksLikePfx(bytes: Uint8Array): boolean {
  const [tag = 0, length = 0] = bytes;
  const head = length > 0x80 ? 2 + (length & 0x7f) : 2;
  const version = bytes.subarray(head, head + 3);
  return tag === 0x30 && toHex(version) === "020103";
}

/** By its name, so that no bundle has the class for this alone. */
function asSslError(
  name: string,
  error: unknown,
  hasPassword: boolean,
): unknown {
  if (error instanceof X509Error)
    return sslErrorOf(() =>
      reading(name, () => {
        throw error;
      }),
    );
  if (!(error instanceof Error && error.name === "Pkcs12Error")) return error;
  const code: unknown = Reflect.get(error, "reason");
  const [library, reason] = REASONS[String(code)] ?? ["PKCS12", "PARSE_ERROR"];
  const hint =
    code === "wrong_password" && !hasPassword
      ? "; no password was given: the option password has it"
      : "";
  return new SSLError(`${name}: ${error.message}${hint}`, {
    ...{ library, reason, cause: error },
  });
}

function sslErrorOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
