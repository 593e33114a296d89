/**
 * Stapled OCSP responses and timestamps, by the side that staples and the side
 * that checks.
 */
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import { createCredential } from "../../../src/engine/index.ts";
import {
  createVerifier,
  encodeBase64,
  encodePem,
  requireTimestamps,
  TrustStore,
} from "../../../src/x509/index.ts";
import { testClientConfig } from "../../support/engines.ts";
import { testAuthority, testKey, testServer } from "../../support/pki.ts";
import {
  issueWithTimestamps,
  timestampOf,
} from "../../support/transparency.ts";
import { clientTalk, useFiles } from "../support/puretls/engines.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { clientProgram, serverProgram } from "../support/programs.ts";

const file = useFiles();
const identity = testServer();
const { certificate } = identity.issued;
const ca = file("ca.pem", testAuthority().pem);
const cert = file("cert.pem", identity.certificatePem);
const key = file("key.pem", identity.keyPem);
const good = testAuthority().createOcspResponse(certificate);

describePeers(["openssl"], () => {
  describe.each(["TLSv1.2", "TLSv1.3"] as const)("in %s", (version) => {
    const versions = [version];
    it("its server staples, and our client requires it", async () => {
      const response = file("good.der", good);
      const { port } = await serverProgram((free) => [
        ...([
          "openssl",
          "s_server",
          "-accept",
          `127.0.0.1:${String(free)}`,
        ] as const),
        ...["-cert", cert, "-key", key, "-status_file", response, "-quiet"],
      ]);
      const trustStore = TrustStore.of(testAuthority().der);
      const verifier = createVerifier({
        provider: noble,
        trustStore,
        ocsp: "require",
      });
      const config = testClientConfig({
        versions,
        verifier,
        ocspStapling: true,
      });
      const { engine } = await clientTalk(port, config);
      expect(engine.info?.peer?.verified).toBe(true);
      const unasked = await clientTalk(
        port,
        testClientConfig({ versions, verifier }),
      );
      expect(unasked.engine.error?.reason).toBe(
        "bad_certificate_status_response",
      );
    });

    it("its server staples that the certificate is revoked", async () => {
      const revoked = testAuthority().createOcspResponse(certificate, {
        status: "revoked",
      });
      const response = file("revoked.der", revoked);
      const { port } = await serverProgram((free) => [
        ...([
          "openssl",
          "s_server",
          "-accept",
          `127.0.0.1:${String(free)}`,
        ] as const),
        ...["-cert", cert, "-key", key, "-status_file", response, "-quiet"],
      ]);
      const config = testClientConfig({ versions, ocspStapling: true });
      const { engine } = await clientTalk(port, config);
      expect(engine.error?.alert).toBe("certificate_revoked");
    });

    const logKey = testKey("ec-p256");
    const stapling = createCredential({
      provider: noble,
      chain: identity.chain,
      key: { algorithm: "ecPublicKey", key: identity.key },
      ocspResponse: good,
      scts: [timestampOf(logKey, certificate)],
    });

    it("its server staples a timestamp, and our client requires it", async () => {
      const transparency = requireTimestamps({
        provider: noble,
        logs: [{ key: logKey.publicKeyInfo() }],
        minimum: 1,
      });
      const trustStore = TrustStore.of(testAuthority().der);
      const verifier = createVerifier({
        provider: noble,
        trustStore,
        transparency,
      });
      const sct = timestampOf(logKey, certificate);
      const { length } = sct;
      // ClientHello, ServerHello of TLS 1.2 and Certificate of TLS 1.3; type 18.
      const head = [0, 0, 0x11, 0xc0, 0, 18, 0, length + 4, 0, length + 2];
      const entry = Uint8Array.from([...head, 0, length, ...sct]);
      const info = file(
        "info.pem",
        encodePem("SERVERINFOV2 FOR TIMESTAMPS", entry),
      );
      const { port } = await serverProgram((free) => [
        ...(["openssl", "s_server"] as const),
        ...["-accept", `127.0.0.1:${String(free)}`, "-quiet"],
        ...["-cert", cert, "-key", key, "-serverinfo", info],
      ]);
      const config = { versions, verifier };
      const { engine } = await clientTalk(
        port,
        testClientConfig({ ...config, signedCertificateTimestamps: true }),
      );
      expect(engine.error).toBeUndefined();
      const unasked = await clientTalk(port, testClientConfig(config));
      expect(unasked.engine.error?.alert).toBe("certificate_unknown");
    });

    const embedded = issueWithTimestamps(testAuthority(), testKey("ec-p256"), [
      logKey,
    ]);
    const embedding = createCredential({
      provider: noble,
      chain: embedded.chain,
      key: { algorithm: "ecPublicKey", key: embedded.key.privateKey },
      ocspResponse: testAuthority().createOcspResponse(embedded.certificate),
    });

    it.each([
      ["beside the certificate", stapling],
      ["inside the certificate", embedding],
    ])("its client reads our response, and a timestamp %s", async (_, own) => {
      const logs = file(
        "logs.cnf",
        `enabled_logs = one\n[one]\ndescription = one\nkey = ${encodeBase64(logKey.publicKeyInfo())}\n`,
      );
      const { peer, done } = await clientProgram(
        { versions, credentials: [own] },
        (port) => [
          ...([
            "openssl",
            "s_client",
            "-connect",
            `127.0.0.1:${String(port)}`,
          ] as const),
          ...["-CAfile", ca, "-servername", "localhost", "-status"],
          ...["-ct", "-ctlogfile", logs],
        ],
      );
      await peer.logged(/Verify return code/);
      peer.endInput();
      await done;
      await peer.logged(/OCSP Response Status: successful/);
      await peer.logged(/Cert Status: good/);
      await peer.logged(/validation status: valid/i);
    });
  });
});

describePeers(["boringssl"], () => {
  it("its server staples, and our client requires it", async () => {
    const response = file("good.der", good);
    const { port } = await serverProgram((free) => [
      ...(["bssl-tool", "server", "-accept", String(free)] as const),
      ...["-cert", cert, "-key", key, "-ocsp-response", response],
    ]);
    const verifier = createVerifier({
      provider: noble,
      trustStore: TrustStore.of(testAuthority().der),
      ocsp: "require",
    });
    const config = testClientConfig({ verifier, ocspStapling: true });
    const { engine } = await clientTalk(port, config);
    expect(engine.info?.peer?.verified).toBe(true);
  });

  it("its client accepts our response and our timestamps", async () => {
    const own = createCredential({
      provider: noble,
      chain: identity.chain,
      key: { algorithm: "ecPublicKey", key: identity.key },
      ocspResponse: good,
      scts: [timestampOf(testKey("ec-p256"), certificate)],
    });
    const { peer, done } = await clientProgram(
      { credentials: [own] },
      (port) => [
        ...(["bssl-tool", "client", "-connect"] as const),
        ...[`127.0.0.1:${String(port)}`, "-server-name", "localhost"],
        ...["-root-certs", ca, "-ocsp-stapling"],
        "-signed-certificate-timestamps",
      ],
    );
    await peer.logged(/OCSP staple: yes[^]*SCT list: yes/);
    peer.endInput();
    await done;
  });
});
