/** Peers that are dead, hostile or no TLS: a run ends all the same, and grows nothing. */
import { createServer, type AddressInfo, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import {
  item,
  type LabScenario,
  type Opponent,
  play,
  playInMemory,
  type Result,
  scenario,
} from "../../src/lab/index.ts";
import { clientByCommand, connectTo } from "../../src/lab/node/index.ts";

const CONNECTS = scenario("tls13").expectConnected();
const REFUSED = scenario("tls13").expectAlert("handshake_failure");
const PATIENCE = { answer: 300, settle: 100 };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function against(
  serve: (socket: Socket) => void,
  one: LabScenario = CONNECTS,
  deadline = 2000,
): Promise<Result> {
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, "127.0.0.1", resolve);
  });
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  const { port } = listener.address() as AddressInfo;
  const opponent = connectTo({ host: "127.0.0.1", port });
  return play(one, opponent, { patience: PATIENCE, deadline });
}

/** Writes again and again, as fast as it is taken. */
function flood(socket: Socket, bytes: Uint8Array): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on("drain", more);
  more();
}

describe("a server that", () => {
  it("says nothing is silent", async () => {
    const { verdict, seen, duration } = await against(() => undefined);
    expect([verdict, seen]).toEqual(["fail", "silence"]);
    expect(duration).toBeLessThan(2000);
  });

  it("speaks another protocol is no TLS", async () => {
    const { verdict, seen } = await against((socket) =>
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
    );
    expect([verdict, seen]).toEqual(["fail", "bytes that are no TLS"]);
  });

  it("closes or resets at once has closed", async () => {
    for (const serve of [
      (socket: Socket) => socket.end(),
      (socket: Socket) => socket.once("data", () => socket.resetAndDestroy()),
    ]) {
      const { verdict, seen } = await against(serve, REFUSED);
      expect([verdict, seen]).toEqual(["fail", "close"]);
    }
    const closed = scenario("tls13").expectAlertOrClose();
    expect((await against((s) => s.end(), closed)).verdict).toBe("pass");
  });

  it("reads nothing ends the run by its deadline", async () => {
    const much = item.data("a".repeat(16_000));
    const stuffed = scenario("tls13")
      .send(...Array.from({ length: 2000 }, () => much))
      .expectRefusal();
    const paused = (socket: Socket): unknown => socket.pause();
    const { verdict, seen, duration } = await against(paused, stuffed, 500);
    expect([verdict, seen]).toEqual([
      "error",
      "the run took longer than 500 ms",
    ]);
    expect(duration).toBeLessThan(5000);
  });

  it("never connects ends it too, and is let go of when it does", async () => {
    let destroyed = 0;
    const connection = {
      send: () => Promise.resolve(),
      receive: () => Promise.resolve("silence" as const),
      end: () => undefined,
      destroy: () => destroyed++,
    };
    const opponent: Opponent = {
      ...{ role: "server", name: "late" },
      connect: () =>
        new Promise((resolve) => setTimeout(resolve, 300, connection)),
      close: () => Promise.resolve(),
    };
    const { verdict, seen } = await play(CONNECTS, opponent, { deadline: 100 });
    expect([verdict, seen]).toEqual([
      "error",
      "the run took longer than 100 ms",
    ]);
    await expect.poll(() => destroyed).toBe(1);
  });

  it("sends without end is cut off", async () => {
    const ccs = Uint8Array.of(20, 3, 3, 0, 1, 1);
    const data = new Uint8Array(16384 + 5).fill(7);
    data.set([23, 3, 3, 0x40, 0]);
    for (const bytes of [ccs, data]) {
      const many = new Uint8Array(bytes.length * 500);
      for (let i = 0; i < 500; i++) many.set(bytes, i * bytes.length);
      const { verdict, events, sendings, duration } = await against(
        (socket) => flood(socket, many),
        REFUSED,
      );
      expect(verdict).not.toBe("pass");
      expect(events.length).toBeLessThan(2100);
      let kept = 0;
      for (const sent of sendings) kept += sent.bytes.length;
      expect(kept).toBeLessThan(20 * 2 ** 20);
      expect(duration).toBeLessThan(8000);
    }
  });

  it("drips for ever meets the deadline", async () => {
    const { verdict, seen } = await against(
      (socket) => {
        const timer = setInterval(() => socket.write(Uint8Array.of(22)), 20);
        socket.on("close", () => clearInterval(timer));
      },
      REFUSED,
      600,
    );
    expect(verdict).not.toBe("pass");
    expect(seen).toMatch(/longer than 600 ms|no TLS/);
  });

  it("announces a message of 16 MiB takes no memory for it", async () => {
    const record = Uint8Array.of(22, 3, 3, 0, 4, 2, 255, 255, 255);
    const { verdict } = await against((socket) => void socket.write(record));
    expect(verdict).toBe("fail");
  });
});

describe("a client by a command that", () => {
  const SERVER = scenario("tls13", "server").expectConnected();

  it("never connects is given up, and ended with its children", async () => {
    const client = clientByCommand({
      command: "sleep 61 & sleep 62; echo {port}",
      timeout: 400,
    });
    closing.push(() => client.close());
    const { verdict, seen } = await play(SERVER, client);
    expect(verdict).toBe("error");
    expect(seen).toContain("did not connect within 400 ms");
  });

  it("ends before it connects is named with its exit code", async () => {
    const client = clientByCommand({ command: "exit 7", timeout: 5000 });
    closing.push(() => client.close());
    const { seen } = await play(SERVER, client);
    expect(seen).toContain("ended with 7");
  });
});

describe("a peer in memory that", () => {
  it("answers without end is given up", () => {
    const { verdict, seen } = playInMemory(REFUSED, {
      peer: () => ({
        ended: false,
        state: "mad",
        reason: undefined,
        receive: () => undefined,
        receiveEnd: () => undefined,
        take: () => Uint8Array.of(20, 3, 3, 0, 1, 1),
      }),
    });
    expect(verdict).toBe("error");
    expect(seen).toContain("does not come to an end");
  });

  it("throws is a finding, and does not end the program", () => {
    const { verdict, seen } = playInMemory(REFUSED, {
      peer: () => ({
        ended: false,
        state: "broken",
        reason: undefined,
        receive: () => {
          throw new Error("a fault of the peer's program");
        },
        receiveEnd: () => undefined,
        take: () => new Uint8Array(),
      }),
    });
    expect([verdict, seen]).toEqual([
      "fail",
      "an exception: a fault of the peer's program",
    ]);
  });
});
