/** `puretls explain` on what dumpcap saw of OpenSSL, with tshark as the judge. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { HandshakeType } from "../../../src/wire/code-points.ts";
import { run } from "../../cli/support.ts";
import { useCertificates } from "../support/certificates.ts";
import {
  capturing,
  editcap,
  findDumpcap,
  messagesByTshark,
} from "../support/programs/capture.ts";
import { describePeers, describeProgram } from "../support/scenarios/peers.ts";
import { PeerProcess, startServer } from "../support/process.ts";
import { temporaryFolder } from "../support/temporary.ts";

/** The options of s_client, and the lines that are typed. */
const CONNECTIONS: readonly (readonly [
  options: readonly string[],
  ...lines: readonly string[],
])[] = [
  [["-tls1_3"], "one"],
  [["-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"], "two"],
  [["-tls1_3", "-groups", "P-521:X25519"], "three"],
  [["-tls1_2"], "four"],
  [["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"], "five"],
  [["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-CCM8:@SECLEVEL=0"], "six"],
  [["-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"], "seven"],
  [["-tls1_2", "-sess_out", "SESSION12"], "eight"],
  [["-tls1_2", "-sess_in", "SESSION12"], "nine"],
  [["-tls1_3", "-sess_out", "SESSION13"], "ten"],
  [["-tls1_3", "-sess_in", "SESSION13", "-early_data", "EARLY"], "eleven"],
  [["-tls1_3"], "twelve", "K", "thirteen", "k", "fourteen"],
  [["-tls1_3", "-cert", "CERT", "-key", "KEY"], "fifteen"],
];

describeProgram("dumpcap", "dumpcap", findDumpcap(), () => {
  describePeers(["openssl"], () => {
    const certificates = useCertificates();
    const folder = temporaryFolder();
    const path = (name: string): string => join(folder, name);
    const [capture, keys] = [path("capture.pcapng"), path("keys.log")];
    let port = 0;

    beforeAll(async () => {
      const { cert, key } = certificates().server["ECDSA P-256"];
      const own = certificates().client["ECDSA P-256"];
      writeFileSync(path("EARLY"), "early\n");
      const { server, port: listening } = await startServer(
        (free) =>
          new PeerProcess("openssl", [
            ...["s_server", "-accept", `127.0.0.1:${String(free)}`],
            ...["-cert", cert, "-key", key, "-early_data", "-verify", "1"],
            ...["-groups", "X25519:P-256", "-cipher", "ALL:@SECLEVEL=0"],
          ]),
      );
      port = listening;
      const words = new Map([
        ...["SESSION12", "SESSION13", "EARLY"].map(
          (name) => [name, path(name)] as const,
        ),
        ["CERT", own.cert],
        ["KEY", own.key],
      ]);
      await capturing(port, capture, async () => {
        for (const [options, ...lines] of CONNECTIONS) {
          const client = new PeerProcess("openssl", [
            ...["s_client", "-connect", `127.0.0.1:${String(port)}`],
            ...["-keylogfile", keys],
            ...options.map((word) => words.get(word) ?? word),
          ]);
          for (const line of lines) {
            client.write(`${line}\n`);
            if (line.length > 1) await server.prints(`${line}\n`);
            // s_client takes K for a command at a line's beginning alone.
            else await new Promise((resolve) => setTimeout(resolve, 200));
          }
          client.write("Q\n");
          await client.exit();
        }
      });
    }, 60_000);

    async function messages(
      file: string,
      ...more: readonly string[]
    ): Promise<readonly (readonly number[])[]> {
      const { code, out, err } = await run([
        "explain",
        file,
        "--json",
        ...more,
      ]);
      expect([code, err]).toEqual([0, ""]);
      const { log } = JSON.parse(out) as {
        log: { connections: { entries: { type: string; name: string }[] }[] };
      };
      return log.connections.map(({ entries }) =>
        entries.flatMap(({ type, name }) =>
          type === "handshake" && name !== "sealed" ? [codeOf(name)] : [],
        ),
      );
    }

    describe("reads the handshake messages that tshark reads", () => {
      it("with a key log", async () => {
        const own = await messages(capture, "--keylog", keys);
        expect(own).toEqual(await messagesByTshark(capture, port, keys));
        expect(own).toHaveLength(CONNECTIONS.length);
        const all = new Set(own.flat());
        for (const name of ["end_of_early_data", "key_update"] as const)
          expect(all).toContain(HandshakeType[name]);
        // Nothing is left sealed.
        const { out } = await run(["explain", capture, "--keylog", keys]);
        expect(out).not.toMatch(/sealed|not known|lacks|no secrets/);
        expect(out).toContain("HelloRetryRequest");
        expect(out).toContain("[client: client_early_traffic_secret]");
      });

      it("with the secrets inside a pcapng file", async () => {
        const file = path("with-secrets.pcapng");
        await editcap("--inject-secrets", `tls,${keys}`, capture, file);
        expect(await messages(file)).toEqual(
          await messages(capture, "--keylog", keys),
        );
        expect(await messages(file)).toEqual(
          await messagesByTshark(file, port),
        );
      });

      it.each(["pcap", "nsecpcap"])("of %s files", async (kind) => {
        const file = path(kind);
        await editcap("-F", kind, capture, file);
        expect(await messages(file, "--keylog", keys)).toEqual(
          await messages(capture, "--keylog", keys),
        );
      });

      it("of packets that are late or come twice", async () => {
        const doubled = path("doubled.pcapng");
        // Each packet again a moment later, behind those that followed it.
        await editcap("-t", "0.0003", capture, path("later.pcapng"));
        await merge(doubled, capture, path("later.pcapng"));
        expect(await messages(doubled, "--keylog", keys)).toEqual(
          await messages(capture, "--keylog", keys),
        );
      });

      it("without a key log", async () => {
        const own = await messages(capture);
        const clear = [1, 2, 4, 11, 12, 13, 14, 16];
        expect(new Set(own.flat())).toEqual(new Set(clear));
        expect(own).toEqual(await messagesByTshark(capture, port));
      });
    });
  });
});

async function merge(file: string, ...files: readonly string[]): Promise<void> {
  const done = new PeerProcess("mergecap", ["-w", file, ...files]);
  await done.exit();
}

/** ClientHello is client_hello is 1; a HelloRetryRequest is a ServerHello. */
function codeOf(name: string): number {
  const snake = name.replaceAll(/(?<!^)[A-Z]/g, "_$&").toLowerCase();
  const wire = snake === "hello_retry_request" ? "server_hello" : snake;
  const code = Object.entries(HandshakeType).find(([one]) => one === wire);
  if (code === undefined) throw new Error(`no message is ${name}`);
  return code[1];
}
