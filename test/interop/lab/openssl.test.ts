/** Scenarios against OpenSSL, as it is in Node: its server, and its client by a command. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  drop,
  edit,
  explore,
  flip,
  item,
  labAuthorityPem,
  type LabScenario,
  ladderOf,
  type Opponent,
  play,
  record,
  scenario,
} from "../../../src/lab/index.ts";
import { clientByCommand, connectTo } from "../../../src/lab/node/index.ts";
import { testServer } from "../../support/pki.ts";

const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

function both(from: (version: "tls13" | "tls12") => LabScenario) {
  return [from("tls13"), from("tls12")];
}

const CLIENTS: readonly LabScenario[] = [
  ...both((version) =>
    scenario(version)
      .named(`${version} echoes`)
      .expectConnected()
      .write("ping")
      .expectData("ping"),
  ),
  ...both((version) =>
    scenario(version)
      .named(`${version} resumes`)
      .with({ resume: true })
      .expectConnected(),
  ),
  ...both((version) =>
    scenario(version)
      .named(`${version} with a changed hello that the transcript follows`)
      .beforeSend("client_hello", edit.addExtension(0xabcd, "00"))
      .expectConnected(),
  ),
  ...both((version) =>
    scenario(version)
      .named(`${version} with a wrong Finished`)
      .afterSend("finished", edit.field("verify_data", flip()))
      .expectAlert("decrypt_error"),
  ),
  ...both((version) =>
    scenario(version)
      .named(`${version} with a spoilt record`)
      .record("finished", record.fragment(flip()))
      .expectAlert("bad_record_mac"),
  ),
  scenario("tls13")
    .named("after a HelloRetryRequest")
    .with({ retry: true })
    .expect("hello_retry_request")
    .expectConnected(),
  scenario("tls13")
    .named("without key_share")
    .beforeSend("client_hello", edit.extension("key_share", drop))
    .expectAlert("missing_extension"),
  scenario("tls13")
    .named("with a Finished in the clear")
    .insertAfter("client_hello", item.message("finished", "00".repeat(32)))
    .expectAlert("unexpected_message"),
  scenario("tls13")
    .named("with a hello in segments")
    .split("client_hello", [1, 10, 100], "segments")
    .expectConnected(),
  scenario("tls13")
    .named("with a binder over another hello")
    .with({ resume: true })
    .afterSend("client_hello", edit.addExtension(0xabcd, "", "first"))
    .expectAlert("illegal_parameter", "decrypt_error"),
];

describe("OpenSSL's server", () => {
  let server: Opponent;
  beforeAll(async () => {
    const { certificatePem: cert, keyPem: key } = testServer();
    const listener = tls.createServer({ cert, key }, (socket) => {
      socket.on("error", () => undefined);
      socket.pipe(socket);
    });
    listener.on("tlsClientError", () => undefined);
    await new Promise<void>((resolve) => {
      listener.listen(0, "127.0.0.1", resolve);
    });
    closing.push(() => listener.close());
    const { port } = listener.address() as AddressInfo;
    server = connectTo({ host: "127.0.0.1", port });
  });

  for (const one of CLIENTS)
    it(one.name, async () => {
      const { verdict, seen, events } = await play(one, server);
      expect(verdict, `${seen}: ${events.join("; ")}`).toBe("pass");
    });
});

const SERVERS: readonly LabScenario[] = [
  ...both((version) =>
    scenario(version, "server")
      .named(`${version} connects and gets data`)
      .expectConnected()
      .expectData("hello"),
  ),
  scenario("tls13", "server")
    .named("without CertificateVerify")
    .skip("certificate_verify")
    .expectAlert("unexpected_message"),
  scenario("tls13", "server")
    .named("with a signature for the other role")
    .sign("certificate_verify", "other_role")
    .expectAlert("decrypt_error"),
  scenario("tls12", "server")
    .named("with a wrong signature of ServerKeyExchange")
    .sign("server_key_exchange", "wrong")
    .expectAlert("decrypt_error"),
  scenario("tls13", "server")
    .named("after a HelloRetryRequest")
    .with({ retry: true })
    .expectConnected(),
];

describe("OpenSSL's client, started by a command", () => {
  let client: Opponent;
  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), "lab-"));
    closing.push(() => rmSync(folder, { recursive: true }));
    const ca = join(folder, "ca.pem");
    const program = join(folder, "client.mjs");
    writeFileSync(ca, labAuthorityPem());
    writeFileSync(
      program,
      `import { connect } from "node:tls";
import { readFileSync } from "node:fs";
const [, , port, ca] = process.argv;
const socket = connect({ port, host: "127.0.0.1", servername: "localhost", ca: readFileSync(ca) }, () => socket.write("hello"));
socket.on("error", () => process.exit(1));
`,
    );
    client = clientByCommand({
      command: `"${process.execPath}" "${program}" {port} "${ca}"`,
    });
    closing.push(() => client.close());
  });

  for (const one of SERVERS)
    it(one.name, async () => {
      const result = await play(one, client);
      const told = `${result.seen}: ${result.events.join("; ")}`;
      expect(result.verdict, told).toBe("pass");
      expect(ladderOf(result).join("\n")).toContain("ServerHello");
    });
});

describe("the states of OpenSSL's server", () => {
  // RFC 9846 5.1 forbids to send an empty handshake record, not to bear one.
  const BORNE = new Set(["change_cipher_spec", "empty handshake record"]);

  for (const [version, states] of [
    ["tls13", 5],
    ["tls12", 7],
  ] as const)
    it(`are ${states} in ${version}, and no message out of place is accepted`, async () => {
      const { certificatePem: cert, keyPem: key } = testServer();
      const listener = tls.createServer({ cert, key }, (socket) => {
        socket.on("error", () => undefined);
        socket.pipe(socket);
      });
      listener.on("tlsClientError", () => undefined);
      await new Promise<void>((resolve) => {
        listener.listen(0, "127.0.0.1", resolve);
      });
      const { port } = listener.address() as AddressInfo;
      const opponent = connectTo({ host: "127.0.0.1", port });
      const found = await explore({ version, opponent, patience: 200 });
      listener.close();
      expect(found.states.length).toBe(states);
      const open = found.states.find(({ label }) => label === "open")?.id;
      const stray = found.edges.filter(
        ({ from, letter, to }) =>
          from !== open && to && letter !== "next" && !BORNE.has(letter),
      );
      // The hello itself, past the one that waits.
      expect(stray.map(({ letter }) => letter)).toEqual(["client_hello again"]);
    });
});
