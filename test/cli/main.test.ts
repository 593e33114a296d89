import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectTcp, createServer } from "node:net";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort, oneLine, pkiFiles, run, scratch } from "./support.ts";

const files = scratch();
let pki: ReturnType<typeof pkiFiles>;
beforeAll(() => {
  pki = pkiFiles(files);
});
afterAll(() => {
  files.remove();
});

describe("puretls", () => {
  it("lists its commands", async () => {
    const { code, out, err } = await run(["--help"]);
    expect([code, err]).toEqual([0, ""]);
    for (const name of [
      "connect",
      "serve",
      "explain",
      "cert",
      "ciphers",
      "demo",
    ])
      expect(out).toMatch(new RegExp(`^  ${name} `, "m"));
  });

  it("needs a command", async () => {
    const { code, out, err } = await run([]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("Usage: puretls COMMAND");
  });

  it("prints its version", async () => {
    const content = readFileSync(
      new URL("../../package.json", import.meta.url),
      "utf8",
    );
    const { version } = JSON.parse(content) as { version: string };
    const { code, out } = await run(["--version"]);
    expect([code, out]).toEqual([0, `puretls ${version}\n`]);
  });

  it("has no other commands, and escapes what it quotes", async () => {
    const { code, out, err } = await run(["s\u001b[31mclient"]);
    expect([code, out]).toEqual([2, ""]);
    expect(oneLine(err)).toBe(
      'puretls: no command "s\\x1b[31mclient" (puretls --help lists them)',
    );
  });

  it("escapes text once, of the library's messages and of names too", async () => {
    const { err } = await run(["cert", "make", "a\u001b.test"]);
    expect(oneLine(err)).toContain('"a\\x1b.test"');
    const paths = await run(["cert", "show", "C:\\no\\such.pem"]);
    expect(oneLine(paths.err)).toContain("C:\\no\\such.pem");
  });

  it.each(["connect", "serve", "explain", "cert", "ciphers", "demo"])(
    "%s --help prints its options, 80 columns wide at most",
    async (name) => {
      for (const option of ["--help", "-h"]) {
        const { code, out, err } = await run([name, "x", option]);
        expect([code, err]).toEqual([0, ""]);
        expect(out).toMatch(new RegExp(`^Usage: puretls ${name} `));
        expect(out).toMatch(/^ {2}--[a-z]/m);
        for (const line of out.split("\n"))
          expect(line.length).toBeLessThanOrEqual(80);
      }
    },
  );

  it.each<[readonly string[], string]>([
    [["connect"], "HOST:PORT is missing"],
    [["connect", "a:b"], '"a:b" is not HOST:PORT'],
    [["connect", "a:70000"], '"70000" is not a port'],
    [["connect", "::1"], "an IPv6 address goes in brackets"],
    [["connect", "a", "b"], '"b" is one operand too many'],
    [["connect", "a", "--foo"], "Unknown option '--foo' (puretls"],
    [["connect", "a", "--ca"], "Option '--ca <value>' argument missing"],
    [["connect", "a", "--key", "k"], "--key goes with --cert"],
    [["connect", "a", "--ca", "x", "--insecure"], "contradict each other"],
    [["serve"], "PORT is missing"],
    [["serve", "x"], '"x" is not a port'],
    [["serve", "0"], "--cert FILE is missing"],
    [["serve", "0", "1"], '"1" is one operand too many'],
    [["serve", "0", "--echo", "--www"], "contradict each other"],
    [
      ["serve", "0", "--cert", "x", "--verify", "maybe"],
      '--verify takes none, optional or required, not "maybe"',
    ],
    [
      ["serve", "0", "--cert", "x", "--verify", "required"],
      "--verify required needs --ca FILE",
    ],
    [["demo", "x"], '"x" is one operand too many'],
    [
      ["connect", "localhost:1", "--provider", "openssl"],
      '--provider takes noble or node, not "openssl"',
    ],
    [["cert"], "make, show, verify, check, sign, renew or trust is missing"],
    [
      ["cert", "sing"],
      'make, show, verify, check, sign, renew or trust, not "sing"',
    ],
  ])("%j: one line, with where to look", async (args, says) => {
    const { code, out, err } = await run(args);
    expect([code, out]).toEqual([2, ""]);
    expect(oneLine(err)).toContain(says);
    expect(err).toMatch(
      new RegExp(`^puretls ${args[0] ?? ""}: .* \\(puretls .* --help\\)\n$`),
    );
  });
});

describe("files that are wrong: found out before anybody is called", () => {
  const wrong = (): readonly (readonly [readonly string[], RegExp])[] => [
    [["--cert", files.path("none.pem")], /ENOENT/],
    [["--cert", pki.cert, "--key", files.path("none.key")], /ENOENT/],
    [
      ["--cert", files.write("x.pem", "x"), "--key", pki.key],
      /x\.pem.*no PEM block/,
    ],
    [["--cert", pki.cert], /server\.pem.*no PEM block/],
    [
      ["--cert", pki.cert, "--key", pki.otherKey],
      /KEY_VALUES_MISMATCH.*other\.key.*does not belong/,
    ],
    [
      ["--cert", pki.cert, "--key", pki.key, "--keylog", files.path("no/log")],
      /--keylog: ENOENT/,
    ],
  ];

  it("connect does not connect", async () => {
    let seen = 0;
    const server = createServer((socket) => {
      seen++;
      socket.destroy();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    for (const [args, says] of [
      ...wrong(),
      [["--ca", files.path("none.pem")], /ENOENT/] as const,
      [["--ca", pki.key], /no certificate and no CRL/] as const,
    ]) {
      const ended = await run([
        "connect",
        `127.0.0.1:${String(port)}`,
        ...args,
      ]);
      expect([ended.code, ended.out]).toEqual([1, ""]);
      expect(oneLine(ended.err)).toMatch(says);
    }
    // A connection of our own: all that came before it would have been seen.
    const own = connectTcp(port, "127.0.0.1");
    await once(own, "close");
    expect(seen).toBe(1);
    server.close();
  });

  it("serve does not listen", async () => {
    const port = await freePort();
    for (const [args, says] of wrong()) {
      const ended = await run(["serve", String(port), ...args]);
      expect([ended.code, ended.out]).toEqual([1, ""]);
      expect(oneLine(ended.err)).toMatch(says);
      const refused = connectTcp(port, "127.0.0.1");
      const [error] = (await once(refused, "error")) as [{ code: string }];
      expect(error.code).toBe("ECONNREFUSED");
    }
  });

  it("serve reports that its port is in use", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const ended = await run([
      "serve",
      String(port),
      "--cert",
      pki.cert,
      "--key",
      pki.key,
    ]);
    server.close();
    expect([ended.code, ended.out]).toEqual([1, ""]);
    expect(oneLine(ended.err)).toContain("EADDRINUSE");
  });
});

it("goes on where nobody reads stderr", async () => {
  const outfile = files.path("puretls.mjs");
  await build({
    entryPoints: ["src/cli/main.ts"],
    ...{ bundle: true, platform: "node", format: "esm", outfile },
    logLevel: "error",
  });
  const program = spawn(process.execPath, [outfile, "nosuch"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  program.stderr.destroy();
  const [code] = await once(program, "exit");
  // An error event that nobody takes ends a process with 1.
  expect(code).toBe(2);
});
