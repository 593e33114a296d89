/** `puretls serve`: certificates by name, folders, files, mail, counts, JSON. */
import { createPrivateKey } from "node:crypto";
import {
  copyFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  createCertificateAuthority,
  generateKey,
} from "../../src/pki/index.ts";
import {
  oneLine,
  openTcpHandles,
  pkiFiles,
  run,
  scratch,
  type Served,
  serving,
  start,
  stopped,
} from "./support.ts";

const files = scratch();
let pki: ReturnType<typeof pkiFiles>;
let own: readonly string[];
/** An authority of the test's own, and its certificates by name. */
const authority = createCertificateAuthority({ provider: noble, name: "Own" });
let ca: string;

function issue(name: string, type: "ec-p256" | "ed25519" = "ec-p256") {
  const key = generateKey({ provider: noble, type });
  const made = authority.issueServer({ hosts: [name], key });
  return {
    cert: files.write(`${name}-${type}.pem`, made.chainPem),
    key: files.write(`${name}-${type}.key`, made.key.toPem()),
  };
}

beforeAll(() => {
  pki = pkiFiles(files);
  own = ["--cert", pki.cert, "--key", pki.key];
  ca = files.write("own-ca.pem", authority.pem);
});
afterAll(async () => {
  files.remove();
  expect(await openTcpHandles()).toEqual([]);
});

/** The subject and key that a client of that name is shown. */
async function shown(server: Served, name: string, ...more: string[]) {
  const trust = more.length > 0 ? more : ["--ca", ca];
  const { code, out, err } = await run([
    ...["connect", server.at, "--servername", name, "--json"],
    ...trust,
  ]);
  expect(code, err + out).toBe(0);
  const facts: { certificates: { subject: string; sha256: string }[] } =
    JSON.parse(out);
  const [leaf] = facts.certificates;
  if (leaf === undefined) throw new Error(out);
  return leaf;
}

describe("serve: several certificates", () => {
  it("chooses by the client's name, and the first one for any other", async () => {
    const a = issue("a.test");
    const b = issue("*.b.test");
    const server = await serving([
      ...["--cert", a.cert, "--key", a.key],
      ...["--cert", b.cert, "--key", b.key],
    ]);
    expect((await shown(server, "a.test")).subject).toBe("CN=a.test");
    expect((await shown(server, "x.b.test")).subject).toBe("CN=*.b.test");
    expect((await shown(server, "c.test", "--insecure")).subject).toBe(
      "CN=a.test",
    );
    await stopped(server);
  });

  it("chooses by the kind of key between those of one name", async () => {
    const ec = issue("a.test");
    const ed = issue("a.test", "ed25519");
    const server = await serving([
      ...["--cert", ec.cert, "--key", ec.key],
      ...["--cert", ed.cert, "--key", ed.key],
    ]);
    const one = await shown(
      server,
      "a.test",
      "--ca",
      ca,
      "--sigalgs",
      "ecdsa_secp256r1_sha256",
    );
    const other = await shown(
      server,
      "a.test",
      ...["--ca", ca, "--sigalgs", "ed25519,ecdsa_secp384r1_sha384"],
    );
    expect(one.sha256).not.toBe(other.sha256);
    await stopped(server);
  });

  it("loads a folder anew when it changes", async () => {
    const folder = files.path("certs");
    mkdirSync(folder);
    const put = (name: string, as: string): void => {
      const { cert, key } = issue(name);
      copyFileSync(key, join(folder, `${as}.key`));
      copyFileSync(cert, join(folder, `.${as}`));
      renameSync(join(folder, `.${as}`), join(folder, `${as}.pem`));
    };
    put("a.test", "one");
    const server = await serving(["--certs", folder]);
    const before = await shown(server, "a.test");
    put("b.test", "two");
    await server.stdout.until(/two\.pem loaded\n/);
    expect((await shown(server, "b.test")).subject).toBe("CN=b.test");
    put("a.test", "one");
    await server.stdout.until(/one\.pem reloaded\n/);
    const after = await shown(server, "a.test");
    expect(after.subject).toBe("CN=a.test");
    expect(after.sha256).not.toBe(before.sha256);
    writeFileSync(join(folder, "three.pem"), "no certificate");
    await server.stderr.until(/three\.pem: /);
    rmSync(join(folder, "two.pem"));
    await server.stdout.until(/two\.pem removed\n/);
    expect((await shown(server, "b.test", "--insecure")).subject).toBe(
      "CN=a.test",
    );
    await stopped(server);
  });

  it("reads keys with a password", async () => {
    const made = authority.issueServer({ hosts: ["a.test"] });
    const both = files.write("both.pem", made.chainPem);
    const locked = createPrivateKey(made.key.toPem()).export({
      ...{ type: "pkcs8", format: "pem" },
      ...{ cipher: "aes-256-cbc", passphrase: "open" },
    });
    const key = files.write("locked.key", locked.toString());
    const password = files.write("password", "open\nand more");
    const server = await serving([
      ...["--cert", both, "--key", key, "--password-file", password],
    ]);
    expect((await shown(server, "a.test")).subject).toBe("CN=a.test");
    await stopped(server);
    const wrong = files.write("wrong", "shut");
    const { code, err } = await run([
      ...["serve", "0", "--cert", both, "--key", key, "--password-file", wrong],
    ]);
    expect(code).toBe(1);
    expect(err).not.toContain("shut");
  });
});

describe("serve: what it offers", () => {
  it("ends after --naccept connections", async () => {
    const server = await serving([...own, "--naccept", "2"]);
    for (let times = 0; times < 2; times++)
      expect(
        (await run(["connect", server.at, "--ca", pki.ca], "x")).code,
      ).toBe(0);
    expect((await server.ended).code).toBe(0);
  });

  it("takes early data", async () => {
    const server = start(["serve", "0", ...own, "--early-data", "--json"]);
    const [, port = ""] = await server.stdout.until(/"port":(\d+)/);
    const session = files.path("session");
    const client = ["connect", `localhost:${port}`, "--ca", pki.ca];
    await run([...client, "--session-out", session], "x");
    const early = files.write("early", "sent at once");
    const { code, out, err } = await run([
      ...client,
      "--session-in",
      session,
      "--early-data",
      early,
    ]);
    expect([code, out], err).toEqual([0, "sent at once"]);
    expect(err).toMatch(/^early data +accepted$/m);
    expect((await stopped(server)).out).toContain('"earlyData":"accepted"');
  });

  it("limits versions and tickets", async () => {
    const server = await serving([...own, "--tls", "1.2", "--tickets", "0"]);
    const { out } = await run([
      "probe",
      server.at,
      "--ca",
      pki.ca,
      "--delay",
      "0",
      "--json",
    ]);
    await stopped(server);
    expect(JSON.parse(out)).toMatchObject({
      versions: { "TLSv1.3": false, "TLSv1.2": true },
      sessions: { "TLSv1.2": { tickets: 0 } },
    });
  });

  it("tells a line of JSON for each thing that happens", async () => {
    const server = start([
      ...["serve", "0", ...own, "--json", "--verify", "required"],
      ...["--ca", pki.ca, "--alpn", "x"],
    ]);
    const [, port = ""] = await server.stdout.until(/"port":(\d+)/);
    const client = ["connect", `localhost:${port}`, "--ca", pki.ca];
    await run([
      ...client,
      "--cert",
      pki.clientCert,
      "--key",
      pki.clientKey,
      "--alpn",
      "x",
    ]);
    await run(client);
    await server.stdout.until(/"failed".*\n/);
    const lines = (await stopped(server)).out.trim().split("\n");
    const [listening, connected, failed] = lines.map((line): unknown =>
      JSON.parse(line),
    );
    expect(listening).toMatchObject({
      event: "listening",
      address: "127.0.0.1",
    });
    expect(connected).toMatchObject({
      ...{ event: "connected", version: "TLSv1.3", alpn: "x", resumed: false },
      ...{ serverName: "localhost", verified: true },
      clientCertificate: expect.stringContaining("CN="),
    });
    expect(failed).toMatchObject({
      event: "failed",
      error: { reason: "PEER_DID_NOT_RETURN_A_CERTIFICATE" },
    });
  });

  it.each([
    [["--cert", "a", "--www", "--echo"], "contradict"],
    [["--cert", "a", "--starttls", "pop3"], "takes smtp or imap"],
    [["--cert", "a", "--starttls", "smtp", "--www"], "contradict"],
    [["--cert", "a", "--naccept", "0"], "--naccept takes a whole number"],
    [["--cert", "a", "--host", ""], "--host is empty"],
    [["--cert", "a", "--tickets", "many"], "--tickets takes a number"],
    [["--cert", "a", "--early-data", "--tls", "1.2"], "--early-data needs"],
    [["--cert", "a", "--key", "b", "--key", "c"], "--key stands 2 times"],
    [["--cert", "a", "--www=/nowhere"], "--www: /nowhere is no folder"],
    [[], "--cert FILE is missing"],
  ])("refuses %j", async (args, says) => {
    const { code, err } = await run(["serve", "0", ...args]);
    expect(code).toBe(2);
    expect(oneLine(err)).toContain(says);
  });
});

describe("serve --www=DIR", () => {
  const folder = files.path("www");
  let server: Served;
  beforeAll(async () => {
    mkdirSync(join(folder, "sub"), { recursive: true });
    writeFileSync(join(folder, "index.html"), "<p>first");
    writeFileSync(join(folder, "a file.txt"), "some text");
    writeFileSync(join(folder, "empty"), "");
    writeFileSync(join(folder, "sub", "index.html"), "<p>inside");
    files.write("secret", "outside");
    symlinkSync("../secret", join(folder, "link"));
    symlinkSync("..", join(folder, "up"));
    symlinkSync("a file.txt", join(folder, "own link"));
    server = await serving([...own, "--www", folder]);
  });
  afterAll(async () => {
    await stopped(server);
  });

  function get(path: string) {
    return run(["connect", server.at, "--ca", pki.ca, "--get", path]);
  }

  it.each([
    ["/", "<p>first", "text/html"],
    ["/index.html?x=1", "<p>first", "text/html"],
    ["/a%20file.txt", "some text", "text/plain"],
    ["/own%20link", "some text", "text/plain"],
    ["/sub/", "<p>inside", "text/html"],
    ["/empty", "", "octet-stream"],
  ])("serves %s", async (path, body) => {
    const { code, out, err } = await get(path);
    expect([code, out], err).toEqual([0, body]);
    expect(err).toMatch(/^status +200/m);
  });

  it.each([
    ...[
      "/none",
      "/sub",
      "/../secret",
      "/%2e%2e/secret",
      "/sub/..%2f..%2fsecret",
    ],
    ...["/link", "/up/secret", "//secret", "/%00", "/a%", "/..%5csecret"],
  ])("has no %s", async (path) => {
    const { out, err } = await get(path);
    expect(err + out).not.toContain("outside");
    expect(err).toMatch(/404/);
  });
});

describe("serve --starttls", () => {
  it.each(["smtp", "imap"])("turns to TLS by %s", async (name) => {
    const server = await serving([...own, "--starttls", name]);
    const said =
      name === "smtp" ? "NOOP\r\nQUIT\r\n" : "a NOOP\r\nb LOGOUT\r\n";
    const { code, out, err } = await run(
      ["connect", server.at, "--starttls", name, "--ca", pki.ca],
      said,
    );
    expect(code, err).toBe(0);
    expect(out).toMatch(
      name === "smtp" ? /^250 .*\r\n221 / : /a OK.*\r\n\* BYE/,
    );
    await stopped(server);
  });

  it.each([
    ["smtp", "EHLO me\r\nSTARTTLS\r\nMAIL FROM:<them>\r\n"],
    ["imap", "a STARTTLS\r\nb LOGIN them there\r\n"],
  ])("takes nothing unprotected behind STARTTLS of %s", async (name, said) => {
    const server = await serving([...own, "--starttls", name]);
    const socket = connectTcp(server.port, "127.0.0.1");
    socket.write(said);
    socket.on("error", () => undefined).resume();
    await once(socket, "close");
    expect((await stopped(server)).err).toMatch(/bytes came unprotected/);
  });
});
