/** `puretls lab`: in memory, against a server, and a client that it starts. */
import { readFileSync } from "node:fs";
import { type AddressInfo } from "node:net";
import * as tls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { labAuthorityPem, library, scenario } from "../../src/lab/index.ts";
import { testServer } from "../support/pki.ts";
import { run, scratch } from "./support.ts";

const files = scratch();
const HONEST = scenario("tls13").named("honest").expectConnected().data;
const WRONG = scenario("tls13").named("wrong").expectRefusal().data;
const SERVER = scenario("tls13", "server")
  .named("no CertificateVerify")
  .skip("certificate_verify")
  .expectAlert("unexpected_message").data;

let listener: tls.Server;
let peer = "";
beforeAll(async () => {
  const { certificatePem: cert, keyPem: key } = testServer();
  listener = tls.createServer({ cert, key }, (socket) => {
    socket.on("error", () => undefined);
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, "127.0.0.1", resolve);
  });
  peer = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
});
afterAll(() => listener.close());

describe("puretls lab run", () => {
  it("plays scenarios of a file, and ends with 1 for a finding", async () => {
    const file = files.write("two.json", JSON.stringify([HONEST, WRONG]));
    const { code, out, err } = await run(["lab", "run", file, "--verbose"]);
    expect([code, err]).toEqual([1, ""]);
    expect(out).toContain("pass   honest");
    expect(out).toContain("expected an alert or a close, saw silence");
    expect(out).toContain("2 scenarios: 1 passed, 1 failed");
  });

  it("plays those of a module, of whatever copy of the package", async () => {
    const file = files.write(
      "scenarios.mjs",
      `const data = ${JSON.stringify(HONEST)};
export const one = { data };
export const list = [{ data: { ...data, name: "second" } }];
export const other = 7;
`,
    );
    const { code, out } = await run(["lab", "run", file, "--verbose"]);
    expect(code, out).toBe(0);
    expect(out).toContain("pass   second");
  });

  it("plays a server, reports JSON and JUnit, and plays findings again", async () => {
    const file = files.write("peer.json", JSON.stringify([HONEST, WRONG]));
    const junit = files.path("junit.xml");
    const first = await run(
      ["lab", "run", file, "--peer", peer, "--json", "--junit", junit].concat(
        "--patience",
        "300",
      ),
    );
    expect(first.code, first.err).toBe(1);
    const report = JSON.parse(first.out) as {
      results: { verdict: string; seed: number }[];
    };
    expect(report.results.map(({ verdict }) => verdict)).toEqual([
      "pass",
      "fail",
    ]);
    expect(readFileSync(junit, "utf8")).toContain('failures="1"');
    const kept = files.write("report.json", first.out);
    const again = await run([
      ...["lab", "run", "--replay", kept, "--peer", peer],
      ...["--json", "--patience", "300"],
    ]);
    const { results } = JSON.parse(again.out) as typeof report;
    expect(results.map(({ verdict }) => verdict)).toEqual(["fail"]);
    expect(results[0]?.seed).toBe(report.results[0]?.seed);
  });

  it("plays a client that a command starts", async () => {
    const ca = files.write("lab-ca.pem", labAuthorityPem());
    const program = files.write(
      "client.mjs",
      `import { connect } from "node:tls";
import { readFileSync } from "node:fs";
const [, , port, ca] = process.argv;
connect({ port, host: "127.0.0.1", servername: "localhost", ca: readFileSync(ca) }).on("error", () => process.exit(1));
`,
    );
    const file = files.write("server.json", JSON.stringify([SERVER, HONEST]));
    const command = `"${process.execPath}" "${program}" {port} "${ca}"`;
    const { code, out } = await run(["lab", "run", file, "--client", command]);
    expect(code, out).toBe(0);
    // The scenario of the other role is left out.
    expect(out).toContain("1 scenario: 1 passed");
  });

  it("refuses what goes not together, and ends with 2", async () => {
    const file = files.write("server.json", JSON.stringify(SERVER));
    for (const [args, words] of [
      [["--peer", peer, "--client", "x {port}"], "exclude each other"],
      [["--client", "openssl s_client"], "{port}"],
      [["--seed", "x"], "--seed takes a whole number"],
      [["--only", "no such scenario"], "no scenario has"],
      [[file, "--peer", peer], "--client tests with them"],
      [[files.write("empty.json", "{}")], "exports no scenario"],
      [["--servername", "a"], "--servername goes with --peer"],
    ] as const) {
      const { code, err } = await run(["lab", "run", ...args]);
      expect(code, words).toBe(2);
      expect(err).toContain(words);
    }
  });

  it("names a peer that cannot be reached", async () => {
    const file = files.write("honest.json", JSON.stringify(HONEST));
    const { code, out } = await run([
      ...["lab", "run", file, "--peer", "127.0.0.1:1"],
    ]);
    expect(code).toBe(1);
    expect(out).toContain("127.0.0.1:1 cannot be reached");
  });
});

describe("puretls lab explore and list", () => {
  it("draws a peer in memory", async () => {
    const dot = await run(["lab", "explore", "--role", "server"]);
    expect([dot.code, dot.err]).toEqual([0, ""]);
    expect(dot.out).toContain("digraph client");
    const mermaid = await run(["lab", "explore", "--format", "mermaid"]);
    expect(mermaid.out).toContain("stateDiagram-v2");
    const json = await run([
      ...["lab", "explore", "--tls", "1.2", "--format", "json"],
    ]);
    expect(JSON.parse(json.out)).toMatchObject({ version: "tls12" });
  });

  it("lists the library, and its scenarios as JSON", async () => {
    const { out } = await run(["lab", "list"]);
    expect(out.trim().split("\n").length).toBe(library().length);
    const { out: json } = await run(["lab", "list", "--json"]);
    expect(JSON.parse(json)).toHaveLength(library().length);
    const { code, err } = await run(["lab", "nothing"]);
    expect(code).toBe(2);
    expect(err).toContain("run, explore or list");
  });
});
