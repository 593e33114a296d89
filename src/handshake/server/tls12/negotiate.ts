/** A server's choices in TLS 1.2 by a ClientHello, RFC 5246 7.4.1.3. */
import { TlsError } from "../../../errors.ts";
import * as reason from "../../../reasons.ts";
import {
  chooseCredential,
  type ChosenCredential,
} from "../../authentication/signatures-and-finished.ts";
import type { CipherSuite12 } from "../../registries/cipher-suites.ts";
import type { ServerConfig } from "../../config/config.ts";
import type { Credential } from "../../credentials/credential.ts";
import {
  chooseExchange,
  lacksField,
  type OwnExchange,
} from "../../tls12/key-exchange.ts";
import { byKind } from "../../features/feature.ts";
import { GROUPS } from "../../registries/groups.ts";
import type { ClientHello } from "../../messages/client-hello.ts";
import { sharedSuites } from "../negotiate.ts";
import { authenticationOf } from "../../tls12/peer-certificate.ts";
import { SIGNATURE_SCHEMES } from "../../registries/signature-schemes.ts";

/** A suite, and all that it takes. */
export interface Chosen12 {
  readonly suite: CipherSuite12;
  readonly exchange: OwnExchange;
  /** Undefined in the suites with a PSK. */
  readonly chosen: ChosenCredential | undefined;
}

/** @throws TlsError where {@link best12} finds nothing */
export function choose12(
  config: ServerConfig,
  hello: ClientHello,
  credentials: readonly Credential[],
): Chosen12 {
  const best = best12(config, hello, credentials);
  if (best !== undefined) return best;
  byKind(config, (kind) => kind.unmatched?.(credentials, hello));
  // RFC 7919 4: a DHE suite in common, and no group for it.
  const isDhe = ({ keyExchange }: CipherSuite12): boolean =>
    keyExchange.startsWith("DHE");
  if (
    sharedSuites(config, config.suites12, hello).some(isDhe) &&
    lacksField(config, hello)
  )
    throw new TlsError(reason.no_shared_field);
  const isUnfit = credentials.some(
    (one) => one.keyUsageForbidsSigning && authenticationOf(one) === "ECDSA",
  );
  throw new TlsError(reason.no_shared_cipher, isUnfit ? UNFIT : {});
}

const UNFIT = {
  detail:
    "this server's certificate has a key usage without digitalSignature: have it issued with it",
} as const;

/**
 * The best suite in common, by the order that counts, for which there are a
 * group, a certificate and a signature scheme in common.
 */
export function best12(
  config: ServerConfig,
  hello: ClientHello,
  credentials: readonly Credential[],
): Chosen12 | undefined {
  for (const suite of sharedSuites(config, config.suites12, hello)) {
    const exchange = chooseExchange(suite.keyExchange, config, hello);
    if (exchange === undefined) continue;
    if (suite.authentication === "PSK") {
      if (config.psk !== undefined)
        return { suite, exchange, chosen: undefined };
      continue;
    }
    const chosen = chooseCredential(
      credentials.filter((one) => fits(one, suite, hello)),
      config,
      "TLSv1.2",
      hello.extensions.signature_algorithms ?? DEFAULT_ALGORITHMS,
      undefined,
      { certificateTypes: hello.extensions.server_certificate_type },
    );
    if (chosen !== undefined) return { suite, exchange, chosen };
  }
  return undefined;
}

/** RFC 5246 7.4.1.4.1: what a client takes that does not say. */
const DEFAULT_ALGORITHMS: readonly number[] = [
  SIGNATURE_SCHEMES.rsa_pkcs1_sha1.code,
  SIGNATURE_SCHEMES.ecdsa_sha1.code,
];

/** RFC 8422 5.3: a key of the suite's kind, on a curve that the client named. */
function fits(
  credential: Credential,
  { authentication }: CipherSuite12,
  { extensions: { supported_groups: groups } }: ClientHello,
): boolean {
  if (authenticationOf(credential) !== authentication) return false;
  const { curve, keyUsageForbidsSigning = false } = credential;
  // RFC 8422 5.3. As OpenSSL: with RSA it is left to the client.
  if (authentication === "ECDSA" && keyUsageForbidsSigning) return false;
  return (
    curve === undefined ||
    groups === undefined ||
    Object.entries(GROUPS).some(
      ([name, code]) => name === curve && groups.includes(code),
    )
  );
}
