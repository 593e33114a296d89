/** The parts of a context that stay as they are from its making on. */
import { noble } from "../../crypto/noble/index.ts";
import { found, isObjectWith } from "../../options.ts";
import { Protocol } from "../constants.ts";
import { SSLError } from "../errors/errors.ts";
import { protocolOf } from "../names/words.ts";
import type { SSLContextOptions } from "./options.ts";
import type { ContextKind } from "./settings.ts";

/**
 * RFC 8996: TLS 1.0 and 1.1 are not spoken any more.
 *
 * @throws RangeError for a protocol that does not exist
 * @throws SSLError UNSUPPORTED_PROTOCOL for one that is not spoken any more
 * @throws TypeError for what is no provider, and for what is no platform
 */
export function contextKind(options: SSLContextOptions): ContextKind {
  const { provider = noble, platform = {} } = options;
  if (!isObjectWith(provider, "now"))
    throw new TypeError(
      `provider: ${found(provider)}; a CryptoProvider is allowed, as noble of puretls/crypto/noble`,
    );
  if (Object(platform) !== platform)
    throw new TypeError(
      `platform: ${found(platform)}; a Platform is allowed, as nodePlatform of puretls/node`,
    );
  const protocol = protocolOf(options.protocol ?? "tlsClient");
  if (
    protocol === Protocol.PROTOCOL_TLSv1 ||
    protocol === Protocol.PROTOCOL_TLSv1_1
  )
    throw new SSLError("TLS 1.0 and 1.1 are not spoken: take tlsClient", {
      library: "SSL",
      reason: "UNSUPPORTED_PROTOCOL",
    });
  return { protocol, provider, platform };
}
