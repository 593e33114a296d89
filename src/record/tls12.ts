/** Common parts of both kinds of protection of TLS 1.2. */
import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import { ProtocolVersion } from "../wire/code-points.ts";
import { MAX_PLAINTEXT, type RawRecord } from "./protection.ts";
import { SEQUENCE_LENGTH, type SequenceNumber } from "./sequence-number.ts";

// [5246-6.2.3-01]
/** RFC 5246 6.2.3: the most bytes of TLSCiphertext.fragment. */
export const MAX_CIPHERTEXT12 = MAX_PLAINTEXT + 2048;

/**
 * Returns the authenticated bytes in front of a record's content, seq_num,
 * TLSCompressed.type, version and length: the additional_data of RFC 5246
 * 6.2.3.3 and the first input of the MAC in 6.2.3.1.
 */
export function prefix(
  number: SequenceNumber,
  type: number,
  length: number,
): Uint8Array {
  const version = ProtocolVersion["TLSv1.2"];
  const into = new Uint8Array(SEQUENCE_LENGTH + 5);
  number.write(into.subarray(0, SEQUENCE_LENGTH));
  into[SEQUENCE_LENGTH] = type;
  into[SEQUENCE_LENGTH + 1] = version >> 8;
  into[SEQUENCE_LENGTH + 2] = version;
  into[SEQUENCE_LENGTH + 3] = length >> 8;
  into[SEQUENCE_LENGTH + 4] = length;
  return into;
}

/** RFC 5246 6.2.1: the version of TLS 1.2 is 3.3. */
export function checkVersion({ header }: RawRecord): void {
  const [, major = 0, minor = 0] = header;
  if (((major << 8) | minor) !== ProtocolVersion["TLSv1.2"])
    throw new TlsError(reason.wrong_version_number);
}

// [5246-6.2.1-02]
/** RFC 5246 6.2.1, RFC 8449 4, RFC 6066 4. */
export function checkLength(length: number, limit: number): void {
  if (length > Math.min(limit, MAX_PLAINTEXT))
    throw new TlsError(reason.record_overflow, { detail: `${length} bytes` });
}
