/**
 * Limits on the length of records: RFC 8449, and RFC 6066 4, which is older.
 */
import { TlsError } from "../../errors.ts";
import {
  type BodyCodec,
  type ExtensionSpec,
  type FragmentLength,
  type RecordLimits,
  carriedAs,
  u16Body,
} from "../extensions/spec.ts";
import type { Feature } from "./feature.ts";
import type { TlsProtocolVersion } from "../registries/cipher-suites.ts";
import * as reason from "../../reasons.ts";
import { ExtensionType } from "../../wire/code-points.ts";

const limit: BodyCodec<number> = {
  write: (writer, value) => {
    u16Body.write(writer, value);
  },
  read: (reader) => {
    const value = u16Body.read(reader);
    // RFC 8449 4: "a fatal error". One above the protocol's own limit is allowed
    // and means no more than that.
    if (value < 64)
      throw new TlsError(reason.record_size_limit_too_small, {
        detail: `${value.toString()} bytes`,
      });
    return value;
  },
};

/** RFC 8449. */
const recordSizeLimit: ExtensionSpec = {
  name: "record_size_limit",
  type: ExtensionType.record_size_limit,
  carriers: {
    client_hello: carriedAs("record_size_limit", limit),
    server_hello12: carriedAs("record_size_limit", limit),
    encrypted_extensions: carriedAs("record_size_limit", limit),
  },
  offer: ({ config }, into) => {
    if (config.recordSizeLimit !== undefined)
      into.record_size_limit = config.recordSizeLimit;
  },
  // RFC 8449 4: a server that has the extension names a limit of its own; what
  // the client said holds for the very next record.
  answer: ({ config, hello, version }, into, agreed) => {
    const { record_size_limit: write } = hello.extensions;
    if (write === undefined) return;
    // The limit of TLS 1.2 does not count a content type.
    const most = version === "TLSv1.3" ? 2 ** 14 + 1 : 2 ** 14;
    const read = Math.min(config.recordSizeLimit ?? most, most);
    into.record_size_limit = read;
    agreed.recordLimits = { read, write };
  },
  agree: ({ record_size_limit: write }, { config }, agreed) => {
    if (write !== undefined)
      agreed.recordLimits = { read: config.recordSizeLimit, write };
  },
};

/** In the order of their codes, from 1, RFC 6066 4. */
const FRAGMENT_LENGTHS: readonly FragmentLength[] = [512, 1024, 2048, 4096];

const body: BodyCodec<FragmentLength> = {
  write: (writer, length) => writer.u8(FRAGMENT_LENGTHS.indexOf(length) + 1),
  read: (reader) => {
    const length = FRAGMENT_LENGTHS[reader.u8() - 1];
    // RFC 6066 4: a value that is not listed is an illegal_parameter.
    if (length === undefined)
      throw new TlsError(reason.illegal_parameter, {
        detail: "max_fragment_length: no such length",
      });
    return length;
  },
};

/** RFC 6066 4. */
const maxFragmentLength: ExtensionSpec = {
  name: "max_fragment_length",
  type: ExtensionType.max_fragment_length,
  carriers: {
    client_hello: carriedAs("max_fragment_length", body),
    server_hello12: carriedAs("max_fragment_length", body),
    encrypted_extensions: carriedAs("max_fragment_length", body),
  },
  offer: ({ config }, into) => {
    if (config.maxFragmentLength !== undefined)
      into.max_fragment_length = config.maxFragmentLength;
  },
  // RFC 8449 4: ignored where record_size_limit is there.
  answer: ({ hello: { extensions }, version }, into, agreed) => {
    const { record_size_limit: limit, max_fragment_length: length } =
      extensions;
    if (length === undefined || limit !== undefined) return;
    into.max_fragment_length = length;
    agreed.recordLimits = limitsOf(length, version);
  },
  // RFC 8449 5: one of the two; RFC 6066 4: the length that was asked for.
  agree: (said, { config, version }, agreed) => {
    const { record_size_limit: limit, max_fragment_length: length } = said;
    if (length === undefined) return;
    if (limit !== undefined || length !== config.maxFragmentLength)
      throw new TlsError(reason.illegal_parameter, {
        detail: "max_fragment_length",
      });
    agreed.recordLimits = limitsOf(length, version);
  },
};

/** RFC 6066 4 does not count the content type of TLS 1.3. */
function limitsOf(length: number, version: TlsProtocolVersion): RecordLimits {
  const bytes = version === "TLSv1.3" ? length + 1 : length;
  return { read: bytes, write: bytes, clear: version === "TLSv1.2" };
}

/**
 * Limits of record sizes (RFC 8449, RFC 6066 4), for `createClientConfigOf` and
 * `createServerConfigOf`: what the options `recordSizeLimit` and `maxFragmentLength`
 * need. A server without it takes and sends records of any size.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createClientConfigOf, recordSizes } from "puretls/engine";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const verifier = createVerifier({ provider, trustStore: new TrustStore() });
 * createClientConfigOf([recordSizes], { provider, verifier, recordSizeLimit: 1024 });
 * ```
 */
export const recordSizes: Feature = {
  name: "recordSizes",
  extensions: [maxFragmentLength, recordSizeLimit],
};
