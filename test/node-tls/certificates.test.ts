import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as nodeTls from "node:tls";
import { describe, expect, it } from "vitest";
import { noble as provider } from "../../src/crypto/noble/index.ts";
import {
  certificateObject,
  x509Certificate,
} from "../../src/node-tls/peer/certificates.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";

const root = createCertificateAuthority({ provider, name: "Root" });
const between = root.issueIntermediate({ name: "Between" });
const issued = between.issueServer({ hosts: ["a.test", "127.0.0.1"] });

describe("certificate objects", () => {
  it("are those of Node's getPeerCertificate()", async () => {
    const server = nodeTls.createServer({
      cert: issued.chainPem,
      key: issued.key.toPem(),
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const socket = nodeTls.connect({
      host: "127.0.0.1",
      port,
      servername: "a.test",
      ca: root.pem,
    });
    try {
      await once(socket, "secureConnect");
      const chain = [...issued.chain, root.certificate.der];
      expect(certificateObject(chain, true)).toEqual(
        socket.getPeerCertificate(true),
      );
      expect(certificateObject(chain, false)).toEqual(
        socket.getPeerCertificate(),
      );
      const theirs = socket.getPeerX509Certificate();
      const ours = x509Certificate(chain);
      expect(ours?.fingerprint256).toBe(theirs?.fingerprint256);
      expect(ours?.issuerCertificate?.fingerprint256).toBe(
        theirs?.issuerCertificate?.fingerprint256,
      );
    } finally {
      socket.destroy();
      server.close();
    }
  });

  it("are empty where there is none", () => {
    expect(certificateObject([], true)).toEqual({});
    expect(x509Certificate([])).toBeUndefined();
  });
});
