/** Details for errors of a server that finds no suite of TLS 1.2. */
import type { ErrorDetails } from "../../../errors.ts";
import { canSpeak } from "../../config/checks.ts";
import type { ServerConfig } from "../../config/config.ts";
import type { Credential } from "../../credentials/credential.ts";
import type { ClientHello } from "../../messages/client-hello.ts";
import type { CipherSuite12 } from "../../registries/cipher-suites.ts";
import { isCurve } from "../../registries/groups.ts";
import { listed } from "../../registries/listing.ts";
import { chooseExchange } from "../../tls12/key-exchange.ts";
import { authenticationOf } from "../../tls12/peer-certificate.ts";
import {
  groupMismatch,
  offeredSuites,
  remedy,
  schemeMismatch,
  suitesText,
} from "../mismatch.ts";
import { best12, DEFAULT_ALGORITHMS, fits } from "./negotiate.ts";

/** Suites, or what else those in common take. */
export function suiteMismatch12(
  shared: readonly CipherSuite12[],
  config: ServerConfig,
  hello: ClientHello,
  credentials: readonly Credential[],
): ErrorDetails {
  return shared.length === 0
    ? noSuite(config, hello, credentials)
    : suiteWithout(shared, config, hello, credentials);
}

/** No suite is offered and enabled; some that are offered could be. */
function noSuite(
  config: ServerConfig,
  hello: ClientHello,
  credentials: readonly Credential[],
): ErrorDetails {
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
): ErrorDetails {
  const common = `in common are ${listed(shared.map(({ name }) => name))}`;
  const withExchange = shared.filter(
    ({ keyExchange }) =>
      chooseExchange(keyExchange, config, hello) !== undefined,
  );
  if (withExchange.length === 0) {
    const fault = groupMismatch(config, hello, isCurve);
    return {
      ...fault,
      detail: `${common}, but no group: ${fault.detail ?? ""}`,
    };
  }
  const wanted = new Set(withExchange.map((row) => row.authentication));
  const ofKind = credentials.filter((one) => {
    const kind = authenticationOf(one);
    return kind !== undefined && wanted.has(kind);
  });
  if (ofKind.length === 0) {
    const kinds = credentials.flatMap((one) => authenticationOf(one) ?? []);
    return {
      detail: `${common}, which take ${listed([...wanted].map(proofText))}; this server has ${listed([...new Set(kinds)].map(proofText), "no certificate for TLS 1.2")}`,
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
    detail: `${common}, but no signature scheme: ${fault.detail ?? ""}`,
  };
}

function proofText(kind: CipherSuite12["authentication"]): string {
  if (kind === "PSK") return "a pre-shared key";
  return kind === "RSA" ? "an RSA certificate" : "an ECDSA certificate";
}
