/** The extensions that a context uses only where the program says so. */
import type { CertificateCompression } from "../handshake/compression-row.ts";
import type { CommonOptions } from "../handshake/config.ts";
import type { EchClient, EchServer } from "../handshake/ech.ts";
import { given } from "../handshake/session-options.ts";
import type { RawKeyVerifier } from "../x509/raw-key.ts";
import type { TransparencyPolicy } from "../x509/transparency.ts";

/** Whether the peer is asked for a stapled OCSP response, and must have one. */
export type OcspStapling = "off" | "request" | "require";

/**
 * Zero bytes to add to a record with that many bytes of content; a number fills
 * the content of each record up to a multiple of it.
 */
export type RecordPadding = number | ((contentLength: number) => number);

/** What a program has chosen; a value, which no connection changes. */
export interface ExtensionChoices {
  readonly encryptedClientHello: EchClient | EchServer | null;
  readonly certificateCompression: readonly CertificateCompression[];
  readonly ocspStapling: OcspStapling;
  readonly transparency: TransparencyPolicy | null;
  readonly rawPublicKeys: RawKeyVerifier | null;
  readonly padding: RecordPadding | null;
  readonly recordSizeLimit: number | null;
}

export const NO_EXTENSIONS: ExtensionChoices = {
  encryptedClientHello: null,
  certificateCompression: [],
  ocspStapling: "off",
  transparency: null,
  rawPublicKeys: null,
  padding: null,
  recordSizeLimit: null,
};

/** What they are to the configs of either role. */
export function extensionOptions(
  choices: ExtensionChoices,
): Partial<CommonOptions> {
  const { padding, recordSizeLimit, rawPublicKeys } = choices;
  return {
    ocspStapling: choices.ocspStapling !== "off",
    signedCertificateTimestamps: choices.transparency !== null,
    certificateCompression: choices.certificateCompression,
    ...given("rawPublicKeys", rawPublicKeys ?? undefined),
    ...given("padding", padding === null ? undefined : policyOf(padding)),
    ...given("recordSizeLimit", recordSizeLimit ?? undefined),
  };
}

/** The choice where it is a client's. */
export function echClientOf({
  encryptedClientHello: ech,
}: ExtensionChoices): EchClient | undefined {
  return ech !== null && "begin" in ech ? ech : undefined;
}

/** The choice where it is a server's. */
export function echServerOf({
  encryptedClientHello: ech,
}: ExtensionChoices): EchServer | undefined {
  return ech !== null && "open" in ech ? ech : undefined;
}

function policyOf(padding: RecordPadding): (contentLength: number) => number {
  if (typeof padding === "function") return padding;
  return (length) => (padding - (length % padding)) % padding;
}
