/**
 * Several certificates of one server, chosen by what OpenSSL's client can check,
 * with everything that may be elsewhere elsewhere: the choice by name, the keys,
 * and on the way back the judgement of the client's certificate.
 */
import { describe, expect, it } from "vitest";
import { asciiBytes } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import { SIGNATURE_SCHEMES } from "../../../src/engine/index.ts";
import { type CertChainSource, SSLContext } from "../../../src/index.ts";
import { nodePlatform, serve } from "../../../src/net/node.ts";
import { ja4 } from "../../../src/trace/index.ts";
import {
  type KeyKind,
  testAuthority,
  testClient,
  testServer,
} from "../../support/pki.ts";
import { testVerifier } from "../../support/engines.ts";
import { useFiles } from "../support/puretls/engines.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { PeerProcess } from "../support/process.ts";

const file = useFiles();
const ca = file("ca.pem", testAuthority().pem);
const client = testClient();
const cert = file("client.pem", client.certificatePem);
const key = file("client-key.pem", client.keyPem);
const later = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

/** A certificate whose key answers after a while. */
function remote(kind: KeyKind): CertChainSource {
  const { certificatePem, key: hidden } = testServer(kind);
  return {
    cert: certificatePem,
    key: {
      sign: async (scheme, content) => {
        await later();
        const sign = noble.signers[SIGNATURE_SCHEMES[scheme].signature];
        if (sign === undefined) throw new Error(`no signer for ${scheme}`);
        return sign(hidden, content, noble.random);
      },
    },
  };
}

/**
 * Values of s_client's option -sigalgs, and what s_client prints of our choice.
 */
const CHOICES = {
  "ECDSA+SHA256": "ECDSA",
  "RSA-PSS+SHA256": "RSA-PSS",
  ed25519: "ed25519",
} as const;

describePeers(["openssl"], () => {
  describe.each(["-tls1_3", "-tls1_2"])("%s", (version) => {
    it.each(Object.entries(CHOICES))("%s", async (sigalgs, shown) => {
      // Its own key signs by the same list.
      const isAsked = shown === "ECDSA";
      const site = new SSLContext({
        protocol: "tlsServer",
        platform: nodePlatform,
        verifyMode: isAsked ? "required" : "none",
        verifier: {
          verify: async (peer, at) => {
            await later();
            return testVerifier().verify(peer, at);
          },
        },
      });
      for (const kind of ["rsa", "ed25519", "ec-p256"] as const)
        site.loadCertChain(remote(kind));
      const prints: string[] = [];
      const front = new SSLContext({
        protocol: "tlsServer",
        platform: nodePlatform,
        sniCallback: async (_connection, name, _context, { raw }) => {
          await later();
          prints.push(ja4(raw));
          return name === "localhost" ? { context: site } : undefined;
        },
      });
      const server = await serve({
        host: "127.0.0.1",
        port: 0,
        context: front,
      });
      const peer = new PeerProcess("openssl", [
        ...["s_client", "-connect", `127.0.0.1:${String(server.port)}`],
        ...["-brief", version, "-sigalgs", sigalgs],
        ...["-CAfile", ca, "-servername", "localhost", "-verify_return_error"],
        ...(isAsked ? ["-cert", cert, "-key", key] : []),
      ]);
      const { socket } = await server.accept();
      await socket.sendAll(asciiBytes("fine\n"));
      await peer.prints("fine");
      await peer.logged(/Signature type: .*\n/);
      expect(/Signature type: (.*)/.exec(peer.log())?.[1]).toBe(shown);
      expect(socket.getPeerCert({ binary: true })).toEqual(
        isAsked ? client.chain[0] : null,
      );
      expect(prints[0]).toMatch(version === "-tls1_3" ? /^t13d/ : /^t12d/);
      await socket.close();
      await server.close();
    });
  });
});
