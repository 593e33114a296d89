/**
 * OpenSSL's s_server with certificates that cannot be read in full: ours next to
 * CPython's client, both under CERT_NONE, and ours under CERT_REQUIRED.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { SSLContext, SSLError } from "../../../src/index.ts";
import { connect, nodePlatform } from "../../../src/net/node.ts";
import { testKey } from "../../support/pki.ts";
import { unreadableCertificates } from "../../support/unreadable-certificates.ts";
import { useFiles } from "../support/puretls/engines.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { PeerProcess, startServer } from "../support/process.ts";

const file = useFiles();
/** A server of TLS 1.2 uses no ECDSA key whose key usage it cannot read. */
const VERSIONS = [
  ["tls1_2", "rsa"],
  ["tls1_3", "ec-p256"],
] as const;

/**
 * A client of CPython with CERT_NONE, which prints what it knows of the
 * certificate.
 */
const CLIENT = `
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
try:
    with context.wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[1]))), server_hostname="localhost") as tls:
        print(tls.getpeercert(), tls.getpeercert(True).hex())
except ssl.SSLError as error:
    print(error.reason)
`;

async function python(port: number): Promise<string> {
  const run = promisify(execFile);
  const { stdout } = await run("python3", ["-c", CLIENT, String(port)]);
  return stdout.trim();
}

/** Ours. */
async function ours(
  port: number,
  verifyMode: "none" | "required",
): Promise<string> {
  const context = new SSLContext({
    platform: nodePlatform,
    checkHostname: false,
    verifyMode,
  });
  try {
    const socket = await connect({ host: "localhost", port, context });
    const der = socket.getPeerCert({ binary: true }) ?? new Uint8Array();
    const said = JSON.stringify(socket.getPeerCert());
    await socket.close();
    return `${said} ${Buffer.from(der).toString("hex")}`;
  } catch (error) {
    if (error instanceof SSLError) return error.reason ?? error.code;
    throw error;
  }
}

describePeers(["openssl", "python"], () => {
  describe.each(VERSIONS)("%s", (version, kind) => {
    const key = testKey(kind);
    const keyFile = file(`unreadable-${kind}-key.pem`, key.toPem());
    it.each(unreadableCertificates(key.publicKeyInfo()))(
      "$what",
      async ({ what, pem, der }) => {
        const cert = file(`${kind}-${what.replaceAll(" ", "-")}.pem`, pem);
        const { port } = await startServer(
          (free) =>
            new PeerProcess("openssl", [
              ...["s_server", "-quiet", `-${version}`],
              ...["-accept", String(free)],
              ...["-cert", cert, "-key", keyFile],
            ]),
        );
        const theirs = await python(port);
        const own = await ours(port, "none");
        expect(own).toBe(`{} ${Buffer.from(der).toString("hex")}`);
        expect([own, what]).toEqual([theirs, what]);
        expect(await ours(port, "required")).toMatch(/CERT/);
      },
    );
  });
});
