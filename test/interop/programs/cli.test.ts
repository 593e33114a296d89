/** The `puretls` command against other people's programs. */
import { createServer } from "node:http";
import { expect, it } from "vitest";
import { useCertificates } from "../support/certificates.ts";
import type { ServerOptions } from "../support/scenarios/options.ts";
import { KIB, MIB } from "../support/scenarios/payload.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { freePort } from "../support/ports.ts";
import { PeerProcess, startServer } from "../support/process.ts";
import { CommandRun } from "../support/puretls/terminal.ts";

describePeers(["openssl"], (openssl) => {
  const certificates = useCertificates();

  async function startOpenssl(
    options: Partial<ServerOptions> = {},
  ): Promise<number> {
    const identity = certificates().server["ECDSA P-256"];
    const server = await openssl.server?.({ identity, ...options });
    return server?.port ?? 0;
  }

  function connect(port: number, ...options: string[]): CommandRun {
    const address = `localhost:${String(port)}`;
    return new CommandRun("connect", address, ...options);
  }

  /** The exit code is 1, and one line says why. */
  async function expectComplaint(run: CommandRun, why: RegExp): Promise<void> {
    expect(await run.exit).toBe(1);
    expect(run.errors).toMatch(/^puretls connect: [^\n]+\n$/);
    expect(run.errors).toMatch(why);
  }

  it("connect carries 1 MiB to s_server and back", async () => {
    const port = await startOpenssl();
    const run = connect(port, "--ca", certificates().ca, "--quiet");
    const payload = openssl.payload(MIB);
    run.stdin.write(payload);
    await run.printed(({ length }) => length >= payload.length);
    run.stdin.end();
    expect(await run.exit).toBe(0);
    expect(Buffer.compare(run.output, payload)).toBe(0);
    expect(run.errors).toBe("");
  });

  it("connect prints what was negotiated, and presents its certificate", async () => {
    const { ca, client } = certificates();
    const { cert, key } = client.RSA;
    const port = await startOpenssl({
      ...{ clientAuth: "required", ca, alpn: ["h2"] },
      suites: ["TLS_AES_256_GCM_SHA384"],
    });
    const run = connect(
      port,
      ...["--ca", ca, "--cert", cert, "--key", key, "--alpn", "http/1.1,h2"],
    );
    run.stdin.write("hello");
    await run.printed(() => run.text === "hello");
    run.stdin.end();
    expect(await run.exit).toBe(0);
    expect(run.errors).toMatch(/^version +TLSv1\.3$/m);
    expect(run.errors).toMatch(/^suite +TLS_AES_256_GCM_SHA384$/m);
    expect(run.errors).toMatch(/^alpn +h2$/m);
    expect(run.errors).toMatch(/^peer +.*server ECDSA P-256$/m);
  });

  it("connect --get fetches a page", async () => {
    const { cert, key } = certificates().server.RSA;
    const { port } = await startServer(
      (free) =>
        new PeerProcess("openssl", [
          ...["s_server", "-www", "-accept", `127.0.0.1:${String(free)}`],
          ...["-cert", cert, "-key", key, "-tls1_3"],
        ]),
    );
    const options = ["--ca", certificates().ca, "--quiet", "--get", "/"];
    const run = connect(port, ...options);
    expect(await run.exit).toBe(0);
    expect(run.text).toMatch(/^<HTML>[^]*s_server[^]*<\/HTML>/i);
    expect(run.errors).toBe("");
  });

  it("connect --insecure accepts a server that is not trusted", async () => {
    const run = connect(await startOpenssl(), "--insecure");
    run.stdin.write("hello");
    await run.printed(() => run.text.endsWith("hello"));
    run.stdin.end();
    expect(await run.exit).toBe(0);
    expect(run.errors).toMatch(/^verification +none/m);
  });

  it("connect refuses a CA that it does not trust", async () => {
    const port = await startOpenssl();
    await expectComplaint(
      connect(port, "--ca", certificates().strangerCa),
      /CERTIFICATE_VERIFY_FAILED.*\(alert sent: unknown_ca\)/,
    );
  });

  it("connect refuses a certificate for another name", async () => {
    const port = await startOpenssl();
    const options = ["--servername", "elsewhere.example"];
    await expectComplaint(
      connect(port, "--ca", certificates().ca, ...options),
      /CERTIFICATE_VERIFY_FAILED.*elsewhere\.example.*\(alert sent: bad_certificate\)/,
    );
  });

  it("connect reports a server that requires a certificate", async () => {
    const { ca } = certificates();
    const port = await startOpenssl({ clientAuth: "required", ca });
    await expectComplaint(
      connect(port, "--ca", ca, "--quiet"),
      /TLSV13_ALERT_CERTIFICATE_REQUIRED.*\(alert received: certificate_required\)/,
    );
  });

  it("connect reports a server that speaks plain HTTP", async () => {
    const server = createServer();
    const port = await freePort();
    await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
    try {
      await expectComplaint(
        connect(port, "--ca", certificates().ca),
        /WRONG_VERSION_NUMBER.*HTTP/,
      );
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it("connect reports a port without a listener", async () => {
    await expectComplaint(
      connect(await freePort(), "--ca", certificates().ca),
      /ECONNREFUSED/,
    );
  });

  async function startServe(
    ...options: string[]
  ): Promise<{ readonly run: CommandRun; readonly port: number }> {
    const { cert, key } = certificates().server["ECDSA P-256"];
    const identity = ["--cert", cert, "--key", key];
    const run = new CommandRun("serve", "0", ...identity, ...options);
    await run.printed(() => run.text.endsWith("\n"));
    const port = /^listening on 127\.0\.0\.1:(\d+)$/m.exec(run.text)?.[1];
    return { run, port: Number(port) };
  }

  it("serve --echo sends s_client's 1 MiB back, time and again", async () => {
    const { run, port } = await startServe("--echo");
    const { ca } = certificates();
    const payload = openssl.payload(MIB);
    for (let times = 1; times <= 2; times++) {
      const client = await openssl.client({ port, ca }, payload);
      expect(client.exitCode).toBe(0);
      expect(Buffer.compare(client.received, payload)).toBe(0);
    }
    run.interrupt();
    expect(await run.exit).toBe(0);
    expect(run.text.match(/^127\.0\.0\.1:\d+ TLSv1\.3 TLS_/gm)).toHaveLength(2);
    expect(run.errors).toBe("");
  });

  it("serve --verify required reports the client that it refuses, and continues", async () => {
    const { ca, client } = certificates();
    const { run, port } = await startServe(
      ...["--verify", "required", "--ca", ca],
    );
    const payload = openssl.payload(KIB);
    const refused = await openssl.client({ port, ca }, payload);
    expect(refused.exitCode).not.toBe(0);
    await run.complained();
    expect(run.errors).toMatch(
      /^puretls serve: 127\.0\.0\.1:\d+: .*PEER_DID_NOT_RETURN_A_CERTIFICATE.*\(alert sent: certificate_required\)\n$/,
    );
    const identity = client["ECDSA P-256"];
    const taken = await openssl.client({ port, ca, identity }, payload);
    expect(taken.exitCode).toBe(0);
    expect(Buffer.compare(taken.received, payload)).toBe(0);
  });

  it("serve reports a client that does not trust it", async () => {
    const { run, port } = await startServe();
    const ca = certificates().strangerCa;
    await openssl.client({ port, ca }, openssl.payload(KIB));
    await run.complained();
    expect(run.errors).toMatch(
      /^puretls serve: .*TLSV1_ALERT_UNKNOWN_CA.*\(alert received: unknown_ca\)\n$/,
    );
  });
});

describePeers(["openssl", "curl"], (_, curl) => {
  const certificates = useCertificates();

  it("serve --www sends curl a page about the connection", async () => {
    const { cert, key } = certificates().server.RSA;
    const run = new CommandRun(
      ...["serve", "0", "--www", "--cert", cert, "--key", key],
    );
    await run.printed(() => run.text.endsWith("\n"));
    const port = Number(/:(\d+)$/m.exec(run.text)?.[1]);
    const { ca } = certificates();
    const suites = ["TLS_AES_256_GCM_SHA384"] as const;
    const client = await curl.client({ port, ca, suites }, new Uint8Array(0));
    expect(client.exitCode).toBe(0);
    const page = Buffer.from(client.received).toString("latin1");
    expect(page).toMatch(/^puretls\n[^]*^suite +TLS_AES_256_GCM_SHA384$/m);
    expect(run.errors).toBe("");
  });

  it("serve reports a client that speaks plain HTTP", async () => {
    const { cert, key } = certificates().server.RSA;
    const run = new CommandRun("serve", "0", "--cert", cert, "--key", key);
    await run.printed(() => run.text.endsWith("\n"));
    const port = /:(\d+)$/m.exec(run.text)?.[1];
    const client = new PeerProcess("curl", [
      ...["-q", "-sS", "--noproxy", "*"],
      `http://127.0.0.1:${port ?? ""}/`,
    ]);
    expect((await client.exit()).code).not.toBe(0);
    await run.complained();
    expect(run.errors).toMatch(/^puretls serve: .*HTTP_REQUEST.*\n$/);
  });
});
