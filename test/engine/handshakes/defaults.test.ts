/** Sides that name nothing: their versions, suites, schemes and tickets. */
import { expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type CipherSuite,
  CIPHER_SUITES,
  SIGNATURE_SCHEMES,
  TicketKeys,
} from "../../../src/engine/index.ts";
import { EVERY_EXTENSION } from "../../../src/handshake/features/every-feature.ts";
import { readClientHello } from "../../../src/handshake/messages/client-hello.ts";
import { newPair, testClientConfig } from "../../support/engines.ts";
import { connect, sessionsAfter } from "../../support/sessions.ts";

/** The ClientHello of a client with every default. */
function helloOf() {
  const { client } = newPair(testClientConfig({ grease: false }));
  const raw = client.takeOutput().subarray(5);
  return readClientHello(
    { type: 1, body: raw.subarray(4), raw },
    EVERY_EXTENSION,
  );
}

// [9846-4.3.1-06]
it("have TLS 1.3 and TLS 1.2, and a server takes the newest", () => {
  expect(helloOf().extensions.supported_versions).toEqual([0x0304, 0x0303]);
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    const one = connect({ client: { versions: [version] } });
    expect(one.server.info?.version).toBe(version);
    const other = connect({ server: { versions: [version] } });
    expect(other.client.info?.version).toBe(version);
  }
  expect(connect({}).client.info?.version).toBe("TLSv1.3");
});

// [9846-E.5-01]
it("offer suites with forward secrecy and an AEAD alone", () => {
  const rows: readonly CipherSuite[] = Object.values(CIPHER_SUITES);
  const offered = helloOf().cipherSuites.map((code) =>
    rows.find((row) => row.code === code),
  );
  expect(offered.length).toBeGreaterThan(3);
  for (const suite of offered)
    expect(suite?.name).toMatch(
      /^TLS_(ECDHE_(ECDSA|RSA)_WITH_)?(AES_\d+_GCM|CHACHA20_POLY1305)_SHA\d+$/,
    );
});

// [9846-4.5.1.3-06]
it("sign over SHA-256 and longer hashes", () => {
  const schemes = helloOf().extensions.signature_algorithms ?? [];
  const weak = Object.values(SIGNATURE_SCHEMES).filter(({ signature }) =>
    signature.endsWith("sha1"),
  );
  expect(weak).toHaveLength(2);
  for (const { code } of weak) expect(schemes).not.toContain(code);
});

// [9846-C.4-02]
it("leave a client a ticket for each of two connections", () => {
  const server = { ticketKeys: new TicketKeys({ provider: noble }) };
  expect(sessionsAfter(connect({ server }))).toHaveLength(2);
});
