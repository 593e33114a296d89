/** `--trace` of the client and of the server, for the same connections. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  oneLine,
  pkiFiles,
  run,
  scratch,
  serving,
  stopped,
} from "./support.ts";

const files = scratch();
let pki: ReturnType<typeof pkiFiles>;
beforeAll(() => {
  pki = pkiFiles(files);
});
afterAll(() => {
  files.remove();
});

/** Both traces of a connection that says hi. */
async function traced(
  detail: string,
  ...more: string[]
): Promise<{ client: string; server: string }> {
  const server = await serving([
    ...["--cert", pki.cert, "--key", pki.key],
    `--trace${detail}`,
  ]);
  const client = await run(
    [
      ...["connect", server.at, "--ca", pki.ca, "--quiet"],
      `--trace${detail}`,
      ...more,
    ],
    "hi",
  );
  expect([client.code, client.out]).toEqual([0, "hi"]);
  return { client: client.err, server: (await stopped(server)).err };
}

/** The ladder alone: who sent what. */
function rungs(trace: string): string[] {
  return [...trace.matchAll(/(<?)-+ (\w+(?: \(\w+\))?) \d+ B -+(>?)/g)].map(
    ([, back, what = ""]) =>
      back === "<" ? `server ${what}` : `client ${what}`,
  );
}

describe("--trace", () => {
  it("shows the same ladder on both sides, on stderr alone", async () => {
    const { client, server } = await traced("");
    const seen = rungs(client);
    expect(seen).toEqual(
      expect.arrayContaining([
        "client ClientHello",
        "server ServerHello",
        "server EncryptedExtensions",
        "server Certificate",
        "server CertificateVerify",
        "server Finished",
        "client Finished",
        "client application_data",
        "server application_data",
        "server alert (close_notify)",
      ]),
    );
    expect([...seen].sort()).toEqual(rungs(server).sort());
    for (const keys of [
      "client: no encryption",
      "server: server_handshake_traffic_secret",
      "client: client_handshake_traffic_secret",
      "client: client_application_traffic_secret_0",
      "server: server_application_traffic_secret_0",
    ])
      for (const trace of [client, server])
        expect(trace).toContain(`[${keys}]`);
    for (const line of server.trimEnd().split("\n"))
      expect(line).toMatch(/^#1 /);
    for (const line of client.split("\n"))
      expect(line.length).toBeLessThanOrEqual(80);
  });

  it("=fields names each field and its section", async () => {
    const { client } = await traced("=fields", "--alpn", "h2");
    for (const line of [
      "legacy_version: TLSv1.2 [RFC 9846 4.2.2]",
      "host_name: localhost [RFC 6066 3]",
      "protocol_name: h2 [RFC 7301 3.1]",
      "selected_version: TLSv1.3 [RFC 9846 4.3.1]",
      "algorithm: ecdsa_secp256r1_sha256 [RFC 9846 4.5.2]",
      "ticket_lifetime: 7200 s [RFC 9846 4.7.1]",
      "description: close_notify [RFC 9846 6]",
    ])
      expect(client).toContain(`  ${line}\n`);
  });

  it("=hex shows the bytes and the key schedule's steps, and no secret", async () => {
    const log = files.path("hex.log");
    const { client } = await traced("=hex", "--keylog", log);
    expect(client).toMatch(/^0000 {2}01 +msg_type: client_hello \[/m);
    expect(client).toMatch(/^0000 {2}16 03 01 .. .. +record from the client/m);
    expect(client).toContain('Derive-Secret(Handshake Secret, "s hs');
    expect(client).toContain("(32 bytes, secret)");
    const lines = readFileSync(log, "utf8").trim().split("\n");
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines)
      expect(client).not.toContain(line.split(" ")[2] ?? "");
  });

  it("=hex hashes the messages that it shows", async () => {
    const { client } = await traced("=hex");
    const hash = createHash(
      /cipher_suite: \w+_SHA384 /.test(client) ? "sha384" : "sha256",
    );
    const end = client.indexOf("client_handshake_traffic_secret = ");
    for (const [, hex = ""] of client
      .slice(0, end)
      .matchAll(/^[0-9a-f]{4} {2}((?:[0-9a-f]{2} ?){1,8})(?!.*record from)/gm))
      hash.update(Buffer.from(hex.replaceAll(" ", ""), "hex"));
    expect(client.slice(end).replaceAll(/\s+/g, " ")).toContain(
      ` context ${hash.digest("hex")} `,
    );
  });

  it("=secrets shows the secrets that the key log has", async () => {
    const log = files.path("secrets.log");
    const { client } = await traced("=secrets", "--keylog", log);
    const flat = client.replaceAll(/\s+/g, " ");
    const lines = readFileSync(log, "utf8").trim().split("\n");
    for (const line of lines)
      expect(flat).toContain(` out ${line.split(" ")[2] ?? ""}`);
  });

  it("=json is the same for programs, a line a connection", async () => {
    const { client, server } = await traced("=json");
    const names = [client, server].map((text) => {
      const { log } = JSON.parse(oneLine(text)) as {
        log: { connections: { entries: object[] }[] };
      };
      const [connection] = log.connections;
      return (connection?.entries ?? []).map((entry) =>
        ["from", "type", "name", "keys"].map((key) =>
          String(Object.entries(entry).find(([one]) => one === key)?.[1]),
        ),
      );
    });
    const [own = [], other = []] = names;
    expect(own.map(String).sort()).toEqual(other.map(String).sort());
    expect(own).toContainEqual(["client", "handshake", "ClientHello", "null"]);
    expect(own).toContainEqual([
      ...["server", "handshake", "Certificate"],
      "server_handshake_traffic_secret",
    ]);
    expect(JSON.parse(server)).toMatchObject({
      log: { connections: [{ number: 1, side: "server" }] },
    });
  });

  it("goes on to the alert of a handshake that fails", async () => {
    const server = await serving([
      ...["--cert", pki.cert, "--key", pki.key, "--trace"],
    ]);
    const { code, err } = await run(["connect", server.at, "--trace"]);
    expect(code).toBe(1);
    expect(err).toMatch(/-- alert \(unknown_ca\) 2 B -+>\n/);
    expect(err).toMatch(/\npuretls connect: .*unknown_ca\)\n$/);
    const { err: told } = await stopped(server);
    expect(told).toMatch(/#1 +-- alert \(unknown_ca\) 2 B -+>\n/);
  });

  it("prints nothing of the peer raw", async () => {
    // A ServerHello with an escape sequence wherever one can stand.
    const server = createServer((socket: Socket) => {
      const escape = Buffer.from("\u001b[31m\u0007\n");
      const body = Buffer.concat([
        Buffer.from("0303", "hex"),
        Buffer.alloc(32, escape),
        Buffer.from("08", "hex"),
        escape.subarray(0, 8).fill(0x1b),
        Buffer.from("130100", "hex"),
        Buffer.from("000c1b1b00081b5b33316d070a1b", "hex"),
      ]);
      const message = Buffer.concat([
        Buffer.from([2, 0, 0, body.length]),
        body,
      ]);
      const head = Buffer.from([22, 3, 3, 0, message.length]);
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end(Buffer.concat([head, message])));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    for (const detail of ["ladder", "fields", "hex", "secrets"]) {
      const at = `127.0.0.1:${String(port)}`;
      const { err } = await run(["connect", at, `--trace=${detail}`]);
      expect(err).toContain("ServerHello");
      expect(err).toMatch(/^[\n\x20-\x7e…]+$/);
    }
    server.close();
  });

  it("refuses other details before anybody is called", async () => {
    const { code, err } = await run(["connect", "localhost:1", "--trace=all"]);
    expect(code).not.toBe(0);
    expect(oneLine(err)).toContain(
      '--trace takes ladder, fields, hex, secrets or json, not "all"',
    );
  });
});
