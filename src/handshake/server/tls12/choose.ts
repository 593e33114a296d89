/** A server's choice of a suite of TLS 1.2, or the reason why there is none. */
import { TlsError } from "../../../errors.ts";
import * as reason from "../../../reasons.ts";
import type { ServerConfig } from "../../config/config.ts";
import { type Credential, unfitDetail } from "../../credentials/credential.ts";
import { byKind } from "../../features/feature.ts";
import type { ClientHello } from "../../messages/client-hello.ts";
import type { CipherSuite12 } from "../../registries/cipher-suites.ts";
import { lacksField } from "../../tls12/key-exchange.ts";
import { serverHooksOf } from "../hooks.ts";
import { sharedSuites } from "../negotiate.ts";
import { best12, type Chosen12 } from "./negotiate.ts";

/** @throws TlsError where {@link best12} finds nothing */
export function choose12(
  config: ServerConfig,
  hello: ClientHello,
  credentials: readonly Credential[],
): Chosen12 {
  const best = best12(config, hello, credentials);
  if (best !== undefined) return best;
  byKind(config, (kind) => kind.unmatched?.(credentials, hello));
  const shared = sharedSuites(config, config.suites12, hello);
  const { mismatch } = serverHooksOf(config);
  // RFC 7919 4: a DHE suite in common, and no group for it.
  if (shared.some(isDhe) && lacksField(config, hello))
    throw new TlsError(
      reason.no_shared_field,
      mismatch?.groups(config, hello, (name) => name.startsWith("ffdhe")),
    );
  throw new TlsError(
    reason.no_shared_cipher,
    unfitDetail(credentials) ??
      mismatch?.suites12?.(shared, config, hello, credentials),
  );
}

const isDhe = ({ keyExchange }: CipherSuite12): boolean =>
  keyExchange.startsWith("DHE");
