/** Exploration: which messages a peer accepts where. */
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { TlsEngine } from "../../src/engine/index.ts";
import {
  type Exploration,
  explorationDot,
  explorationMermaid,
  explore,
  Lab,
  scenario,
} from "../../src/lab/index.ts";
import { connectTo } from "../../src/lab/node/index.ts";

/** The honest path, and what is accepted beside it, state by state. */
function accepted(found: Exploration): string[] {
  return found.edges.flatMap(({ from, letter, output, to }) => {
    if (to === undefined) return [];
    const label = found.states.find(({ id }) => id === from)?.label ?? "";
    return `${label.split(",")[0] ?? ""}: ${letter} / ${output}`;
  });
}

describe("explore", () => {
  it("finds what a server of TLS 1.3 accepts", async () => {
    const found = await explore({ version: "tls13" });
    expect(found.cut).toBe(false);
    expect(accepted(found)).toEqual([
      "START: next / server_hello, encrypted_extensions, certificate, certificate_verify, finished",
      // The same hello, said past the one that waits.
      "START: client_hello again / server_hello, encrypted_extensions, certificate, certificate_verify, finished",
      "WAIT_FINISHED: next / silence",
      "WAIT_FINISHED: change_cipher_spec / silence",
      "WAIT_FINISHED: next / new_session_ticket",
      "WAIT_FINISHED: change_cipher_spec / silence",
      "CONNECTED: application_data / data",
      "CONNECTED: key_update / silence",
    ]);
  });

  it("finds an end for every letter that is out of place", async () => {
    for (const version of ["tls13", "tls12"] as const)
      for (const role of ["client", "server"] as const) {
        const { edges, cut } = await explore({ version, role });
        expect(cut).toBe(false);
        expect(edges.length).toBeGreaterThan(60);
        for (const { letter, output, to } of edges)
          if (to === undefined) expect(output, letter).toMatch(/alert|close/);
        const early = edges.filter(
          ({ letter, to }) => letter === "finished of zeros" && to,
        );
        expect(early).toEqual([]);
      }
  });

  it("draws what it found", async () => {
    const found = await explore({ version: "tls13" });
    expect(explorationDot(found)).toContain(
      's0 -> s1 [label="next / server_hello',
    );
    expect(explorationDot(found, true)).toContain("-> end");
    expect(explorationMermaid(found)).toContain("[*] --> s0");
  });

  it("stops at the states that it may have", async () => {
    const { states, cut } = await explore({ version: "tls13", states: 2 });
    expect(states.length).toBe(2);
    expect(cut).toBe(true);
  });

  it("finds the same behind a socket, by a connection for each try", async () => {
    const lab = new Lab();
    const config = lab.honest(scenario("tls13").data);
    if (config.role !== "server")
      throw new Error("a server's config is wanted");
    const listener = createServer((socket) => {
      const engine = TlsEngine.server(config);
      socket.on("error", () => undefined);
      socket.on("data", (bytes) => {
        engine.receive(bytes);
        for (let e = engine.nextEvent(); e; e = engine.nextEvent())
          if (e.type === "data") engine.write(e.bytes);
        socket.write(engine.takeOutput());
        if (engine.error !== undefined) socket.end();
      });
    });
    await new Promise<void>((resolve) => {
      listener.listen(0, "127.0.0.1", resolve);
    });
    const { port } = listener.address() as AddressInfo;
    const opponent = connectTo({ host: "127.0.0.1", port });
    const found = await explore({
      ...{ version: "tls13", opponent, patience: 200, lab },
      letters: [
        {
          name: "finished",
          items: [{ send: "message", type: 20, body: "00" }],
        },
        { name: "ccs", items: [{ send: "change_cipher_spec" }] },
      ],
    });
    listener.close();
    expect(accepted(found).filter((one) => one.includes("finished /"))).toEqual(
      [],
    );
    expect(found.edges.filter(({ letter }) => letter === "next").length).toBe(
      3,
    );
    expect(
      found.edges.filter(({ letter, output }) => {
        return letter === "finished" && output.includes("alert");
      }).length,
    ).toBe(found.states.length);
  });
});
