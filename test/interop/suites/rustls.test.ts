import { describe, expect, it } from "vitest";
import type { CertificateCompressor } from "../../../src/compression/index.ts";
import * as portable from "../../../src/compression/index.ts";
import { brotli, zlib } from "../../../src/compression/node.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import { createRawPublicKeyCredential } from "../../../src/engine/index.ts";
import {
  createVerifier,
  trustRawPublicKeys,
  TrustStore,
} from "../../../src/x509/index.ts";
import {
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../../support/engines.ts";
import {
  testAuthority,
  testClient,
  testKey,
  testServer,
} from "../../support/pki.ts";
import { echClientTests } from "../support/programs/ech-programs.ts";
import {
  clientTalk,
  serverTalk,
  useFiles,
} from "../support/puretls/engines.ts";
import { textPayload } from "../support/scenarios/payload.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { interopSuite } from "../support/scenarios/scenarios.ts";
import { zstdRow } from "../support/programs/zstd.ts";

interopSuite("rustls");
interopSuite("rustls", { version: "TLSv1.2" });

describePeers(["rustls"], (peer) => {
  const file = useFiles();
  const [server, client] = [testServer(), testClient()];
  const ca = file("ca.pem", testAuthority().pem);
  const serverFiles = {
    cert: file("server.pem", server.certificatePem),
    key: file("server.key", server.keyPem),
  };
  const clientFiles = {
    cert: file("client.pem", client.certificatePem),
    key: file("client.key", client.keyPem),
  };
  const payload = textPayload(128);

  /** The same row, with what it did. */
  function counted(row: CertificateCompressor) {
    const did = { compressed: 0, decompressed: 0 };
    const counting: CertificateCompressor = {
      ...row,
      evenIfLonger: true,
      compress: (data) => {
        did.compressed++;
        return row.compress(data);
      },
      decompress: (data, length) => {
        did.decompressed++;
        return row.decompress(data, length);
      },
    };
    return { did, certificateCompression: [counting] };
  }

  describe.each([
    ["zlib", portable.zlib],
    ["zlib", zlib],
    ["brotli", brotli],
    ...(zstdRow ? ([["zstd", zstdRow]] as const) : []),
  ] as const)("certificates of both sides compressed by %s", (name, row) => {
    const further = { compress: name };

    it("with its server", async () => {
      const { did, certificateCompression } = counted(row);
      const listener = await peer.server?.({
        ...{ identity: serverFiles, clientAuth: "required", ca, further },
      });
      const { engine, received } = await clientTalk(
        listener?.port ?? 0,
        testClientConfig({
          certificateCompression,
          credentials: [testCredential("ec-p256", "client")],
        }),
      );
      expect(engine.info?.peer?.verified).toBe(true);
      expect(received).toHaveLength(6);
      expect(did).toEqual({ compressed: 1, decompressed: 1 });
    });

    it("with its client", async () => {
      const { did, certificateCompression } = counted(row);
      const { port, done } = await serverTalk(
        testServerConfig({
          certificateCompression,
          clientAuthentication: "required",
        }),
      );
      const run = await peer.client(
        { port, ca, identity: clientFiles, further },
        payload,
      );
      expect(run.received).toEqual(payload);
      expect((await done).engine.info?.peer?.verified).toBe(true);
      expect(did).toEqual({ compressed: 1, decompressed: 1 });
    });
  });

  describe("raw public keys of both sides", () => {
    const [ours, theirs] = [testKey("ec-p256"), testKey("ed25519")];
    const own = createRawPublicKeyCredential({
      provider: noble,
      publicKeyInfo: ours.publicKeyInfo(),
      key: { algorithm: ours.algorithm, key: ours.privateKey },
    });
    const rawPublicKeys = trustRawPublicKeys([theirs.publicKeyInfo()]);
    const identity = {
      cert: file("theirs.der", theirs.publicKeyInfo()),
      key: file("theirs.key", theirs.toPem()),
    };
    const further = { raw_ca: file("ours.der", ours.publicKeyInfo()) };

    it("with its server", async () => {
      const listener = await peer.server?.({
        ...{ identity, clientAuth: "required", further },
      });
      const { engine, received } = await clientTalk(
        listener?.port ?? 0,
        testClientConfig({ credentials: [own], rawPublicKeys }),
      );
      expect(engine.info?.peerRawPublicKey?.der).toEqual(
        theirs.publicKeyInfo(),
      );
      expect(received).toHaveLength(6);
    });

    it("with its client", async () => {
      const { port, done } = await serverTalk(
        testServerConfig({
          credentials: [own],
          rawPublicKeys,
          clientAuthentication: "required",
        }),
      );
      const run = await peer.client({ port, ca, identity, further }, payload);
      expect(run.received).toEqual(payload);
      expect((await done).engine.info?.peerRawPublicKey?.der).toEqual(
        theirs.publicKeyInfo(),
      );
    });
  });

  it("its server staples, and our client requires it", async () => {
    const { certificate } = server.issued;
    const response = testAuthority().createOcspResponse(certificate);
    const listener = await peer.server?.({
      identity: serverFiles,
      further: { ocsp: file("good.der", response) },
    });
    const verifier = createVerifier({
      provider: noble,
      trustStore: TrustStore.of(testAuthority().der),
      ocsp: "require",
    });
    const { engine } = await clientTalk(
      listener?.port ?? 0,
      testClientConfig({ verifier, ocspStapling: true }),
    );
    expect(engine.info?.peer?.verified).toBe(true);
  });

  echClientTests(peer);
});
