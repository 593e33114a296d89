/** `puretls probe` against servers of our own, weak ones and hostile ones. */
import { createServer, type Server, type Socket } from "node:net";
import { Readable, Writable } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { main } from "../../../src/cli/main.ts";
import type { Report } from "../../../src/cli/probe/report.ts";
import { SUITE_NAMES } from "../../../src/cli/probe/suite-numbers.ts";
import { CIPHER_SUITES } from "../../../src/handshake/registries/cipher-suites.ts";
import { parseCertificates } from "../../../src/x509/index.ts";
import { testServer } from "../../support/pki.ts";
import {
  freePort,
  oneLine,
  openTcpHandles,
  pkiFiles,
  run,
  scratch,
  serving,
  start,
  stopped,
} from "../support.ts";
import { WEAK_SUITES, weakServer } from "./weak-server.ts";

const files = scratch();
let pki: ReturnType<typeof pkiFiles>;
beforeAll(() => {
  pki = pkiFiles(files);
});
afterEach(async () => {
  expect(await openTcpHandles()).toEqual([]);
});
afterAll(() => {
  files.remove();
});

function probed(at: string, ...more: string[]) {
  return run(["probe", at, "--delay", "0", "--ca", pki.ca, ...more]);
}

async function reportOf(at: string, ...more: string[]): Promise<Report> {
  const { code, out, err } = await probed(at, "--json", ...more);
  expect([code, err]).toEqual([0, ""]);
  const report: Report = JSON.parse(out);
  return report;
}

/** A server of the test, for as long as `use` runs. */
async function during<T>(
  server: Server,
  use: (at: string) => Promise<T>,
): Promise<T> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  try {
    return await use(`127.0.0.1:${port}`);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  }
}

describe("probe: a server of ours", () => {
  it("finds what it is set to", async () => {
    const server = await serving([
      ...["--cert", pki.cert, "--key", pki.key, "--alpn", "h2,http/1.1"],
    ]);
    const report = await reportOf(server.at);
    await stopped(server);
    expect(report).toMatchObject({
      complete: true,
      serverName: "localhost",
      versions: {
        "TLSv1.3": true,
        "TLSv1.2": true,
        "TLSv1.1": false,
        "TLSv1.0": false,
        SSLv3: false,
        SSLv2: false,
      },
      suites: {
        "TLSv1.3": { serverOrder: true },
        "TLSv1.2": {
          names: [
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          ],
          serverOrder: true,
        },
      },
      groups: {
        "TLSv1.3": {
          names: [
            ...["X25519MLKEM768", "x25519", "secp256r1", "secp384r1"],
            "secp521r1",
          ],
        },
        // It always likes the curve of its certificate better than the rest.
        "TLSv1.2": { names: ["x25519", "secp256r1"] },
      },
      signatureSchemes: {
        "TLSv1.3": ["ecdsa_secp256r1_sha256"],
        "TLSv1.2": [
          "ecdsa_secp256r1_sha256",
          "ecdsa_secp384r1_sha384",
          "ecdsa_secp521r1_sha512",
        ],
      },
      certificates: [{ valid: true, faults: [], publicKey: "EC P-256" }],
      alpn: { names: ["h2", "http/1.1"], serverOrder: true },
      sessions: {
        "TLSv1.3": { tickets: 2, resumedByTicket: true, maxEarlyData: 0 },
        "TLSv1.2": { tickets: 1, resumedByTicket: true },
      },
      keyShareReuse: false,
      encryptedClientHello: false,
      ocspStapling: false,
      certificateCompression: [],
      fallbackSignal: true,
      downgradeSentinel: true,
      extensions: {
        renegotiationInfo: true,
        extendedMainSecret: true,
        heartbeat: false,
        compression: false,
      },
      helloRetryRequest: { asks: true, completes: true },
      grade: "A",
      reasons: [],
    });
    expect(report.tolerance.filter(({ tolerant }) => !tolerant)).toEqual([]);
    expect(report.weaknesses.filter(({ found }) => found)).toEqual([]);
  });

  it("shakes hands by whatever group the server has", async () => {
    const server = await serving([
      ...["--cert", pki.cert, "--key", pki.key],
      ...["--tls", "1.3", "--groups", "MLKEM1024"],
    ]);
    const report = await reportOf(server.at);
    await stopped(server);
    expect(report.groups["TLSv1.3"]?.names).toEqual(["MLKEM1024"]);
    expect(report.signatureSchemes["TLSv1.3"]).not.toEqual([]);
    expect(report.sessions["TLSv1.3"]?.resumedByTicket).toBe(true);
  });

  it("prints it for people, without progress where none looks", async () => {
    const server = await serving(["--cert", pki.cert, "--key", pki.key]);
    const { code, out, err } = await probed(server.at);
    await stopped(server);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^versions +TLSv1\.3, TLSv1\.2$/m);
    expect(out).toMatch(/^suites of TLSv1\.2, in the server's order$/m);
    expect(out).toMatch(/^ {2}verification +ok$/m);
    expect(out).toMatch(/^grade +A$/m);
    expect(out).not.toContain("\u001b");
  });

  it("grades T where the certificate is not trusted, and --at-least ends with 1", async () => {
    const server = await serving(["--cert", pki.cert, "--key", pki.key]);
    const other = ["--servername", "elsewhere.test"];
    const report = await reportOf(server.at, ...other);
    const { code } = await probed(server.at, ...other, "--at-least", "B");
    await stopped(server);
    expect([report.grade, report.gradeIfTrusted]).toEqual(["T", "A"]);
    expect(report.reasons[0]?.says).toContain("elsewhere.test");
    expect(code).toBe(1);
  });

  it("tells its progress on a terminal", async () => {
    const server = await serving(["--cert", pki.cert, "--key", pki.key]);
    let text = "";
    const stderr = Object.assign(
      new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          text += chunk.toString();
          done();
        },
      }),
      { isTTY: true, columns: 30 },
    );
    const args = ["probe", server.at, "--delay", "0", "--ca", pki.ca];
    const code = await main(args, {
      stdin: Readable.from([]),
      stdout: new Writable({ write: (_chunk, _encoding, done) => done() }),
      ...{ stderr, env: {}, signal: new AbortController().signal },
    });
    await stopped(server);
    expect(code).toBe(0);
    const lines = text.split("\r\u001b[K");
    expect(lines).toContainEqual(expect.stringMatching(/^probing: suites \(/));
    expect(Math.max(...lines.map((line) => line.length))).toBe(29);
    expect(lines.at(-1)).toBe("");
  });
});

describe("probe: a weak server", () => {
  const [leaf] = parseCertificates(testServer().certificatePem);
  const weak = () => weakServer(leaf?.der ?? new Uint8Array());

  it("finds each weakness, by one connection at a time", async () => {
    const { server, counts } = weak();
    const report = await during(server, (at) => reportOf(at));
    // The end of one connection may be seen after the beginning of the next.
    expect(counts.most).toBeLessThan(3);
    expect(report.connections).toBe(counts.made);
    expect(report.versions).toEqual({
      ...{ SSLv2: true, SSLv3: true, "TLSv1.0": true, "TLSv1.1": true },
      ...{ "TLSv1.2": true, "TLSv1.3": false },
    });
    for (const version of ["SSLv3", "TLSv1.0", "TLSv1.2"] as const)
      expect(report.suites[version]).toEqual({
        names: WEAK_SUITES.map((code) => SUITE_NAMES.get(code)),
        serverOrder: true,
      });
    expect(report.dhBits).toEqual([512]);
    expect(report.extensions).toMatchObject({
      ...{ renegotiationInfo: false, extendedMainSecret: false },
      ...{ heartbeat: true, compression: true },
    });
    expect(report.signatureSchemes["TLSv1.2"]).toEqual(["rsa_pkcs1_sha1"]);
    expect(report.keyShareReuse).toBe(true);
    expect(report.gradeIfTrusted).toBe("F");
    const found = report.weaknesses.filter((one) => one.found);
    expect(found.map(({ name }) => name)).toEqual([
      ...["DROWN", "POODLE", "BEAST", "RC4", "SWEET32", "DES"],
      ...["export suites (FREAK)", "anonymous suites", "NULL suites"],
      ...["static RSA", "Logjam", "CRIME", "insecure renegotiation"],
      ...["Heartbeat", "downgrade without a signal", "SHA-1 signatures"],
      "key share used again",
    ]);
  });

  it("stops at --max-connections", async () => {
    const { server, counts } = weak();
    const limit = ["--max-connections", "9"];
    const report = await during(server, (at) => reportOf(at, ...limit));
    expect([counts.made, report.connections, report.complete]).toEqual([
      ...[9, 9, false],
    ]);
  });

  it("tells what it has found of a server that goes away", async () => {
    const { server, counts } = weak();
    server.on("connection", () => {
      if (counts.made === 12) server.close();
    });
    const report = await during(server, (at) => reportOf(at));
    expect(report).toMatchObject({
      ...{ complete: false, stopped: expect.stringContaining("ECONNREFUSED") },
      versions: { "TLSv1.2": true },
      ...{ groups: {}, gradeIfTrusted: "F" },
    });
  });

  it("waits between two connections", async () => {
    const { server, counts } = weak();
    const began = Date.now();
    const args = ["--delay", "40", "--max-connections", "6", "--json"];
    await during(server, (at) => run(["probe", at, "--ca", pki.ca, ...args]));
    expect(counts.made).toBe(6);
    expect(Date.now() - began).toBeGreaterThan(5 * 39);
  });
});

describe("probe: servers that are none", () => {
  it.each([
    ["ends at once", (socket: Socket) => socket.destroy()],
    [
      "speaks HTTP",
      (socket: Socket) => socket.end("HTTP/1.1 400 \u001b[31mNo"),
    ],
    [
      "sends without end",
      (socket: Socket) => {
        const record = Buffer.alloc(16_389, 1);
        record.set([22, 3, 3, 64, 0]);
        const more = (): void => {
          while (socket.writable && socket.write(record));
        };
        socket.on("drain", more);
        more();
      },
    ],
    [
      "announces more than it sends",
      (socket: Socket) => socket.end(Uint8Array.of(22, 3, 3, 0, 9, 2, 0, 0, 5)),
    ],
  ])("ends with 1 where the server %s", async (_, talk) => {
    const { code, out, err } = await during(createServer(talk), (at) =>
      probed(at),
    );
    expect([code, out]).toEqual([1, ""]);
    expect(oneLine(err)).toMatch(
      /^puretls probe: 127\.0\.0\.1:\d+ speaks no version of TLS that it was asked for$/,
    );
  });

  it("asks for an internationalized HOST by its A-labels", async () => {
    const hellos: string[] = [];
    const { code } = await during(
      createServer((socket) => {
        socket.once("data", (bytes) => {
          hellos.push(bytes.toString("latin1"));
          socket.destroy();
        });
      }),
      (at) => probed("b\u00fccher.test", "--connect-to", at, "--timeout", "1"),
    );
    expect(code).toBe(1);
    expect(hellos[0]).toContain("xn--bcher-kva.test");
  });

  it("waits for a silent server as long as --timeout says", async () => {
    const began = Date.now();
    const { code, err } = await during(
      createServer(() => undefined),
      (at) => probed(at, "--timeout", "1", "--max-connections", "2"),
    );
    expect(code).toBe(1);
    expect(oneLine(err)).toContain("--max-connections allows no more");
    expect(Date.now() - began).toBeGreaterThan(1900);
  });

  it("ends with 1 without a listener", async () => {
    const { code, err } = await probed(`127.0.0.1:${await freePort()}`);
    expect(code).toBe(1);
    expect(oneLine(err)).toContain("ECONNREFUSED");
  });

  it("ends with 130 when it is interrupted", async () => {
    await during(
      createServer(() => undefined),
      async (at) => {
        const one = start(["probe", at, "--ca", pki.ca]);
        setTimeout(() => {
          one.interrupt();
        }, 100);
        expect((await one.ended).code).toBe(130);
      },
    );
  });

  it.each([
    [[], "HOST:PORT is missing"],
    [["a.test", "b.test"], "one operand too many"],
    [["a.test", "-4", "-6"], "contradict"],
    [
      ["a.test", "--delay", "soon"],
      '--delay takes a whole number from 0 to 99999, not "soon"',
    ],
    [["a.test", "--max-connections", "0"], "--max-connections takes"],
    [["a.test", "--timeout", "0"], "--timeout takes"],
    [["a.test", "--at-least", "E"], "--at-least takes A, B or C"],
    [["a.test", "--starttls", "http"], "--starttls takes"],
    [["a.test", "--insecure"], "--insecure"],
    [["a.test", "--servername", ""], "--servername: "],
    [["a.test", "--servername", ".a"], "--servername: "],
    [["a.test", "--servername", "a".repeat(64)], "--servername: "],
    [["a.test", "--servername", "a b"], "--servername: "],
    [["a.test", "--servername", "a\u001b[31m"], "--servername: "],
  ])("refuses %j before a byte goes out", async (args, says) => {
    const { code, err } = await run(["probe", ...args]);
    expect(code).toBe(2);
    expect(oneLine(err)).toContain(says);
  });
});

it("has the numbers of the suites that puretls has", () => {
  for (const { code, name } of Object.values(CIPHER_SUITES))
    expect(SUITE_NAMES.get(code)).toBe(name);
});
