/** A server's choice of a suite of TLS 1.2, or the reason why there is none. */
import { type Remedy, TlsError } from "../../../errors.ts";
import * as reason from "../../../reasons.ts";
import { canSpeak } from "../../config/checks.ts";
import type { ServerConfig } from "../../config/config.ts";
import { type Credential, unfitDetail } from "../../credentials/credential.ts";
import { byKind } from "../../features/feature.ts";
import type { ClientHello } from "../../messages/client-hello.ts";
import type { CipherSuite12 } from "../../registries/cipher-suites.ts";
import { isCurve } from "../../registries/groups.ts";
import { listed } from "../../registries/listing.ts";
import { chooseExchange, lacksField } from "../../tls12/key-exchange.ts";
import { authenticationOf } from "../../tls12/peer-certificate.ts";
import {
  groupMismatch,
  offeredSuites,
  remedy,
  schemeMismatch,
  suitesText,
} from "../mismatch.ts";
import { sharedSuites } from "../negotiate.ts";
import {
  best12,
  type Chosen12,
  DEFAULT_ALGORITHMS,
  fits,
} from "./negotiate.ts";

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
  // RFC 7919 4: a DHE suite in common, and no group for it.
  if (shared.some(isDhe) && lacksField(config, hello))
    throw new TlsError(
      reason.no_shared_field,
      groupMismatch(config, hello, (name) => name.startsWith("ffdhe")),
    );
  throw new TlsError(
    reason.no_shared_cipher,
    unfitDetail(credentials) ??
      (shared.length === 0
        ? noSuite(config, hello, credentials)
        : suiteWithout(shared, config, hello, credentials)),
  );
}

interface Fault {
  readonly detail: string;
  readonly remedy?: Remedy;
}

const isDhe = ({ keyExchange }: CipherSuite12): boolean =>
  keyExchange.startsWith("DHE");

/** No suite is offered and enabled; some that are offered could be. */
function noSuite(
  config: ServerConfig,
  hello: ClientHello,
  credentials: readonly Credential[],
): Fault {
  const would = offeredSuites(config, hello, "TLSv1.2").filter(
    (row): row is CipherSuite12 =>
      row.version === "TLSv1.2" &&
      canSpeak(config.provider, row, "server") &&
      best12(config, hello, credentials, [row]) !== undefined,
  );
  return {
    detail: suitesText(config, hello, config.suites12),
    ...remedy(
      "cipherSuites",
      would.map(({ name }) => name),
    ),
  };
}

/** Suites are shared, and something else that they take is not. */
function suiteWithout(
  shared: readonly CipherSuite12[],
  config: ServerConfig,
  hello: ClientHello,
  credentials: readonly Credential[],
): Fault {
  const common = `in common are ${listed(shared.map(({ name }) => name))}`;
  const withExchange = shared.filter(
    ({ keyExchange }) =>
      chooseExchange(keyExchange, config, hello) !== undefined,
  );
  if (withExchange.length === 0) {
    const fault = groupMismatch(config, hello, isCurve);
    return { ...fault, detail: `${common}, but no group: ${fault.detail}` };
  }
  const wanted = new Set(withExchange.map((row) => row.authentication));
  const ofKind = credentials.filter((one) => {
    const kind = authenticationOf(one);
    return kind !== undefined && wanted.has(kind);
  });
  if (ofKind.length === 0) {
    const kinds = credentials.flatMap((one) => authenticationOf(one) ?? []);
    return {
      detail: `${common}, which take ${listed([...wanted].map(proofOf))}; this server has ${listed([...new Set(kinds)].map(proofOf), "no certificate for TLS 1.2")}`,
    };
  }
  if (!ofKind.some((one) => withExchange.some((row) => fits(one, row, hello))))
    return {
      detail: `${common}, but the certificate's curve ${listed(ofKind.flatMap(({ curve }) => curve ?? []))} is not among the client's groups`,
    };
  const { signature_algorithms: schemes = DEFAULT_ALGORITHMS } =
    hello.extensions;
  const fault = schemeMismatch(config, schemes, "TLSv1.2", ofKind);
  return {
    ...fault,
    detail: `${common}, but no signature scheme: ${fault.detail}`,
  };
}

function proofOf(kind: CipherSuite12["authentication"]): string {
  if (kind === "PSK") return "a pre-shared key";
  return kind === "RSA" ? "an RSA certificate" : "an ECDSA certificate";
}
