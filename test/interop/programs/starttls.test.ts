/** `--starttls`: the same server speaks with openssl s_client and with puretls. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { useCertificates } from "../support/certificates.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { PeerProcess, startServer } from "../support/process.ts";
import { CommandRun } from "../support/puretls/terminal.ts";

const SERVER = fileURLToPath(
  new URL("../peers/python/starttls.py", import.meta.url),
);

/** Those of puretls are those of openssl, by the same names. */
const PROTOCOLS = [
  ...["smtp", "imap", "pop3", "ftp", "ldap", "postgres", "mysql", "xmpp"],
  ...["nntp", "sieve", "lmtp"],
];

describePeers(["openssl"], () => {
  const certificates = useCertificates();

  function starttlsServer(protocol: string) {
    const { cert, key } = certificates().server["ECDSA P-256"];
    return startServer(
      (port) =>
        new PeerProcess("python3", [
          ...[SERVER, protocol, String(port), cert, key],
        ]),
    );
  }

  describe.each(PROTOCOLS)("--starttls %s", (protocol) => {
    it("leads the same server to TLS as openssl does", async () => {
      const { port } = await starttlsServer(protocol);
      const { ca } = certificates();
      const openssl = new PeerProcess("openssl", [
        ...["s_client", "-connect", `localhost:${String(port)}`, "-quiet"],
        ...["-starttls", protocol, "-CAfile", ca, "-verify_return_error"],
      ]);
      openssl.write("from openssl\n");
      await openssl.prints("FROM OPENSSL\n");
      openssl.kill();
      const run = new CommandRun(
        ...["connect", `localhost:${String(port)}`, "--ca", ca, "--quiet"],
        ...["--starttls", protocol, "--timeout", "20"],
      );
      run.stdin.write("from puretls\n");
      expect(await run.exit).toBe(0);
      expect([run.text, run.errors]).toEqual(["FROM PURETLS\n", ""]);
    });
  });

  // openssl has no such protocol.
  it.each(["1.2", "1.3"])("--starttls tds, with TLS %s", async (version) => {
    const { port } = await starttlsServer("tds");
    const run = new CommandRun(
      ...["connect", `localhost:${String(port)}`, "--starttls", "tds"],
      ...["--ca", certificates().ca, "--tls", version, "--timeout", "20"],
      "--quiet",
    );
    run.stdin.write("from puretls\n");
    expect(await run.exit).toBe(0);
    expect([run.text, run.errors]).toEqual(["FROM PURETLS\n", ""]);
  });
});
