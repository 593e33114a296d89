/** Suites and groups of equal preference on a server, and openssl's orders. */
import { describe, expect, it } from "vitest";
import {
  type Preferences,
  SSLContext,
  type SSLContextOptions,
} from "../../../src/index.ts";
import { serve } from "../../../src/net/node.ts";
import { useCertificates } from "../support/certificates.ts";
import { probe } from "../support/probe.ts";
import { broughtByPeer, PeerProcess } from "../support/process.ts";
import { describeProgram } from "../support/scenarios/peers.ts";

const found = probe({
  source: "Debian package openssl",
  programs: [["openssl", "version"]],
});

const AES = "ECDHE-ECDSA-AES128-GCM-SHA256";
const CHACHA = "ECDHE-ECDSA-CHACHA20-POLY1305";
const WORSE = "ECDHE-ECDSA-AES256-SHA384";
const AES13 = "TLS_AES_128_GCM_SHA256";
const CHACHA13 = "TLS_CHACHA20_POLY1305_SHA256";
const AES256 = "TLS_AES_256_GCM_SHA384";

describeProgram("openssl", "equal preference, with openssl", found, () => {
  const certificates = useCertificates();

  /** Suite and group of a connection of s_client. */
  async function agreed(
    options: SSLContextOptions,
    ...flags: readonly string[]
  ) {
    const { cert: certFile, key: keyFile } =
      certificates().server["ECDSA P-256"];
    const context = new SSLContext({
      protocol: "tlsServer",
      certChain: { certFile, keyFile },
      ...options,
    });
    const server = await serve({ context });
    try {
      const connect = `127.0.0.1:${String(server.port)}`;
      new PeerProcess(
        "openssl",
        ["s_client", "-connect", connect, ...flags],
        "log",
      );
      const { socket } = await broughtByPeer("openssl", server.accept());
      return { suite: socket.cipher()?.name, group: socket.group() };
    } finally {
      await server.close();
    }
  }

  describe.each([
    [AES, CHACHA],
    [CHACHA, AES],
  ])("TLS 1.2, a client that has %s before %s", (first, second) => {
    it.each<[string, string, string]>([
      ["equal", `[${CHACHA}|${AES}]:${WORSE}`, first],
      ["in the server's order", `${AES}:${CHACHA}:${WORSE}`, AES],
    ])("%s", async (_what, ciphers, suite) => {
      const list = [WORSE, first, second].join(":");
      const flags = ["-tls1_2", "-cipher", list];
      expect(await agreed({ ciphers }, ...flags)).toMatchObject({ suite });
    });
  });

  describe.each([
    [AES13, CHACHA13],
    [CHACHA13, AES13],
  ])("TLS 1.3, a client that has %s before %s", (first, second) => {
    it.each<[string, Preferences<string>, string]>([
      ["equal", [[CHACHA13, AES13], AES256], first],
      ["in the server's order", [AES13, CHACHA13, AES256], AES13],
    ])("%s", async (_what, ciphersuites, suite) => {
      const list = [AES256, first, second].join(":");
      const flags = ["-tls1_3", "-ciphersuites", list];
      expect(await agreed({ ciphersuites }, ...flags)).toMatchObject({ suite });
    });
  });

  describe.each(["-tls1_2", "-tls1_3"])("groups, %s", (version) => {
    const groups = "x25519:P-256 / P-384";

    it.each([
      ["X25519:P-256", "x25519"],
      ["P-256:X25519", "secp256r1"],
      // TLS 1.3 has a share of P-384 alone: it takes a HelloRetryRequest.
      ["P-384:P-256:X25519", "secp256r1"],
      ["P-384:X25519:P-256", "x25519"],
    ])("a client that has %s", async (theirs, group) => {
      const flags = [version, "-groups", theirs];
      expect(await agreed({ groups }, ...flags)).toMatchObject({ group });
    });
  });
});
