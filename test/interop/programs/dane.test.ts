/**
 * `--dane` and s_client's -dane_tlsa_rrdata on the same records and the same
 * server: both accept, or both refuse. `--raw-key` with gnutls-serv.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { run } from "../../cli/support.ts";
import { useCertificates } from "../support/certificates.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { PeerProcess, startServer } from "../support/process.ts";
import { temporaryFolder } from "../support/temporary.ts";

type Data = (usage: number, selector: number, matching: number) => string;

describePeers(["openssl"], () => {
  const certificates = useCertificates();
  const folder = temporaryFolder();
  let port = 0;
  let leaf: Data;
  let authority: Data;
  let stranger: Data;

  // Peers end with their test.
  beforeEach(async () => {
    const { ca, strangerCa, server } = certificates();
    const { cert, key } = server["ECDSA P-256"];
    const started = await startServer(
      (free) =>
        new PeerProcess("openssl", [
          ...["s_server", "-accept", `127.0.0.1:${String(free)}`],
          // The root too, which a record of usage 2 may name.
          ...["-cert", cert, "-key", key, "-cert_chain", ca, "-rev"],
        ]),
    );
    ({ port } = started);
    leaf = dataOf(cert);
    authority = dataOf(ca);
    stranger = dataOf(strangerCa);
  });

  /** Tells what both make of the records. */
  async function both(
    records: readonly string[],
    more: { readonly ca?: boolean; readonly name?: string } = {},
  ): Promise<{ openssl: boolean; puretls: boolean; says: string }> {
    const { ca, strangerCa } = certificates();
    const name = more.name ?? "localhost";
    const trusted = more.ca === false ? strangerCa : ca;
    const file = join(folder, "records");
    writeFileSync(file, records.map((one) => `${one}\n`).join(""));
    const { status, stdout, stderr } = spawnSync(
      "openssl",
      [
        ...[
          "s_client",
          "-connect",
          `127.0.0.1:${String(port)}`,
          "-CAfile",
          trusted,
        ],
        ...["-dane_tlsa_domain", name, "-verify_return_error", "-brief"],
        // RFC 7671 5.1 leaves the name out, OpenSSL does when it is told.
        "-dane_ee_no_namechecks",
        ...records.flatMap((one) => [
          "-dane_tlsa_rrdata",
          one.replace(/^.*TLSA /, ""),
        ]),
      ],
      { input: "", encoding: "utf8" },
    );
    const ended = await run(
      [
        ...["connect", `127.0.0.1:${String(port)}`, "--dane", file],
        ...["--servername", name, "--ca", trusted],
      ],
      "",
    );
    return {
      openssl: status === 0 && /Verification: OK/.test(stdout + stderr),
      puretls: ended.code === 0,
      says: ended.err,
    };
  }

  const accepted = (says: string) => ({
    openssl: true,
    puretls: true,
    says: expect.stringContaining(says) as unknown,
  });
  const refused = (says: string) => ({
    openssl: false,
    puretls: false,
    says: expect.stringContaining(says) as unknown,
  });

  const SHAPES = [0, 1].flatMap((selector) =>
    [0, 1, 2].map((matching) => [selector, matching] as const),
  );

  it.each(SHAPES)("DANE-EE: 3 %i %i", async (selector, matching) => {
    const good = leaf(3, selector, matching);
    // Neither authority nor name is asked about.
    expect(await both([good], { ca: false, name: "other.test" })).toEqual(
      accepted("ok, by a TLSA record"),
    );
    const bad = stranger(3, selector, matching);
    expect(await both([bad])).toEqual(refused("no TLSA record matches"));
    expect(await both([bad, good])).toEqual(accepted("by a TLSA record"));
  });

  it.each(SHAPES)("DANE-TA: 2 %i %i", async (selector, matching) => {
    const good = authority(2, selector, matching);
    expect(await both([good], { ca: false })).toEqual(
      accepted("ok, a path of 2"),
    );
    expect(await both([good], { ca: false, name: "other.test" })).toEqual(
      refused("not valid for the expected name"),
    );
    const bad = stranger(2, selector, matching);
    expect(await both([bad])).toMatchObject({ openssl: false, puretls: false });
  });

  it.each([
    [0, 1],
    [1, 2],
  ])("PKIX-TA and PKIX-EE: 0 and 1, %i %i", async (selector, matching) => {
    for (const good of [
      authority(0, selector, matching),
      leaf(1, selector, matching),
    ]) {
      expect(await both([good])).toEqual(accepted("ok, a path of 2"));
      expect(await both([good], { ca: false })).toMatchObject({
        openssl: false,
        puretls: false,
      });
      expect(await both([good], { name: "other.test" })).toMatchObject({
        openssl: false,
        puretls: false,
      });
    }
    for (const bad of [
      stranger(0, selector, matching),
      stranger(1, selector, matching),
    ])
      expect(await both([bad])).toEqual(refused("no TLSA record matches"));
  });

  it("a weak digest counts for nothing beside a strong one", async () => {
    const weak = leaf(3, 1, 1);
    expect(await both([weak, stranger(3, 1, 2)])).toEqual(
      refused("no TLSA record"),
    );
    expect(await both([weak, stranger(3, 0, 2)])).toEqual(
      accepted("by a TLSA record"),
    );
  });

  it("reads the lines of dig and of zone files", async () => {
    const record = leaf(3, 1, 1);
    const lines = [
      "; <<>> DiG",
      `_${String(port)}._tcp.localhost. 3600 IN TLSA ${record.toUpperCase()} ; comment`,
      `_443._tcp.localhost. 3600 IN TLSA ${stranger(3, 1, 2)}`,
    ];
    const file = join(folder, "zone");
    writeFileSync(file, lines.join("\n"));
    const at = `127.0.0.1:${String(port)}`;
    const connect = ["connect", at, "--dane", file];
    const named = await run([...connect, "--servername", "localhost"], "");
    expect(named.code).toBe(0);
    const other = await run(connect, "");
    expect([other.code, other.err]).toEqual([
      2,
      expect.stringContaining("no TLSA record of _"),
    ]);
  });

  it.each([
    ["3 1", "line 1 is no TLSA record"],
    ["\n3 1 1 zz", "line 2 is no TLSA record"],
    ["4 1 1 " + "00".repeat(32), "none is of use"],
    ["3 1 1 0011", "none is of use"],
    ["", "no TLSA record of _1._tcp.localhost in it"],
  ])("refuses %j before anybody is called", async (text, says) => {
    const file = join(folder, "bad");
    writeFileSync(file, text);
    const { code, err } = await run(["connect", "localhost:1", "--dane", file]);
    expect([code, err]).toEqual([2, expect.stringContaining(says)]);
  });
});

/** The association data of a certificate's file. */
function dataOf(file: string): Data {
  const whole = execFileSync("openssl", [
    "x509",
    "-in",
    file,
    "-outform",
    "DER",
  ]);
  const pem = execFileSync("openssl", [
    "x509",
    "-in",
    file,
    "-noout",
    "-pubkey",
  ]);
  const key = execFileSync("openssl", ["pkey", "-pubin", "-outform", "DER"], {
    input: pem,
  });
  return (usage, selector, matching) => {
    const bytes = selector === 0 ? whole : key;
    const data =
      matching === 0
        ? bytes
        : createHash(matching === 1 ? "sha256" : "sha512")
            .update(bytes)
            .digest();
    return [usage, selector, matching, data.toString("hex")].join(" ");
  };
}

describePeers(["gnutls"], () => {
  const folder = temporaryFolder();
  const path = (name: string): string => join(folder, name);

  describe("connect --raw-key", () => {
    it.each(["TLS1.3", "TLS1.2"])(
      "meets gnutls-serv in %s",
      async (version) => {
        for (const name of ["own", "other"]) {
          execFileSync("openssl", [
            ...[
              "genpkey",
              "-algorithm",
              "ed25519",
              "-out",
              path(`${name}.key`),
            ],
          ]);
          const pem = execFileSync("openssl", [
            "pkey",
            "-in",
            path(`${name}.key`),
            "-pubout",
          ]);
          writeFileSync(path(`${name}.pub`), pem);
        }
        const { port } = await startServer(
          (free) =>
            new PeerProcess("gnutls-serv", [
              ...[
                "--echo",
                "--port",
                String(free),
                "--rawpkkeyfile",
                path("own.key"),
              ],
              ...["--rawpkfile", path("own.pub"), "--priority"],
              `NORMAL:-VERS-ALL:+VERS-${version}:+CTYPE-SRV-RAWPK`,
            ]),
        );
        const call = (name: string) =>
          run(
            [
              "connect",
              `127.0.0.1:${String(port)}`,
              "--raw-key",
              path(`${name}.pub`),
            ],
            "hi\n",
          );
        const good = await call("own");
        expect(good).toMatchObject({ code: 0, out: "hi\n" });
        expect(good.err).toContain("a raw public key");
        const bad = await call("other");
        expect(bad.code).toBe(1);
        expect(bad.err).toMatch(/not among the trusted ones/);
        expect(readFileSync(path("own.pub"), "utf8")).toContain("PUBLIC KEY");
      },
    );
  });
});
