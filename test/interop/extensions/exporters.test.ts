/**
 * Key material that leaves a connection, as foreign peers print it: exporters
 * (RFC 5705, RFC 9846 7.5), and channel bindings (RFC 5929, RFC 9266).
 */
import { describe, expect, it } from "vitest";
import { asciiBytes, toHex } from "../../../src/bytes.ts";
import { SSLContext, type SSLSocket } from "../../../src/index.ts";
import { connect, nodePlatform, serve } from "../../../src/net/node.ts";
import { testAuthority, testServer } from "../../support/pki.ts";
import { useFiles } from "../support/puretls/engines.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { PeerProcess, startServer } from "../support/process.ts";

const file = useFiles();
const ca = file("ca.pem", testAuthority().pem);
const { certificatePem, keyPem } = testServer();
const identity = {
  cert: file("server.pem", certificatePem),
  key: file("server-key.pem", keyPem),
};
const VERSIONS = ["TLSv1.3", "TLSv1.2"] as const;
type Version = (typeof VERSIONS)[number];
const LABEL = "EXPORTER-puretls-test";

/** Our client, connected. */
function client(port: number, maximumVersion: Version): Promise<SSLSocket> {
  const context = new SSLContext({
    platform: nodePlatform,
    maximumVersion,
    verifyLocations: { ca: testAuthority().pem },
  });
  return connect({ host: "localhost", port, context });
}

/** Our server, and the one client that it has. */
async function served(
  maximumVersion: Version,
  start: (port: number) => PeerProcess,
): Promise<{ readonly peer: PeerProcess; readonly socket: SSLSocket }> {
  const context = new SSLContext({
    protocol: "tlsServer",
    platform: nodePlatform,
    maximumVersion,
    certChain: { cert: certificatePem, key: keyPem },
  });
  const server = await serve({ host: "127.0.0.1", port: 0, context });
  const peer = start(server.port);
  const { socket } = await server.accept();
  await server.close();
  return { peer, socket };
}

const exported = (socket: SSLSocket): string =>
  toHex(socket.exportKeyingMaterial(LABEL, 24));

const opensslVersion = (version: Version): string =>
  version === "TLSv1.3" ? "-tls1_3" : "-tls1_2";

describePeers(["openssl"], () => {
  const options = ["-keymatexport", LABEL, "-keymatexportlen", "24"];
  const printed = (log: string): string | undefined =>
    /Keying material: ([0-9A-F]+)/.exec(log)?.[1]?.toLowerCase();

  describe.each(VERSIONS)("%s", (version) => {
    it("its server exports what we do", async () => {
      const { port, server } = await startServer(
        (free) =>
          new PeerProcess(
            "openssl",
            [
              ...["s_server", "-accept", `127.0.0.1:${String(free)}`],
              ...["-cert", identity.cert, "-key", identity.key],
              ...[opensslVersion(version), ...options],
            ],
            "log",
          ),
      );
      const socket = await client(port, version);
      await server.logged(/Keying material: [0-9A-F]{48}/);
      expect(printed(server.log())).toBe(exported(socket));
      await socket.close();
    });

    it("its client exports what we do", async () => {
      const { peer, socket } = await served(
        version,
        (port) =>
          new PeerProcess(
            "openssl",
            [
              ...["s_client", "-connect", `127.0.0.1:${String(port)}`],
              ...["-CAfile", ca, ...options],
            ],
            "log",
          ),
      );
      await peer.logged(/Keying material: [0-9A-F]{48}/);
      expect(printed(peer.log())).toBe(exported(socket));
      await socket.close();
    });
  });
});

describePeers(["gnutls"], () => {
  /** Finds a binding in the program's output; undefined where there is none. */
  const printed = (log: string, type: string): string | undefined =>
    new RegExp(`'${type}': ([0-9a-f]{8,})`).exec(log)?.[1];

  const bindings = (socket: SSLSocket): Record<string, string | undefined> => {
    const of = (
      type: "tls-unique" | "tls-server-end-point" | "tls-exporter",
    ) => {
      const bytes = socket.getChannelBinding(type);
      return bytes === null ? undefined : toHex(bytes);
    };
    return {
      "tls-unique": of("tls-unique"),
      "tls-server-end-point": of("tls-server-end-point"),
      "tls-exporter": of("tls-exporter"),
    };
  };

  describe.each(VERSIONS)("%s", (version) => {
    const priority = `NORMAL:-VERS-ALL:+VERS-${version.replace("v", "")}`;

    it("its server has the channel bindings that we have", async () => {
      const { port, server } = await startServer(
        (free) =>
          new PeerProcess(
            "gnutls-serv",
            [
              ...["--echo", "-p", String(free), "--priority", priority],
              ...["--x509certfile", identity.cert],
              ...["--x509keyfile", identity.key, "--disable-client-cert"],
            ],
            "log",
          ),
      );
      const socket = await client(port, version);
      await server.logged(/'tls-exporter': [0-9a-f]{64}/);
      const own = bindings(socket);
      for (const [type, value] of Object.entries(own))
        expect([type, printed(server.log(), type)]).toEqual([type, value]);
      expect(own["tls-unique"] === undefined).toBe(version === "TLSv1.3");
      await socket.close();
    });

    it("its client has the channel bindings that we have", async () => {
      const { peer, socket } = await served(
        version,
        (port) =>
          new PeerProcess(
            "gnutls-cli",
            [
              ...["-p", String(port), "--x509cafile", ca, "--verbose"],
              ...["--priority", priority, "--verify-hostname", "localhost"],
              "127.0.0.1",
            ],
            "log",
          ),
      );
      await socket.sendAll(asciiBytes("hello\n"));
      await peer.logged(/'tls-exporter': [0-9a-f]{64}/);
      for (const [type, value] of Object.entries(bindings(socket)))
        expect([type, printed(peer.log(), type)]).toEqual([type, value]);
      await socket.close();
    });
  });
});
