/** How large records may be: RFC 8449, and RFC 6066 4, which is older. */
import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import type { TlsVersion } from "./cipher-suites.ts";
import type { ClientConfig, ServerConfig } from "./config.ts";
import { maxFragmentLength } from "./extensions/max-fragment-length.ts";
import { recordSizeLimit } from "./extensions/record-size-limit.ts";
import type { Feature, SizesSaid } from "./features.ts";
import type { HandshakeIo } from "./io.ts";
import type { ClientHello } from "./messages/client-hello.ts";

/**
 * Limits of record sizes (RFC 8449, RFC 6066 4), for `clientConfigOf` and
 * `serverConfigOf`: what the options `recordSizeLimit` and `maxFragmentLength`
 * need. A server without it takes and sends records of any size.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { clientConfigOf, recordSizes } from "puretls/engine";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const verifier = createVerifier({ provider, trustStore: new TrustStore() });
 * clientConfigOf([recordSizes], { provider, verifier, recordSizeLimit: 1024 });
 * ```
 */
export const recordSizes: Feature = {
  name: "recordSizes",
  extensions: [maxFragmentLength, recordSizeLimit],
  turns: { recordSizes: { agree, answer, apply } },
};

/** RFC 8449 5, one of the two; RFC 6066 4, the length that was asked for. */
function agree(
  config: ClientConfig,
  said: SizesSaid,
  version: TlsVersion,
  io: HandshakeIo,
): void {
  const { record_size_limit: limit, max_fragment_length: length } = said;
  if (
    length !== undefined &&
    (limit !== undefined || length !== config.maxFragmentLength)
  )
    throw new TlsError(reason.illegal_parameter, {
      detail: "max_fragment_length",
    });
  if (limit !== undefined)
    io.setRecordLimits({ read: config.recordSizeLimit, write: limit });
  limitFragments(length, version, io);
}

/**
 * RFC 8449 4: whoever has the extension names a limit of its own and ignores
 * max_fragment_length.
 */
function answer(
  { recordSizeLimit: own }: ServerConfig,
  { extensions }: ClientHello,
  version: TlsVersion,
): SizesSaid {
  const { record_size_limit: limit, max_fragment_length: length } = extensions;
  if (limit === undefined)
    return length === undefined ? {} : { max_fragment_length: length };
  // RFC 8449 4: the limit of TLS 1.2 does not count a content type.
  const most = version === "TLSv1.3" ? 2 ** 14 + 1 : 2 ** 14;
  return { record_size_limit: Math.min(own ?? most, most) };
}

function apply(
  answered: SizesSaid,
  { extensions: asked }: ClientHello,
  version: TlsVersion,
  io: HandshakeIo,
): void {
  const { record_size_limit: ours, max_fragment_length: length } = answered;
  if (ours !== undefined)
    io.setRecordLimits({ read: ours, write: asked.record_size_limit });
  limitFragments(length, version, io);
}

/** RFC 6066 4 does not count the content type of TLS 1.3. */
function limitFragments(
  length: number | undefined,
  version: TlsVersion,
  io: HandshakeIo,
): void {
  if (length === undefined) return;
  if (version === "TLSv1.2") io.setMaxFragmentLength(length);
  else io.setRecordLimits({ read: length + 1, write: length + 1 });
}
