import { InvalidKeyShare } from "../../crypto/provider.ts";
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";

/**
 * Runs one half of a key exchange on a peer's share.
 *
 * @throws TlsError `bad_key_share` for a share that the provider refuses
 */
export function invalidShareIsAnAlert<T>(exchange: () => T): T {
  try {
    return exchange();
  } catch (error) {
    if (error instanceof InvalidKeyShare)
      // [9846-6-07a]
      throw new TlsError(reason.bad_key_share, { cause: error });
    throw error;
  }
}
