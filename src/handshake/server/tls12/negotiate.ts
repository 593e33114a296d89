/** A server's choices in TLS 1.2 by a ClientHello, RFC 5246 7.4.1.3. */
import {
  chooseCredential,
  type ChosenCredential,
} from "../../authentication/signatures-and-finished.ts";
import type { CipherSuite12 } from "../../registries/cipher-suites.ts";
import type { ServerConfig } from "../../config/config.ts";
import type { Credential } from "../../credentials/credential.ts";
import { chooseExchange, type OwnExchange } from "../../tls12/key-exchange.ts";
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

/**
 * The best suite in common, by the order that counts, for which there are a
 * group, a certificate and a signature scheme in common.
 *
 * @param suites those of the config, or others that it could have
 */
export function best12(
  config: ServerConfig,
  hello: ClientHello,
  credentials: readonly Credential[],
  suites: readonly CipherSuite12[] = config.suites12,
): Chosen12 | undefined {
  for (const suite of sharedSuites(config, suites, hello)) {
    const exchange = chooseExchange(suite.keyExchange, config, hello);
    // [8422-5.1-04]
    if (exchange === undefined) continue;
    if (suite.authentication === "PSK") {
      if (config.psk !== undefined)
        return { suite, exchange, chosen: undefined };
      continue;
    }
    // [5246-7.4.1.4.1-07] [5246-7.4.3-03] [8422-5.3-04]
    const chosen = chooseCredential(
      credentials.filter((one) => fits(one, suite, hello)),
      config,
      "TLSv1.2",
      hello.extensions.signature_algorithms ?? DEFAULT_ALGORITHMS,
      hello.extensions.certificate_authorities,
      { certificateTypes: hello.extensions.server_certificate_type },
    );
    if (chosen !== undefined) return { suite, exchange, chosen };
  }
  return undefined;
}

// [5246-7.4.1.4.1-04]
/** RFC 5246 7.4.1.4.1: what a client takes that does not say. */
export const DEFAULT_ALGORITHMS: readonly number[] = [
  SIGNATURE_SCHEMES.rsa_pkcs1_sha1.code,
  SIGNATURE_SCHEMES.ecdsa_sha1.code,
];

/** RFC 8422 5.3: a key of the suite's kind, on a curve that the client named. */
export function fits(
  credential: Credential,
  { authentication }: CipherSuite12,
  { extensions: { supported_groups: groups } }: ClientHello,
): boolean {
  // [5246-7.4.2-02] [5246-7.4.2-08]
  if (authenticationOf(credential) !== authentication) return false;
  const { curve } = credential;
  // [5246-7.4.2-15] [8422-5.1-05] [8422-5.3-03]
  return (
    curve === undefined ||
    groups === undefined ||
    Object.entries(GROUPS).some(
      ([name, code]) => name === curve && groups.includes(code),
    )
  );
}
