/** Sessions, early data and keys of `puretls connect` with OpenSSL's server. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { useCertificates } from "../support/certificates.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { PeerProcess, startServer } from "../support/process.ts";
import { CommandRun } from "../support/puretls/terminal.ts";
import { temporaryFile, temporaryFolder } from "../support/temporary.ts";

describePeers(["openssl"], () => {
  const certificates = useCertificates();

  function openssl(...more: string[]) {
    const { cert, key } = certificates().server["ECDSA P-256"];
    return startServer(
      (free) =>
        new PeerProcess("openssl", [
          ...["s_server", "-accept", `127.0.0.1:${String(free)}`],
          ...["-cert", cert, "-key", key, ...more],
        ]),
    );
  }

  function connect(port: number, ...more: string[]): CommandRun {
    return new CommandRun(
      ...["connect", `localhost:${String(port)}`, "--ca", certificates().ca],
      ...more,
    );
  }

  it.each(["1.2", "1.3"])("resumes sessions of TLS %s", async (version) => {
    const { port } = await openssl("-rev");
    const file = join(temporaryFolder(), "session");
    const tls = ["--tls", version];
    const first = connect(port, ...tls, "--session-out", file);
    first.stdin.write("abc\n");
    await first.printed(() => first.text === "cba\n");
    first.interrupt();
    expect(await first.exit).toBe(130);
    const second = connect(port, ...tls, "--session-in", file);
    second.stdin.write("abc\n");
    await second.printed(() => second.text === "cba\n");
    second.interrupt();
    expect(await second.exit).toBe(130);
    expect(first.errors).not.toMatch(/^session/m);
    expect(second.errors).toMatch(/^session +resumed$/m);
  });

  it("sends early data, which s_server accepts", async () => {
    const { server, port } = await openssl(
      ...["-early_data", "-max_early_data", "16384"],
    );
    const early = temporaryFile("early", "sent at once");
    const run = connect(port, "--reconnect", "1", "--early-data", early);
    await server.prints("sent at once");
    server.write("Q\n");
    await run.exit;
    expect(run.errors).toMatch(/^early data +accepted$/m);
  });

  it("authenticates by a pre-shared key", async () => {
    const key = "00112233445566778899aabbccddeeff";
    const { port } = await startServer(
      (free) =>
        new PeerProcess("openssl", [
          ...["s_server", "-accept", `127.0.0.1:${String(free)}`],
          ...["-nocert", "-psk", key, "-psk_identity", "me", "-rev"],
        ]),
    );
    const run = connect(port, "--psk", temporaryFile("psk", `me:${key}\n`));
    run.stdin.write("abc\n");
    await run.printed(() => run.text === "cba\n");
    run.interrupt();
    await run.exit;
    expect(run.errors).toMatch(/^peer +no certificate$/m);
    const wrong = connect(port, "--psk", temporaryFile("psk", `me:${key}0011`));
    expect(await wrong.exit).toBe(1);
    expect(wrong.errors).not.toContain(key);
  });
});
