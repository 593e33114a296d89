/** Peers that are not verified need no certificate that can be read in full. */
import { describe, expect, it } from "vitest";
import { node as provider } from "../../../src/crypto/node.ts";
import {
  Certificate,
  dangerouslyAcceptAnyCertificate,
  X509Error,
} from "../../../src/x509/index.ts";
import {
  newPair,
  type Pair,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../../support/engines.ts";
import { testKey } from "../../support/pki.ts";
import { unreadableCertificates } from "../../support/unreadable-certificates.ts";

const CERTIFICATES = unreadableCertificates(testKey("ec-p256").publicKeyInfo());
const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;
type Version = (typeof VERSIONS)[number];

/** A server that presents it, whatever it is. */
function connect(der: Uint8Array, version: Version, accepts: boolean): Pair {
  const verifier = dangerouslyAcceptAnyCertificate();
  return shuttle(
    newPair(
      testClientConfig({
        provider,
        versions: [version],
        ...(accepts && { verifier }),
      }),
      testServerConfig({
        provider,
        versions: [version],
        credentials: [{ ...testCredential(), chain: [der] }],
      }),
    ),
  );
}

describe.each(VERSIONS)("%s", (version) => {
  it.each(CERTIFICATES)("$what", ({ der }) => {
    const { client, server } = connect(der, version, true);
    expect(client.error ?? server.error).toBeUndefined();
    const peer = client.info?.peer;
    expect(peer?.leaf.der).toEqual(der);
    expect(peer?.verified).toBe(false);
    // Who verifies refuses it.
    expect(connect(der, version, false).client.error?.alert).toMatch(
      /certificate|decode_error|unknown_ca/,
    );
  });

  it.each(CERTIFICATES)("$what, above a leaf that needs it not", ({ der }) => {
    const credential = testCredential();
    const chain = [...credential.chain, der];
    const { client, server } = shuttle(
      newPair(
        testClientConfig({ provider, versions: [version] }),
        testServerConfig({
          provider,
          versions: [version],
          credentials: [{ ...credential, chain }],
        }),
      ),
    );
    expect(client.error ?? server.error).toBeUndefined();
    expect(client.info?.peer?.verified).toBe(true);
    expect(client.info?.peer?.leaf.der).toEqual(chain[0]);
  });

  it("a certificate whose key is not there", () => {
    for (const [der] of [
      [Uint8Array.of(0x30, 0)],
      [new Uint8Array()],
      [Uint8Array.of(0x30, 4, 0x30, 2, 5, 0)],
    ] as const) {
      const { client } = connect(der, version, true);
      expect(client.info).toBeUndefined();
      expect(client.error?.direction).toBe("sent");
    }
  });

  it("the peer still has to have the key", () => {
    const [other] = unreadableCertificates(testKey("ec-p384").publicKeyInfo());
    const [one] = unreadableCertificates(testKey("ed25519").publicKeyInfo());
    for (const der of [other?.der, one?.der]) {
      if (der === undefined) throw new Error("no certificate");
      const { client } = connect(der, version, true);
      expect(client.info).toBeUndefined();
    }
  });
});

it("a getter of a key alone throws where it looks at what is malformed", () => {
  const [twice] = CERTIFICATES;
  if (twice === undefined) throw new Error("no certificate");
  expect(() => Certificate.parse(twice.der)).toThrow(X509Error);
  const certificate = Certificate.parseKeyAlone(twice.der);
  expect(certificate.subjectPublicKeyInfo.algorithm).toBe("ecPublicKey");
  expect(certificate.subjectPublicKeyInfoDer).toEqual(
    testKey("ec-p256").publicKeyInfo(),
  );
  expect(() => certificate.keyUsage).toThrow(X509Error);
  certificate.forgetDecoded();
  expect(() => certificate.subject).toThrow(X509Error);
});
