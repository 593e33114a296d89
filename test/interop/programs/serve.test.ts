/** `puretls serve` with clients that other people wrote: s_client and curl. */
import { randomFillSync } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { latin1 } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import { createCertificateAuthority } from "../../../src/pki/index.ts";
import { useCertificates } from "../support/certificates.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { PeerProcess } from "../support/process.ts";
import { CommandRun } from "../support/puretls/terminal.ts";
import { temporaryFile, temporaryFolder } from "../support/temporary.ts";

async function started(...args: string[]) {
  const run = new CommandRun("serve", "0", ...args);
  await run.printed(() => run.text.includes("\n"));
  return { run, port: /:(\d+)\n/.exec(run.text)?.[1] ?? "" };
}

/** Runs a client to its end; what it printed, and its exit code. */
async function ended(
  program: string,
  args: readonly string[],
  input?: string,
): Promise<{ code: number | null; text: string; bytes: Uint8Array }> {
  const client = new PeerProcess(program, args);
  if (input !== undefined) client.write(input);
  client.endInput();
  const { code } = await client.exit();
  const bytes = client.output();
  return { code, bytes, text: latin1(bytes) + client.log() };
}

describePeers(["openssl"], () => {
  const certificates = useCertificates();

  function own(): string[] {
    const { cert, key } = certificates().server["ECDSA P-256"];
    return ["--cert", cert, "--key", key];
  }

  function client(port: string, ...more: string[]) {
    return ended("openssl", [
      ...["s_client", "-connect", `127.0.0.1:${port}`, ...more],
    ]);
  }

  it("shows the certificate of the name that s_client asks for", async () => {
    const authority = createCertificateAuthority({
      ...{ provider: noble, name: "Names" },
    });
    const options = ["a.test", "b.test"].flatMap((name) => {
      const made = authority.issueServer({ hosts: [name] });
      return [
        ...["--cert", temporaryFile(`${name}.pem`, made.chainPem)],
        ...["--key", temporaryFile(`${name}.key`, made.key.toPem())],
      ];
    });
    const { port } = await started(...options);
    const subject = async (...more: string[]): Promise<string | undefined> =>
      /subject=CN = (\S+)/.exec((await client(port, ...more)).text)?.[1];
    expect(await subject("-servername", "b.test")).toBe("b.test");
    expect(await subject("-servername", "a.test")).toBe("a.test");
    expect(await subject("-servername", "b.test", "-tls1_2")).toBe("b.test");
    expect(await subject("-noservername")).toBe("a.test");
  });

  it("shows the kind of certificate that s_client can verify", async () => {
    const { RSA } = certificates().server;
    const { port } = await started(
      ...[...own(), "--cert", RSA.cert, "--key", RSA.key],
    );
    const rsa = await client(port, "-sigalgs", "RSA-PSS+SHA256:RSA+SHA256");
    expect(rsa.text).toContain("server RSA");
    const ecdsa = await client(port, "-sigalgs", "ECDSA+SHA256");
    expect(ecdsa.text).toContain("server ECDSA P-256");
  });

  it("takes early data of s_client", async () => {
    const { run, port } = await started(...own(), "--early-data");
    const session = join(temporaryFolder(), "session");
    const first = new PeerProcess("openssl", [
      ...["s_client", "-connect", `127.0.0.1:${port}`, "-sess_out", session],
    ]);
    first.write("hello\n");
    await first.prints("\nhello\n");
    first.endInput();
    await first.exit();
    const early = temporaryFile("early", "sent at once\n");
    const second = new PeerProcess("openssl", [
      ...["s_client", "-connect", `127.0.0.1:${port}`, "-sess_in", session],
      ...["-early_data", early],
    ]);
    await second.prints("\nsent at once\n");
    second.endInput();
    await second.exit();
    expect(latin1(second.output())).toContain("Early data was accepted");
    expect(run.errors).toBe("");
  });

  it.each([
    ["smtp", "QUIT\r\n", /\n221 /],
    ["imap", "x LOGOUT\r\n", /\* BYE/],
  ])("turns to TLS by %s for s_client", async (name, said, answer) => {
    const { ca } = certificates();
    const { port } = await started(...own(), "--starttls", name);
    const peer = new PeerProcess("openssl", [
      ...["s_client", "-connect", `localhost:${port}`, "-starttls", name],
      ...["-CAfile", ca, "-verify_return_error", "-ign_eof"],
    ]);
    peer.write(said);
    const { code } = await peer.exit();
    expect(code).toBe(0);
    expect(latin1(peer.output())).toMatch(answer);
  });

  it("ends after --naccept connections", async () => {
    const { run, port } = await started(...own(), "--naccept", "2");
    for (let times = 0; times < 2; times++)
      expect((await client(port)).code).toBe(0);
    expect(await run.exit).toBe(0);
  });
});

describePeers(["openssl", "curl"], () => {
  const certificates = useCertificates();

  function own(): string[] {
    const { cert, key } = certificates().server.RSA;
    return ["--cert", cert, "--key", key];
  }

  function curl(...args: string[]) {
    return ended("curl", [
      ...["-q", "-sS", "--noproxy", "*", "--cacert", certificates().ca],
      ...args,
    ]);
  }

  it("serves files to curl, and nothing outside the folder", async () => {
    const outside = temporaryFolder();
    const folder = join(outside, "site");
    mkdirSync(folder);
    writeFileSync(join(outside, "secret"), "outside");
    const large = randomFillSync(Buffer.alloc(3 << 20));
    writeFileSync(join(folder, "large.bin"), large);
    writeFileSync(join(folder, "index.html"), "<p>first");
    symlinkSync("../secret", join(folder, "link"));
    const { run, port } = await started(...own(), `--www=${folder}`);
    const url = `https://localhost:${port}`;
    const got = await curl(`${url}/large.bin`);
    expect(Buffer.compare(got.bytes, large)).toBe(0);
    const head = await curl("-I", url);
    expect(head.text).toMatch(/content-type: text\/html; charset=utf-8/i);
    expect(head.text).toMatch(/content-length: 8\r/i);
    const twice = await curl(`${url}/`, `${url}/index.html`);
    expect(twice.text).toBe("<p>first<p>first");
    for (const path of ["/../secret", "/%2e%2e/secret", "/link", "/none"]) {
      const refused = await curl(
        "--path-as-is",
        "-w",
        "%{http_code}",
        url + path,
      );
      expect(refused.text).toBe("Not Found\n404");
    }
    const posted = await curl("-d", "x", "-w", "%{http_code}", url);
    expect(posted.text).toBe("Method Not Allowed\n405");
    expect(run.errors).toBe("");
  });

  it("takes a mail of curl behind STARTTLS", async () => {
    const { run, port } = await started(...own(), "--starttls", "smtp");
    const mail = temporaryFile("mail", "Subject: x\r\n\r\nhello\r\n");
    const sent = await curl(
      ...["--ssl-reqd", `smtp://localhost:${port}`, "-T", mail],
      ...["--mail-from", "a@a.test", "--mail-rcpt", "b@b.test"],
    );
    expect(sent.code, sent.text).toBe(0);
    expect(run.text).toMatch(/TLSv1\.[23] TLS_/);
  });

  it("lets curl log in to IMAP behind STARTTLS alone", async () => {
    const { port } = await started(...own(), "--starttls", "imap");
    const url = `imap://localhost:${port}/`;
    const read = await curl("--ssl-reqd", "-u", "me:secret", url);
    expect(read.code, read.text).toBe(0);
    const clear = await curl("-u", "me:secret", url);
    expect(clear.code).not.toBe(0);
  });
});
