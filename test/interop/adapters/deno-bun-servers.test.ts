/** Servers by the adapters of Deno and Bun, in those, with OpenSSL as the client. */
import { readFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { once } from "node:events";
import { beforeAll, expect, it } from "vitest";
import { useCertificates } from "../support/certificates.ts";
import { PeerProcess } from "../support/process.ts";
import { describeProgram } from "../support/scenarios/peers.ts";
import { buildProgram } from "./build.ts";
import { pattern } from "./programs/acts.ts";
import { RUNTIMES } from "./runtimes.ts";

const certificates = useCertificates();

for (const name of ["deno", "bun"] as const) {
  const { command, found } = RUNTIMES[name]();
  describeProgram(name, `a server of puretls/${name}`, found, () => {
    let program = "";
    beforeAll(async () => {
      program = await buildProgram(`${name}-server.ts`);
    });

    async function served() {
      const { cert, key } = certificates().server["ECDSA P-256"];
      const [binary, ...args] = command;
      const texts = [cert, key].map((file) => readFileSync(file, "utf8"));
      const server = new PeerProcess(
        binary,
        [...args, program, ...texts],
        "log",
      );
      await server.logged(/listening on \d+/);
      const [, port = ""] = /listening on (\d+)/.exec(server.log()) ?? [];
      return { server, port: Number(port) };
    }

    function call(port: number, ca = certificates().ca) {
      const raw = connectTcp({ port, host: "127.0.0.1", allowHalfOpen: true });
      const socket = connect({
        socket: raw,
        servername: "localhost",
        ca: readFileSync(ca),
      });
      socket.allowHalfOpen = true;
      return { raw, socket };
    }

    /** All that comes back of what is sent before the end. */
    async function echoed(socket: TLSSocket, sent: Uint8Array) {
      const parts: Buffer[] = [];
      socket.on("data", (part: Buffer) => parts.push(part));
      socket.end(sent);
      await once(socket, "end");
      return Buffer.concat(parts);
    }

    it("sends back a MiB after the client's end, and lets a client go", async () => {
      const { server, port } = await served();
      const sent = pattern(1 << 20);
      expect(Buffer.compare(await echoed(call(port).socket, sent), sent)).toBe(
        0,
      );

      const { raw, socket: gone } = call(port);
      gone.on("error", () => undefined);
      await once(gone, "secureConnect");
      gone.write("a");
      await once(gone, "data");
      raw.resetAndDestroy();
      await server.logged(/failed/);

      const stranger = call(port, certificates().strangerCa);
      const [error] = (await once(stranger.socket, "error")) as Error[];
      expect(error).toBeInstanceOf(Error);
      await server.logged(/handshake .+/);

      const last = await echoed(call(port).socket, Buffer.from("!"));
      expect(last.toString()).toBe("!");
      const { code } = await server.exit();
      expect(code, server.describe()).toBe(0);
      expect(server.log()).toContain("done");
    });

    it("answers OpenSSL's own program", async () => {
      const { port } = await served();
      const client = new PeerProcess("openssl", [
        ...["s_client", "-connect", `127.0.0.1:${String(port)}`, "-quiet"],
        ...["-CAfile", certificates().ca, "-verify_return_error"],
        ...["-verify_hostname", "localhost", "-servername", "localhost"],
      ]);
      client.write("hello from OpenSSL\n");
      await client.prints("hello from OpenSSL\n");
      expect(new TextDecoder().decode(client.output())).toBe(
        "hello from OpenSSL\n",
      );
    });

    it("does not read ahead of a client that does not read", async () => {
      const { port } = await served();
      const { socket } = call(port);
      await once(socket, "secureConnect");
      socket.pause();
      let taken = 0;
      const piece = new Uint8Array(1 << 16);
      const pump = (): void => {
        while (taken < 64 << 20) {
          taken += piece.length;
          if (!socket.write(piece)) return;
        }
      };
      socket.on("drain", pump);
      pump();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const stopped = taken;
      expect(stopped).toBeLessThan(28 << 20);
      socket.destroy();
    });
  });
}
