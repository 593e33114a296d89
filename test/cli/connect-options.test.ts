/** The options of `connect` against `serve`, proxies and silent servers. */
import { readFileSync, statSync } from "node:fs";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import {
  connect as connectTcp,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";
import { pinOf } from "../../src/cli/show/signed.ts";
import { parseCertificates } from "../../src/x509/index.ts";
import { testServer } from "../support/pki.ts";
import {
  type Ended,
  oneLine,
  openStdin,
  openTcpHandles,
  pkiFiles,
  run,
  type Served,
  scratch,
  serving,
  start,
  stopped,
} from "./support.ts";

const files = scratch();
let pki: ReturnType<typeof pkiFiles>;
let server: Served;
beforeAll(async () => {
  pki = pkiFiles(files);
  server = await serving(["--cert", pki.cert, "--key", pki.key]);
});
afterAll(() => {
  files.remove();
});

const LOCAL = "127.0.0.1";

/** `puretls connect` to the server, which sends "hi" back. */
function hi(...args: string[]): Promise<Ended> {
  return run(["connect", server.at, "--ca", pki.ca, ...args], "hi");
}

async function portOf(listener: Server): Promise<number> {
  listener.listen(0, LOCAL);
  await once(listener, "listening");
  const address = listener.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

/** A server that is gone, with its connections, when the test has run. */
const listeners: Server[] = [];
const sockets = new Set<Socket>();
function listener(talk: (socket: Socket) => void): Server {
  const made = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    talk(socket);
  });
  listeners.push(made);
  return made;
}
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const one of listeners) one.close();
  sockets.clear();
  listeners.length = 0;
});

function pipeTo(port: number, host: string, socket: Socket): void {
  const onward = connectTcp({ port, host, allowHalfOpen: true });
  sockets.add(onward);
  onward.on("error", () => undefined);
  socket.pipe(onward).pipe(socket);
}

describe("what is offered", () => {
  it.each([
    [["--tls", "1.2"], /^version {7}TLSv1\.2$/m],
    [["--tls", "1.3"], /^version {7}TLSv1\.3$/m],
    [["--ciphers", "TLS_AES_256_GCM_SHA384"], /^suite .*_AES_256_GCM_SHA384$/m],
    [
      ["--tls", "1.2", "--ciphers", "ECDHE-ECDSA-AES256-GCM-SHA384"],
      /^suite {9}ECDHE-ECDSA-AES256-GCM-SHA384$/m,
    ],
    [["--groups", "secp384r1:x25519"], /^group {9}secp384r1$/m],
    [["--sigalgs", "ecdsa_secp256r1_sha256"], /^verification {2}ok/m],
  ])("%j", async (args, says) => {
    const { code, out, err } = await hi(...args);
    expect([code, out]).toEqual([0, "hi"]);
    expect(err).toMatch(says);
  });

  it.each([
    [["--tls", "1.1"], '--tls takes 1.2 or 1.3, not "1.1"'],
    [["--ciphers", "NOSUCH"], "--ciphers: "],
    [["--groups", "nosuch"], "--groups: "],
    [["--groups", ","], "--groups names nothing"],
    [["--sigalgs", "nosuch"], "--sigalgs: "],
    [["--alpn", ","], "--alpn: it names nothing"],
    [["--alpn", "a".repeat(256)], "--alpn: "],
    [["--servername", ""], "--servername: "],
    [["--servername", "a b"], "--servername: "],
    [["--pin", "abc"], "--pin takes sha256//BASE64 of 32 bytes"],
    [["--proxy", "ftp://a"], "--proxy takes http://HOST:PORT or socks5"],
    [["--unix", "/x", "--connect-to", "a:1"], "contradict each other"],
    [["-4", "-6"], "-4 and -6 contradict each other"],
    [["--reconnect", "0"], '--reconnect takes a whole number, not "0"'],
    [["--early-data", "x"], "--early-data needs --session-in or --reconnect"],
    [["--json", "--get", "/"], "--json and --get contradict each other"],
    [["--starttls", "gopher"], "--starttls takes smtp, imap, pop3, ftp"],
    [["-connect", "a:1"], "-connect is openssl's: write HOST:PORT without"],
    [["-servername", "a"], "-servername is openssl's: write --servername NAME"],
    [["-dane_tlsa_rrdata", "3 1 1 00"], "is openssl's: write --dane FILE"],
    [["-enable_server_rpk"], "is openssl's: write --raw-key FILE"],
    [["-CApath", "x"], "is openssl's: write --ca FILE"],
    [["--insecure", "--dane", "x"], "--dane and --insecure contradict"],
    [["--raw-key", "x", "--insecure"], "--raw-key and --insecure contradict"],
    [["-showcerts"], "-showcerts is openssl's: write --show-certs"],
  ])("%j is wrong use", async (args, says) => {
    const { code, out, err } = await run(["connect", server.at, ...args]);
    expect([code, out]).toEqual([2, ""]);
    expect(oneLine(err)).toContain(says);
  });
});

describe("whom to trust", () => {
  it("--pin accepts one of the keys that are named, and no other", async () => {
    const [leaf] = parseCertificates(testServer().certificatePem);
    const pin = pinOf(leaf?.subjectPublicKeyInfoDer ?? new Uint8Array());
    const other = `sha256//${"A".repeat(43)}=`;
    expect((await hi("--pin", other, "--pin", pin)).code).toBe(0);
    const refused = await hi("--pin", other, "--quiet");
    expect([refused.code, refused.out]).toEqual([1, ""]);
    expect(oneLine(refused.err)).toContain(`public key is ${pin}`);
  });

  it("--dane believes the records of this port and name alone", async () => {
    const [leaf] = parseCertificates(testServer().certificatePem);
    const digest = noble.hashes["SHA-256"].hash(leaf?.der ?? new Uint8Array());
    const port = server.at.split(":")[1] ?? "";
    const by = (owner: string): Promise<Ended> => {
      const record = `${owner} 300 IN TLSA 3 0 1 ${toHex(digest)}\n`;
      const args = ["--dane", files.write("tlsa", record), "--quiet"];
      return hi("--servername", "any.test", ...args);
    };
    expect((await by(`_${port}._tcp.any.test.`)).code).toBe(0);
    for (const other of [`_25._tcp.any.test.`, `_${port}._tcp.localhost.`]) {
      const { code, err } = await by(other);
      expect(code).toBe(2);
      expect(err).toContain(`no TLSA record of _${port}._tcp.any.test in it`);
    }
  });

  it("--crl accepts what the list does not name, and refuses the rest", async () => {
    const authority = createCertificateAuthority({
      provider: noble,
      name: "revoking",
    });
    const issued = authority.issueServer({ hosts: ["localhost"] });
    const clean = files.write("clean.crl", authority.createCrl().pem);
    authority.revoke(issued);
    const revoked = files.write("revoked.crl", authority.createCrl().der);
    const ca = files.write("revoking.pem", authority.pem);
    const own = await serving([
      ...["--cert", files.write("issued.pem", issued.chainPem)],
      ...["--key", files.write("issued.key", issued.key.toPem())],
    ]);
    const ask = (list: string): Promise<Ended> =>
      run(["connect", own.at, "--ca", ca, "--quiet", "--crl", list], "hi");
    expect(await ask(clean)).toMatchObject({ code: 0, out: "hi", err: "" });
    const refused = await ask(revoked);
    expect([refused.code, refused.out]).toEqual([1, ""]);
    expect(oneLine(refused.err)).toMatch(/revoked.*certificate_revoked\)$/);
    await stopped(own);
  });

  it("--crl without a list of the issuer is a failure", async () => {
    const file = files.write("none.crl", "x");
    const { code, err } = await hi("--crl", file);
    expect(code).toBe(1);
    expect(oneLine(err)).toMatch(/CRL/);
  });
});

describe("where to", () => {
  it("--connect-to and -4", async () => {
    const args = ["connect", "server.test:1", "--ca", pki.ca, "--quiet"];
    const to = ["--connect-to", `${LOCAL}:${String(server.port)}`, "-4"];
    expect(await run([...args, ...to], "hi")).toMatchObject({
      ...{ code: 0, out: "hi", err: "" },
    });
  });

  it("--unix", async () => {
    const path = files.path("socket");
    const made = listener((socket) => {
      pipeTo(server.port, LOCAL, socket);
    });
    made.listen(path);
    await once(made, "listening");
    const args = ["connect", "localhost", "--ca", pki.ca, "--unix", path];
    expect(await run(args, "hi")).toMatchObject({ code: 0, out: "hi" });
  });

  it("--proxy http://", async () => {
    const asked: (string | undefined)[] = [];
    const proxy = createHttpServer();
    listeners.push(proxy);
    proxy.on("connect", (request, socket: Socket) => {
      sockets.add(socket);
      asked.push(request.url);
      if (request.url?.startsWith("localhost:") !== true) {
        socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
        return;
      }
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      pipeTo(server.port, LOCAL, socket);
    });
    const by = `http://${LOCAL}:${String(await portOf(proxy))}`;
    expect(await hi("--proxy", by)).toMatchObject({ code: 0, out: "hi" });
    expect(asked).toEqual([server.at]);
    const refused = await run(["connect", "other.test", "--proxy", by]);
    expect(refused.code).toBe(1);
    expect(oneLine(refused.err)).toContain("the proxy answered 403, not 200");
  });

  it("--proxy socks5://", async () => {
    const asked: string[] = [];
    const proxy = listener((socket) => {
      socket.once("data", () => {
        socket.write(Uint8Array.of(5, 0));
        socket.once("data", (request: Buffer) => {
          const [, , , type = 0, length = 0] = request;
          asked.push(request.subarray(5, 5 + length).toString("latin1"));
          if (type !== 3 || !asked.includes("localhost")) {
            socket.end(Uint8Array.of(5, 2, 0, 1, 0, 0, 0, 0, 0, 0));
            return;
          }
          socket.write(Uint8Array.of(5, 0, 0, 1, 127, 0, 0, 1, 0, 0));
          pipeTo(request.readUInt16BE(5 + length), LOCAL, socket);
        });
      });
    });
    const by = `socks5://${LOCAL}:${String(await portOf(proxy))}`;
    const refused = await run(["connect", "other.test", "--proxy", by]);
    expect(refused.code).toBe(1);
    expect(oneLine(refused.err)).toContain("not allowed by its rules");
    expect(await hi("--proxy", by)).toMatchObject({ code: 0, out: "hi" });
    expect(asked).toEqual(["other.test", "localhost"]);
  });

  it("--timeout ends a silent server's handshake, dialogue and proxy", async () => {
    const silent = listener(() => undefined);
    const at = `${LOCAL}:${String(await portOf(silent))}`;
    for (const more of [
      [],
      ["--starttls", "smtp"],
      ["--proxy", `http://${at}`],
      ["--proxy", `socks5://${at}`],
    ]) {
      const ended = await run(["connect", at, "--timeout", "1", ...more]);
      expect([ended.code, ended.out]).toEqual([1, ""]);
      expect(oneLine(ended.err)).toContain("no connection after 1 s");
    }
  });

  it("a first word that is a host, or an https URL", async () => {
    const plain = await run([server.at, "--ca", pki.ca, "--quiet"], "hi");
    expect([plain.code, plain.out, plain.err]).toEqual([0, "hi", ""]);
    const www = await serving(["--cert", pki.cert, "--key", pki.key, "--www"]);
    for (const url of [`https://${www.at}/x`, `${www.at}/x`, `${www.at}/`]) {
      const page = await run([url, "--ca", pki.ca, "--quiet"]);
      expect([page.code, page.err]).toEqual([0, ""]);
      expect(page.out).toMatch(/^puretls\n/);
    }
    await stopped(www);
  });
});

describe("sessions", () => {
  it("--session-out and --session-in resume", async () => {
    for (const tls of ["1.2", "1.3"]) {
      const file = files.path(`session${tls}`);
      const first = await hi("--tls", tls, "--session-out", file);
      expect(first.err).not.toMatch(/^session/m);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const second = await hi("--tls", tls, "--session-in", file);
      expect([second.code, second.out]).toEqual([0, "hi"]);
      expect(second.err).toMatch(/^session {7}resumed$/m);
    }
  });

  it("--session-in refuses what is no session", async () => {
    const { code, err } = await hi("--session-in", pki.ca);
    expect(code).toBe(2);
    expect(oneLine(err)).toContain(`--session-in ${pki.ca}: `);
  });

  it("--reconnect resumes each time, and carries data at last", async () => {
    const { code, out, err } = await hi("--reconnect", "2");
    expect([code, out]).toEqual([0, "hi"]);
    expect(err.match(/^version/gm)).toHaveLength(3);
    expect(err.match(/^session {7}resumed$/gm)).toHaveLength(2);
  });
});

describe("what to tell", () => {
  it("--show-certs and --save-chain", async () => {
    const file = files.path("chain.pem");
    const { code, out, err } = await hi("--show-certs", "--save-chain", file);
    expect([code, out]).toEqual([0, "hi"]);
    const chain = readFileSync(file, "utf8");
    expect(chain).toMatch(/^0 CN=localhost\n-----BEGIN CERTIFICATE-----\n/);
    expect(err).toContain(chain);
    const [sent] = parseCertificates(chain);
    const [own] = parseCertificates(testServer().certificatePem);
    expect(sent?.der).toEqual(own?.der);
  });

  it("--json is what was agreed, or what failed", async () => {
    const good = await run(["connect", server.at, "--ca", pki.ca, "--json"]);
    expect([good.code, good.err]).toEqual([0, ""]);
    expect(JSON.parse(good.out)).toMatchObject({
      ...{ ok: true, host: "localhost", port: server.port },
      ...{ version: "TLSv1.3", group: "X25519MLKEM768", alpn: null },
      ...{ verified: true, resumed: false, earlyData: "none" },
      certificates: [{ subject: "CN=localhost" }],
    });
    const bad = await run(["connect", server.at, "--json"]);
    expect([bad.code, bad.err]).toEqual([1, ""]);
    expect(JSON.parse(bad.out)).toMatchObject({
      ok: false,
      error: { alert: { direction: "sent", name: "unknown_ca" } },
    });
  });

  it("says close_notify when it is interrupted", async () => {
    const stdin = openStdin();
    const client = start(
      ["connect", server.at, "--ca", pki.ca, "--quiet", "--trace"],
      stdin,
    );
    stdin.push("hi");
    await client.stdout.until(/hi/);
    client.interrupt();
    const { code, err } = await client.ended;
    expect(code).toBe(130);
    expect(err).toMatch(/-- alert \(close_notify\) 2 B -+>\n/);
  });
});

describe("--starttls", () => {
  async function smtp(...answers: string[]): Promise<Ended> {
    const made = listener((socket) => {
      const next = (): void => {
        const answer = answers.shift();
        if (answer !== undefined) socket.write(answer);
      };
      next();
      socket.on("data", next);
    });
    const at = `${LOCAL}:${String(await portOf(made))}`;
    return run(["connect", at, "--starttls", "smtp", "--timeout", "5"]);
  }

  it("refuses bytes that came unprotected after the go-ahead", async () => {
    const { code, err } = await smtp(
      ...["220 hi\r\n", "250 STARTTLS\r\n", "220 go\r\n250 injected\r\n"],
    );
    expect(code).toBe(1);
    expect(oneLine(err)).toContain("14 bytes came unprotected");
  });

  it("quotes a server that does not agree, as far as it is text", async () => {
    const { code, err } = await smtp("220 hi\r\n", "250 \u001b[31mno\r\n");
    expect(code).toBe(1);
    expect(oneLine(err)).toContain('answered "250 ?[31mno", not with');
  });

  it("bounds what a server says", async () => {
    const { code, err } = await smtp("220-x\r\n".repeat(20_000));
    expect(code).toBe(1);
    expect(oneLine(err)).toContain("said more than 65536 bytes");
  });
});

it("leaves no socket open", async () => {
  await stopped(server);
  expect(await openTcpHandles()).toEqual([]);
});
