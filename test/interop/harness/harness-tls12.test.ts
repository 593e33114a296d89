/** Foreign peers talk to each other in TLS 1.2, before puretls meets them. */
import { useCertificates } from "../support/certificates.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import {
  DEFAULT_SUITES12,
  OPTIONAL_SUITES12,
  suiteParts,
} from "../support/scenarios/suites.ts";
import type { Suite12 } from "../support/scenarios/suites.ts";
import { itTalks } from "../support/scenarios/talks.ts";

function inTls12(suite: Suite12) {
  const isPsk = suiteParts(suite).keyExchange?.endsWith("PSK");
  return {
    version: "TLSv1.2",
    suites: [suite],
    ...(isPsk ? { psk: { identity: "client 1", key: "5f".repeat(24) } } : {}),
  } as const;
}

describePeers(["openssl", "gnutls"], (openssl, gnutls) => {
  const certificates = useCertificates();
  for (const suite of [...DEFAULT_SUITES12, ...OPTIONAL_SUITES12]) {
    itTalks(openssl, gnutls, inTls12(suite), certificates);
    if (!gnutls.lacks.client.includes(suite))
      itTalks(gnutls, openssl, inTls12(suite), certificates);
  }
});

describePeers(["openssl", "node"], (openssl, node) => {
  const certificates = useCertificates();
  const suite = "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256";
  itTalks(openssl, node, inTls12(suite), certificates);
  itTalks(node, openssl, inTls12(suite), certificates);
});

for (const name of ["mbedtls", "java", "go", "python", "erlang"] as const)
  describePeers(["openssl", name], (openssl, own) => {
    const certificates = useCertificates();
    const some = DEFAULT_SUITES12.slice(0, 1);
    const other = OPTIONAL_SUITES12.findLast(
      (suite) => ![...own.lacks.client, ...own.lacks.server].includes(suite),
    );
    for (const suite of [...some, other].flatMap((name) => name ?? [])) {
      itTalks(openssl, own, inTls12(suite), certificates);
      itTalks(own, openssl, inTls12(suite), certificates);
    }
  });
