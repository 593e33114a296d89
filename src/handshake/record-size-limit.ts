import { TlsError } from "../errors.ts";

/**
 * RFC 8449 4: a limit below 64 bytes ends with an illegal_parameter alert. One
 * above the protocol's own is allowed and means no more than that.
 *
 * @throws TlsError
 */
export function checkRecordSizeLimit(limit: number): void {
  if (limit < 64)
    throw new TlsError("record_size_limit_too_small", {
      detail: `${limit} bytes`,
    });
}
