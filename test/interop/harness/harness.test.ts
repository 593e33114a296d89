/**
 * Proves the harness before puretls is tested with it: foreign peers talk to
 * each other, and what must fail does.
 */
import { describe, expect, it } from "vitest";
import { useCertificates } from "../support/certificates.ts";
import { nodeServer } from "../support/programs/node-tls.ts";
import type { Group } from "../support/scenarios/options.ts";
import {
  KIB,
  MIB,
  binaryPayload,
  textPayload,
} from "../support/scenarios/payload.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { isListening } from "../support/ports.ts";
import { PeerProcess, startServer } from "../support/process.ts";
import { itTalks } from "../support/scenarios/talks.ts";

function inTls13(group: Group) {
  return { suites: ["TLS_CHACHA20_POLY1305_SHA256"], groups: [group] } as const;
}

describePeers(["openssl", "node"], (openssl, node) => {
  const certificates = useCertificates();
  itTalks(openssl, node, inTls13("secp521r1"), certificates);
  itTalks(node, openssl, inTls13("x25519"), certificates);

  it("a server that requires a certificate rejects a client without one", async () => {
    const server = await node.server?.({
      identity: certificates().server.RSA,
      clientAuth: "required",
      ca: certificates().ca,
    });
    const run = await openssl.client(
      { port: server?.port ?? 0, ca: certificates().ca },
      binaryPayload(KIB),
    );
    expect(run.exitCode).not.toBe(0);
    expect(run.log).toMatch(/certificate required/);
  });

  it("a client that trusts another CA rejects the server", async () => {
    const server = await openssl.server?.({
      identity: certificates().server.RSA,
    });
    const run = await openssl.client(
      { port: server?.port ?? 0, ca: certificates().strangerCa },
      binaryPayload(KIB),
    );
    expect(run.exitCode).not.toBe(0);
    expect(await server?.stop()).toMatch(/unknown ca/);
  });

  it("a server that cannot start reports the reason", async () => {
    const { key } = certificates().server.RSA;
    await expect(
      openssl.server?.({ identity: { cert: "/nowhere.crt", key } }),
    ).rejects.toThrow(/did not listen[^]*\/nowhere\.crt/);
  });
});

describePeers(["openssl", "gnutls"], (openssl, gnutls) => {
  const certificates = useCertificates();
  itTalks(openssl, gnutls, inTls13("secp384r1"), certificates);
  itTalks(gnutls, openssl, inTls13("secp256r1"), certificates);
});

describePeers(["node24"], (node24) => {
  itTalks(node24, node24, inTls13("X25519MLKEM768"), useCertificates());
});

describePeers(["curl", "node"], (curl) => {
  const certificates = useCertificates();
  it("curl posts 1 MiB and gets it back", async () => {
    const server = await nodeServer(process.execPath, {
      identity: certificates().server["ECDSA P-384"],
      http: true,
    });
    const sent = binaryPayload(MIB);
    const run = await curl.client(
      { port: server.port, ca: certificates().ca },
      sent,
    );
    expect(run.log).toMatch(/SSL connection using TLSv1\.3/);
    expect(Buffer.compare(run.received, sent)).toBe(0);
    expect(run.exitCode).toBe(0);
  });
});

describe("peer processes", () => {
  let left: { server: PeerProcess; port: number };

  it("are started", async () => {
    left = await startServer(
      (port) =>
        new PeerProcess(process.execPath, [
          "-e",
          `require("net").createServer().listen(${String(port)})`,
        ]),
    );
    expect(isListening(left.port)).toBe(true);
  });

  it("have ended before the next test", async () => {
    expect((await left.server.exit()).signal).toBe("SIGKILL");
    expect(isListening(left.port)).toBe(false);
  });

  it("that are not there fail with their name", async () => {
    const peer = new PeerProcess("no-such-program", ["--flag"]);
    await expect(peer.logged(/anything/)).rejects.toThrow(
      /no-such-program --flag[^]*ENOENT/,
    );
  });
});

describe("payloads", () => {
  it("differ wherever they are cut", () => {
    for (const make of [binaryPayload, textPayload]) {
      const bytes = make(64 * KIB);
      expect(bytes).toHaveLength(64 * KIB);
      const pieces = new Set<string>();
      for (let at = 0; at < bytes.length; at += 64)
        pieces.add(Buffer.from(bytes.subarray(at, at + 64)).toString("latin1"));
      expect(pieces.size).toBe(KIB);
    }
  });
});
