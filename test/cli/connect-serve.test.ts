/** The client and the server of the command line against each other. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { randomFillSync } from "node:crypto";
import { once } from "node:events";
import { Readable, Writable } from "node:stream";
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { main } from "../../src/cli/main.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  createEchKey,
  createEchServer,
  encodeEchConfigList,
} from "../../src/ech/index.ts";
import { SSLContext } from "../../src/index.ts";
import { serve } from "../../src/net/node.ts";
import { encodeBase64 } from "../../src/x509/index.ts";
import { testAuthority, testServer } from "../support/pki.ts";
import { KeyLog } from "../../src/trace/index.ts";
import {
  oneLine,
  openStdin,
  openTcpHandles,
  pkiFiles,
  run,
  scratch,
  serving,
  start,
  stopped,
} from "./support.ts";

const files = scratch();
let pki: ReturnType<typeof pkiFiles>;
let own: readonly string[];
beforeAll(() => {
  pki = pkiFiles(files);
  own = ["--cert", pki.cert, "--key", pki.key];
});
afterEach(async () => {
  expect(await openTcpHandles()).toEqual([]);
});
afterAll(() => {
  files.remove();
});

describe("connect and serve: data", () => {
  it("carries 1 MiB there and back", async () => {
    const server = await serving(own);
    const data = randomFillSync(Buffer.alloc(1 << 20));
    const client = await run(
      ["connect", server.at, "--ca", pki.ca, "--quiet"],
      data,
    );
    expect([client.code, client.err]).toEqual([0, ""]);
    expect(client.bytes.equals(data)).toBe(true);
    const { out, err } = await stopped(server);
    expect(err).toBe("");
    expect(out).toMatch(
      /^listening on 127\.0\.0\.1:\d+\n127\.0\.0\.1:\d+ TLSv1\.3 TLS_[A-Z0-9_]+\n$/,
    );
  });

  it("waits for a slow reader of its stdout", async () => {
    const server = await serving(own);
    let length = 0;
    let most = 0;
    const slow = new Writable({
      highWaterMark: 1024,
      write: (chunk: Buffer, _encoding, done) => {
        length += chunk.length;
        most = Math.max(most, slow.writableLength);
        setImmediate(done);
      },
    });
    const code = await main(["connect", server.at, "--ca", pki.ca, "--quiet"], {
      stdin: Readable.from([Buffer.alloc(1 << 20, 7)]),
      stdout: slow,
      stderr: slow,
      env: {},
      signal: new AbortController().signal,
    });
    slow.end();
    await once(slow, "finish");
    expect([code, length]).toEqual([0, 1 << 20]);
    expect(most).toBeLessThan(200_000);
    await stopped(server);
  });

  it("prints what was negotiated, then the data", async () => {
    const server = await serving(own);
    const client = await run(["connect", server.at, "--ca", pki.ca], "hello");
    expect(client.out).toBe("hello");
    expect(client.err).toMatch(
      new RegExp(
        `^version       TLSv1\\.3
suite         TLS_\\S+
group         X25519MLKEM768
peer          CN=localhost
issuer        CN=puretls test root
valid until   .* GMT
verification  ok, a path of 2 certificates
time          connect \\d+ ms, handshake \\d+ ms

$`,
      ),
    );
    await stopped(server);
  });

  it("ends when the server does, though stdin goes on", async () => {
    const server = await serving([...own, "--www"]);
    const stdin = openStdin();
    const client = start(
      ["connect", server.at, "--ca", pki.ca, "--quiet"],
      stdin,
    );
    stdin.push("GET / HTTP/1.0\r\n\r\n");
    const { code, out } = await client.ended;
    expect(code).toBe(0);
    expect(out).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(stdin.destroyed).toBe(true);
    await stopped(server);
  });

  it("reports a stdin that fails", async () => {
    const server = await serving(own);
    const stdin = openStdin();
    const client = start(
      ["connect", server.at, "--ca", pki.ca, "--quiet"],
      stdin,
    );
    stdin.push("hello");
    await client.stdout.until(/hello/);
    stdin.destroy(new Error("the disk is gone"));
    const { code, err } = await client.ended;
    expect(code).toBe(1);
    expect(oneLine(err)).toBe("puretls connect: the disk is gone");
    await stopped(server);
  });
});

describe("connect: Encrypted Client Hello", () => {
  const key = createEchKey({ provider: noble, publicName: "server.test" });
  const list = encodeEchConfigList([key.config]);
  const hidden = ["--servername", "hidden.wild.test"];

  it.each([
    ["as it is", list],
    ["in base64", `${encodeBase64(list)}\n`],
  ])(
    "--ech reads a list %s, and --staple requests a response",
    async (name, content) => {
      const { certificatePem: cert, keyPem, issued } = testServer();
      const ocspResponse = testAuthority().createOcspResponse(
        issued.certificate,
      );
      const context = new SSLContext({
        protocol: "tlsServer",
        certChain: { cert, key: keyPem, ocspResponse },
        encryptedClientHello: createEchServer({ provider: noble, keys: [key] }),
      });
      const server = await serve({ context });
      const at = `127.0.0.1:${String(server.port)}`;
      const file = files.write(`list-${name.replaceAll(" ", "-")}`, content);
      const [{ socket }, client] = await Promise.all([
        server.accept().then(async (accepted) => {
          await accepted.socket.close();
          return accepted;
        }),
        run([
          "connect",
          at,
          "--ca",
          pki.ca,
          "--ech",
          file,
          ...hidden,
          "--staple",
        ]),
      ]);
      expect([client.code, client.out]).toEqual([0, ""]);
      expect(client.err).toMatch(/^name +hidden by Encrypted Client Hello$/m);
      expect(socket.encryptedClientHello).toBe(true);
      await server.close();
    },
  );

  it("--ech refuses what is no list, before anybody is called", async () => {
    const file = files.write("no-list", Uint8Array.of(1, 2, 3));
    const client = await run(["connect", "127.0.0.1:1", "--ech", file]);
    expect(client.code).toBe(1);
    expect(oneLine(client.err)).toContain(file);
  });
});

describe("connect and serve: pages", () => {
  it("--get / fetches the page of --www about the connection", async () => {
    const server = await serving([...own, "--www"]);
    const client = await run([
      "connect",
      server.at,
      "--ca",
      pki.ca,
      "--get",
      "/",
    ]);
    expect(client.code).toBe(0);
    expect(client.err).toMatch(/^version {7}TLSv1\.3\n/);
    expect(client.err).toMatch(/\nstatus {8}200 OK\n\n$/);
    expect(client.out).toMatch(/^puretls\n\nversion {7}TLSv1\.3\n/);
    expect(client.out).toMatch(/\npeer {10}no certificate\n$/);
    const quiet = await run([
      ...["connect", server.at, "--ca", pki.ca, "--get", "/", "--quiet"],
    ]);
    expect(quiet.out).toMatch(/^puretls\n\nversion {7}TLSv1\.3\n/);
    expect((await stopped(server)).err).toBe("");
  });

  it("--alpn is negotiated and printed by both", async () => {
    const server = await serving([...own, "--www", "--alpn", "http/1.1"]);
    const client = await run([
      ...["connect", server.at, "--ca", pki.ca],
      ...["--alpn", "h2,http/1.1", "--get", "/"],
    ]);
    expect(client.code).toBe(0);
    for (const told of [client.out, client.err])
      expect(told).toMatch(/^alpn {10}http\/1\.1$/m);
    await stopped(server);
  });

  it("no protocol in common is no protocol, as in Python", async () => {
    const server = await serving([...own, "--www", "--alpn", "h2"]);
    const client = await run([
      ...["connect", server.at, "--ca", pki.ca],
      ...["--alpn", "http/1.1", "--get", "/"],
    ]);
    expect(client.code).toBe(0);
    expect(client.out).not.toMatch(/^alpn/m);
    await stopped(server);
  });

  it("--servername stands in for a host that is an address", async () => {
    const server = await serving(own);
    const { code } = await run([
      ...["connect", `127.0.0.1:${String(server.port)}`, "--ca", pki.ca],
      ...["--servername", "server.test"],
    ]);
    expect(code).toBe(0);
    await stopped(server);
  });

  it("--insecure prints that the peer was not verified", async () => {
    const server = await serving(own);
    const { code, err } = await run([
      ...["connect", server.at, "--insecure", "--servername", "wrong.test"],
    ]);
    expect(code).toBe(0);
    expect(err).toMatch(/^verification {2}none: whoever/m);
    await stopped(server);
  });
});

describe("connect and serve: client certificates", () => {
  const asked = async (verify: string, args: readonly string[]) => {
    const server = await serving([
      ...[...own, "--www", "--verify", verify, "--ca", pki.ca],
    ]);
    const client = await run([
      ...["connect", server.at, "--ca", pki.ca, "--get", "/", "--quiet"],
      ...args,
    ]);
    return { client, server: await stopped(server) };
  };
  const shown = () => ["--cert", pki.clientCert, "--key", pki.clientKey];

  it.each(["optional", "required"])("%s: shown and verified", async (mode) => {
    const { client, server } = await asked(mode, shown());
    expect([client.code, server.err]).toEqual([0, ""]);
    expect(client.out).toMatch(/^peer {10}CN=test client$/m);
    expect(client.out).toMatch(/^verification {2}ok, a path of 2/m);
  });

  it("none: not asked for", async () => {
    const { client } = await asked("none", shown());
    expect(client.out).toMatch(/^peer {10}no certificate$/m);
  });

  it("optional: may be missing", async () => {
    const { client } = await asked("optional", []);
    expect(client.code).toBe(0);
    expect(client.out).toMatch(/^peer {10}no certificate$/m);
  });

  it("the key may be in the file of the certificate", async () => {
    const both = files.path("both.pem");
    writeFileSync(
      both,
      readFileSync(pki.clientCert, "utf8") +
        readFileSync(pki.clientKey, "utf8"),
    );
    const { client } = await asked("required", ["--cert", both]);
    expect(client.out).toMatch(/^peer {10}CN=test client$/m);
  });
});

describe("--provider", () => {
  it.each([
    ["node", "noble"],
    ["noble", "node"],
    ["node", "node"],
  ])("%s connects to a server on %s", async (ours, theirs) => {
    const server = await serving([...own, "--provider", theirs]);
    const data = randomFillSync(Buffer.alloc(50_000));
    const args = ["connect", server.at, "--ca", pki.ca, "--quiet"];
    const client = await run([...args, "--provider", ours], data);
    expect([client.code, client.err]).toEqual([0, ""]);
    expect(client.bytes.equals(data)).toBe(true);
    await stopped(server);
  });
});

describe("--keylog", () => {
  it("appends the same secrets on both sides, for the owner's eyes", async () => {
    const [ours, theirs] = [files.path("client.log"), files.path("server.log")];
    const server = await serving([...own, "--keylog", theirs]);
    const args = ["connect", server.at, "--ca", pki.ca, "--keylog", ours];
    await run(args);
    await run(args);
    await stopped(server);
    for (const file of [ours, theirs])
      expect(statSync(file).mode & 0o777).toBe(0o600);
    const lines = (file: string) =>
      readFileSync(file, "utf8").split("\n").filter(Boolean).sort();
    expect(lines(ours)).toEqual(lines(theirs));
    const keyLog = new KeyLog();
    keyLog.add(readFileSync(ours, "utf8"));
    const randoms = new Set(lines(ours).map((line) => line.split(" ")[1]));
    expect(randoms.size).toBe(2);
    for (const random of randoms)
      for (const label of [
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        "SERVER_HANDSHAKE_TRAFFIC_SECRET",
        "CLIENT_TRAFFIC_SECRET_0",
        "SERVER_TRAFFIC_SECRET_0",
        "EXPORTER_SECRET",
      ])
        expect(keyLog.find(random ?? "", label)?.length).toBeGreaterThan(31);
  });

  it("SSLKEYLOGFILE does the same", async () => {
    const log = files.path("env.log");
    const server = await serving(own);
    const client = start(
      ["connect", server.at, "--ca", pki.ca],
      Readable.from([]),
      { SSLKEYLOGFILE: log },
    );
    expect((await client.ended).code).toBe(0);
    expect(readFileSync(log, "utf8")).toMatch(/^CLIENT_TRAFFIC_SECRET_0 /m);
    expect(statSync(log).mode & 0o777).toBe(0o600);
    await stopped(server);
  });
});

describe("interrupted", () => {
  it("connect ends in the middle of data, silently, with 130", async () => {
    const server = await serving(own);
    const stdin = openStdin();
    const client = start(
      ["connect", server.at, "--ca", pki.ca, "--quiet"],
      stdin,
    );
    stdin.push("hello");
    await client.stdout.until(/hello/);
    client.interrupt();
    expect(await client.ended).toMatchObject({ code: 130, err: "" });
    expect(stdin.destroyed).toBe(true);
    // It has heard close_notify, and so does not complain.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await stopped(server)).err).toBe("");
  });

  it("connect ends in the middle of a handshake", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const accepted = once(silent, "connection");
    const address = silent.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const client = start(["connect", `127.0.0.1:${String(port)}`]);
    const [socket] = (await accepted) as [Socket];
    client.interrupt();
    expect(await client.ended).toMatchObject({ code: 130, out: "", err: "" });
    socket.destroy();
    silent.close();
  });

  it("connect ends before it began", async () => {
    const client = start(["connect", "127.0.0.1:1"]);
    client.interrupt();
    expect(await client.ended).toMatchObject({ code: 130, err: "" });
  });

  it("serve drops clients that talk and clients in a handshake when it ends", async () => {
    for (const talk of ["--echo", "--www"]) {
      const server = await serving([...own, talk]);
      const client = start(["connect", server.at, "--ca", pki.ca], openStdin());
      await client.stderr.until(/verification[^]*\n\n/);
      const idle = connectTcp(server.port, "127.0.0.1");
      await once(idle, "connect");
      const { err } = await stopped(server);
      expect(err).toBe("");
      expect((await client.ended).code).toBe(1);
      idle.destroy();
    }
  });
});
