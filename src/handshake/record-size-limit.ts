import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import type { ClientConfig, ServerConfig } from "./config.ts";
import type { FragmentLength } from "./extensions/spec.ts";

/** What a server answers about the size of records, in either version. */
interface SizeAnswers {
  readonly record_size_limit?: number;
  readonly max_fragment_length?: FragmentLength;
}

/**
 * A client's check of the answers: RFC 8449 5, one of the two; RFC 6066 4, the
 * length that was asked for.
 *
 * @throws TlsError
 */
export function checkRecordSizes(
  { maxFragmentLength }: ClientConfig,
  { record_size_limit: limit, max_fragment_length: length }: SizeAnswers,
): void {
  if (length === undefined) return;
  if (limit !== undefined || length !== maxFragmentLength)
    throw new TlsError(reason.illegal_parameter, {
      detail: "max_fragment_length",
    });
}

/**
 * What a server answers: RFC 8449 4, whoever has the extension names a limit
 * of its own (`most`: the protocol's) and ignores max_fragment_length.
 */
export function answerRecordSizes(
  { recordSizeLimit }: ServerConfig,
  { record_size_limit: limit, max_fragment_length: length }: SizeAnswers,
  most: number,
): SizeAnswers {
  if (limit === undefined)
    return length === undefined ? {} : { max_fragment_length: length };
  return { record_size_limit: Math.min(recordSizeLimit ?? most, most) };
}
