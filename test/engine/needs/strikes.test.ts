/**
 * A strike register elsewhere (`strike: RAISE_NEED`): early data waits for its
 * answer, in every cut, and so does nothing of the handshake that follows it.
 */
import { RAISE_NEED } from "../../../src/promises.ts";
import { describe, expect, it } from "vitest";
import { asciiBytes, concat } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  MemoryStrikeRegister,
  type ServerOptions,
  TicketKeys,
  TlsEngine,
  TlsUsageError,
} from "../../../src/engine/index.ts";
import { CutPair, sameKeys, World } from "../../support/cuts.ts";
import { testServerConfig } from "../../support/engines.ts";

const EARLY = asciiBytes("early");
const id = Uint8Array.of(7);
const asking = { id, strike: RAISE_NEED } as const;

function serverOf(world: World): Partial<ServerOptions> {
  const tickets = new TicketKeys({ provider: world.server });
  return { ticketKeys: tickets, maxEarlyData: 100, strikeRegister: asking };
}

/** A client that comes back with early data, to a server that has to ask. */
function comingBack() {
  const world = new World();
  const server = serverOf(world);
  const session = world.pair({}, server).carryWhole().session();
  if (session.version !== "TLSv1.3") throw new Error("no session of TLS 1.3");
  const pair = world.pair({ session, earlyData: true }, server);
  pair.client.writeEarlyData(EARLY);
  pair.deliver(pair.server, pair.client.takeOutput());
  const { need } = pair.server;
  if (need?.type !== "strike") throw new Error("no strike is asked for");
  return { pair, need, session, world };
}

describe("a register that is asked", () => {
  it("gets the ticket's hash and a time; nothing is sent meanwhile", () => {
    const { pair, need, session, world } = comingBack();
    const { hash } = noble.hashes["SHA-256"];
    expect(need.key).toEqual(hash(session.ticket));
    expect(need.until).toBe(world.server.now() + 20_000);
    expect(pair.server.state).toBe("WAIT_STRIKE");
    expect(pair.server.hasOutput).toBe(false);
    pair.client.writeEarlyData(EARLY);
    pair.deliver(pair.server, pair.client.takeOutput());
    expect(pair.data("server", "early_data")).toHaveLength(0);
  });

  it("answers true: early data is accepted, what arrived meanwhile too", () => {
    const { pair } = comingBack();
    pair.client.writeEarlyData(EARLY);
    pair.deliver(pair.server, pair.client.takeOutput());
    pair.server.resume({ type: "struck", first: true });
    expect(pair.data("server", "early_data")).toEqual(concat(EARLY, EARLY));
    pair.carry();
    expect(pair.failure).toBeUndefined();
    expect(pair.client.info).toMatchObject({
      earlyData: "accepted",
      resumed: true,
    });
    expect(pair.server.info?.earlyData).toBe("accepted");
    expect(sameKeys(pair)).toBe(true);
  });

  it("answers false: the session is resumed without early data", () => {
    const { pair } = comingBack();
    pair.server.resume({ type: "struck", first: false });
    pair.client.writeEarlyData(EARLY);
    pair.carryWhole();
    expect(pair.failure).toBeUndefined();
    expect(pair.data("server", "early_data")).toHaveLength(0);
    expect(pair.client.info).toMatchObject({
      earlyData: "rejected",
      resumed: true,
    });
    expect(sameKeys(pair)).toBe(true);
    pair.client.write(EARLY);
    pair.carry();
    expect(pair.data("server")).toEqual(EARLY);
  });

  it("is believed once, and only a yes is one", () => {
    const { pair } = comingBack();
    const { server } = pair;
    for (const answer of [
      { type: "psk_found", psk: undefined },
      { type: "session_found", session: undefined },
      { type: "certificate_chosen", credentials: [] },
    ] as const)
      expect(() => {
        server.resume(answer);
      }).toThrow(TlsUsageError);
    expect(server.state).toBe("WAIT_STRIKE");
    // From JavaScript, where nobody checks that it is a boolean.
    server.resume({ type: "struck", first: 1 as never });
    expect(() => {
      server.resume({ type: "struck", first: true });
    }).toThrow(TlsUsageError);
    pair.carryWhole();
    expect(pair.client.info?.earlyData).toBe("rejected");
  });

  it("is asked once for a snapshot, whose copies go their own ways", () => {
    const { pair } = comingBack();
    const snapshot = pair.server.snapshot();
    const client = pair.client.snapshot();
    const outcomes = [true, false, true].map((first) => {
      const fork = new CutPair(
        TlsEngine.restore(client),
        TlsEngine.restore(snapshot),
        () => () => undefined,
      );
      fork.server.resume({ type: "struck", first });
      fork.carryWhole();
      expect(fork.failure).toBeUndefined();
      expect(sameKeys(fork)).toBe(true);
      return fork.client.info?.earlyData;
    });
    expect(outcomes).toEqual(["accepted", "rejected", "accepted"]);
  });

  it("may refuse altogether, or be left alone", () => {
    const refused = comingBack().pair;
    refused.server.resume({ type: "refused", error: new Error("no") });
    refused.carryWhole();
    expect(refused.server.error?.reason).toBe("callback_failed");
    const closed = comingBack().pair;
    closed.server.close();
    closed.carryWhole();
    expect(closed.server.info).toBeUndefined();
    const full = comingBack().pair;
    full.server.receive(new Uint8Array(300_000));
    expect(full.server.error?.reason).toBe("too_much_input_while_waiting");
  });
});

describe("a register is not asked", () => {
  /** The outcome of the client's early data at a server with these options. */
  function outcome(
    change: (world: World) => Partial<ServerOptions>,
    late = 0,
  ): unknown {
    const world = new World();
    const server = serverOf(world);
    const session = world.pair({}, server).carryWhole().session();
    const pair = world.pair(
      {
        session,
        earlyData: true,
        provider: { ...world.client, now: () => world.client.now() + late },
      },
      { ...server, ...change(world) },
    );
    pair.client.writeEarlyData(EARLY);
    pair.carryWhole();
    expect(pair.failure).toBeUndefined();
    return pair.client.info?.earlyData;
  }

  it.each([
    ["another register's ticket", { strikeRegister: { ...asking, id: EARLY } }],
    ["a server that takes none", { maxEarlyData: 0 }],
  ])("about %s", (_title, change) => {
    expect(outcome(() => change)).toBe("rejected");
  });

  it("about a ticket whose age is wrong", () => {
    expect(outcome(() => ({}), 11_000)).toBe("rejected");
  });
});

it("an id of 1 to 32 bytes is needed", () => {
  const options = (length: number): Partial<ServerOptions> => ({
    ticketKeys: new TicketKeys({ provider: noble }),
    maxEarlyData: 1,
    strikeRegister: { id: new Uint8Array(length), strike: RAISE_NEED },
  });
  for (const length of [0, 33])
    expect(() => testServerConfig(options(length))).toThrow(
      `an id of ${String(length)} bytes; 1 to 32 are allowed`,
    );
  for (const length of [1, 32]) testServerConfig(options(length));
});

it("a register in this process that throws or returns a promise counts as false", () => {
  for (const strike of [
    () => {
      throw new Error("no register");
    },
    () => Promise.resolve(true) as never,
  ]) {
    const world = new World();
    const register = new MemoryStrikeRegister({ provider: world.server });
    const server = { ...serverOf(world), strikeRegister: register };
    const session = world.pair({}, server).carryWhole().session();
    const pair = world.pair(
      { session, earlyData: true },
      { ...server, strikeRegister: { id: register.id, strike } },
    );
    pair.client.writeEarlyData(EARLY);
    pair.carryWhole();
    expect(pair.failure).toBeUndefined();
    expect(pair.client.info).toMatchObject({
      earlyData: "rejected",
      resumed: true,
    });
  }
});
