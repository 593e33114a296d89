/** Messages of every kind, as honest connections send them. */
import { concat } from "../../../src/bytes.ts";
import { HostilePeer, type Edits } from "./peer.ts";
import { SCENARIO_NAMES } from "./scenarios.ts";
import { setupOf } from "./setup.ts";

let messages: readonly Uint8Array[] | undefined;

/** The same in each process: one a type and scenario. */
export function corpus(): readonly Uint8Array[] {
  messages ??= gathered();
  return messages;
}

function gathered(): Uint8Array[] {
  const found = new Map<string, Uint8Array>();
  const edits: Edits = {
    message: (raw) => {
      // A key exchange looks otherwise by its suite; most else by its version.
      const key = `${String(raw[0])} ${String(raw.length >> 5)}`;
      if (!found.has(key)) found.set(key, raw);
      return { out: [raw], agreed: false };
    },
    record: (content) => [content],
  };
  for (const name of SCENARIO_NAMES) {
    const setup = setupOf(name, "node");
    setup.reset();
    const client = new HostilePeer(
      setup.clients.hostile,
      setup.serverName,
      edits,
    );
    const server = new HostilePeer(
      setup.servers.hostile,
      setup.serverName,
      edits,
    );
    const carry = (): void => {
      for (let moved = true; moved;) {
        const out = client.take();
        server.receive(concat(...out.map(({ bytes }) => bytes)));
        const back = server.take();
        client.receive(concat(...back.map(({ bytes }) => bytes)));
        moved = out.length + back.length > 0;
      }
    };
    carry();
    server.attempt((engine) => {
      engine.requestCertificate();
    });
    client.attempt((engine) => {
      engine.updateKeys(true);
    });
    carry();
  }
  const odd = [
    Uint8Array.of(0, 0, 0, 0),
    Uint8Array.of(14, 0, 0, 0),
    Uint8Array.of(5, 0, 0, 0),
    Uint8Array.of(254, 0, 0, 0),
    Uint8Array.of(99, 0, 0, 1, 0),
    Uint8Array.of(1, 0, 0xff, 0xff),
    Uint8Array.of(22, 0, 0, 5, 1, 0, 0, 1, 0x30),
  ];
  return [...found.values(), ...odd];
}
