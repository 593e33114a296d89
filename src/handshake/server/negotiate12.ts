/** What a server of TLS 1.2 makes of a ClientHello, RFC 5246 7.4.1.3. */
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { chooseCredential, type ChosenCredential } from "../authentication.ts";
import type { CipherSuite12 } from "../cipher-suites.ts";
import type { ServerConfig } from "../config.ts";
import type { Credential } from "../credential.ts";
import { chooseExchange, type OwnExchange } from "../exchange12.ts";
import { turnsOf } from "../features.ts";
import { GROUPS } from "../groups.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import { sharedSuites } from "../negotiate.ts";
import { authenticationOf } from "../peer-certificate12.ts";
import { SIGNATURE_SCHEMES } from "../signature-schemes.ts";

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
  turnsOf(config).rawKeys?.checkTypes(credentials, hello);
  throw new TlsError(reason.no_shared_cipher);
}

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
      { certificateTypes: turnsOf(config).rawKeys?.typesTaken(hello) },
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
  const { curve } = credential;
  return (
    curve === undefined ||
    groups === undefined ||
    Object.entries(GROUPS).some(
      ([name, code]) => name === curve && groups.includes(code),
    )
  );
}
