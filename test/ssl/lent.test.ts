/** Transports that lend their read buffer: callers must not keep it. */
import { describe, expect, it } from "vitest";
import {
  memoryPair,
  SSLError,
  SSLSyscallError,
  type Transport,
} from "../../src/index.ts";
import {
  bytes,
  clientContext,
  readyPair,
  rejection,
  serverContext,
} from "./support.ts";

const CUTS = [1, 4, 5, 6, 21, 300, 16_384, 16_406, 40_000];

/** Reads into one buffer, which is overwritten as soon as it can be. */
function lending(transport: Transport): Transport {
  const room = new Uint8Array(Math.max(...CUTS));
  let turn = 0;
  return {
    read: () => {
      throw new Error("read() is not to be asked");
    },
    async readLent(take) {
      const all = await transport.read();
      if (all === null) return false;
      const cut = CUTS[turn++ % CUTS.length] ?? 1;
      const part = all.subarray(0, cut);
      transport.unread(all.subarray(cut));
      room.set(part);
      take(room.subarray(0, part.length));
      room.fill(0xee);
      return true;
    },
    write: (data) => transport.write(data),
    closeWrite: () => transport.closeWrite(),
    close: () => transport.close(),
    abort: (error) => {
      transport.abort(error);
    },
    unread: (data) => {
      transport.unread(data);
    },
    get buffered() {
      return transport.buffered;
    },
    get bytesRead() {
      return transport.bytesRead;
    },
  };
}

/** Looks at what it was lent when it gives it back, a little later. */
function borrowing(transport: Transport) {
  const lent = {
    changed: 0,
    rooms: new Set<ArrayBufferLike>(),
    fails: false,
  };
  const borrower: Transport = {
    ...lending(transport),
    async writeLent(data) {
      lent.rooms.add(data.buffer);
      const before = data.slice();
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (lent.fails) throw new Error("lost");
      if (!Buffer.from(before).equals(data)) lent.changed++;
      await transport.write(before);
    },
  };
  return { borrower, lent };
}

async function lentPair() {
  const [near, far] = memoryPair({ highWaterMark: 1 << 20 });
  const { borrower, lent } = borrowing(near);
  const server = serverContext().wrapSocket(far, { serverSide: true });
  const client = clientContext().wrapSocket(borrower, {
    serverHostname: "server.test",
  });
  await Promise.all([client.ready, server.ready]);
  return { client, server, lent };
}

describe("a transport that is lent what it writes", () => {
  it("has it to itself until it gives it back", async () => {
    const others = await Promise.all(
      [1, 2, 3].map(async (mark) => {
        const { client, server, lent } = await lentPair();
        const data = new Uint8Array(300_000).fill(mark);
        const writing = Promise.all([
          client.sendAll(data),
          client.sendAll(bytes(mark)),
          client.keyUpdate(),
          client.sendAll(data),
        ]).then(() => client.close());
        let length = 0;
        for await (const part of server) {
          length += part.length;
          expect(part.every((byte) => byte === mark)).toBe(true);
        }
        await writing;
        expect(length).toBe(600_001);
        return lent;
      }),
    );
    const rooms = new Set(others.flatMap((other) => [...other.rooms]));
    expect(others.map(({ changed }) => changed)).toEqual([0, 0, 0]);
    // Ten pieces each went through a room or two.
    expect(rooms.size).toBeLessThan(8);
  });

  it("keeps what it failed to write", async () => {
    const { client, lent } = await lentPair();
    lent.fails = true;
    const data = new Uint8Array(50_000);
    const error = await rejection(client.sendAll(data));
    expect(error).toBeInstanceOf(SSLSyscallError);
    // Somebody may still read from that room: it is nobody else's.
    const [lost] = lent.rooms;
    const pair = await lentPair();
    for (let i = 0; i < 6; i++) await pair.client.sendAll(data);
    expect(pair.lent.rooms.has(lost ?? new ArrayBuffer(0))).toBe(false);
    expect(await rejection(client.sendAll(data))).toBe(error);
  });
});

describe("a transport that lends what it reads", () => {
  for (const maximumVersion of ["TLSv1.3", "TLSv1.2"] as const)
    it(`carries ${maximumVersion}, whatever becomes of the buffer`, async () => {
      const [near, far] = memoryPair();
      const contexts = [clientContext(), serverContext()] as const;
      for (const context of contexts) context.maximumVersion = maximumVersion;
      const [here, there] = contexts;
      const server = there.wrapSocket(lending(far), { serverSide: true });
      const client = here.wrapSocket(lending(near), {
        serverHostname: "server.test",
      });
      await Promise.all([client.ready, server.ready]);
      const data = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);
      const writing = client.sendAll(data).then(() => client.close());
      const held: Uint8Array[] = [];
      for await (const part of server) held.push(part);
      await writing;
      expect(Buffer.concat(held).equals(data)).toBe(true);
      expect(client.version()).toBe(maximumVersion);
    });

  it("is connected when it is asked for", async () => {
    const [near, far] = memoryPair();
    const server = serverContext().wrapSocket(lending(far), {
      serverSide: true,
    });
    const client = clientContext().wrapSocket(() => lending(near), {
      serverHostname: "server.test",
    });
    await client.connect();
    await server.sendAll(bytes(1, 2, 3));
    expect([...(await client.recv())]).toEqual([1, 2, 3]);
  });

  it("rejects with its own error, and with what a callback threw", async () => {
    const { client, near } = await readyPair();
    near.abort(new Error("cut"));
    expect(await rejection(client.recv())).toBeInstanceOf(SSLSyscallError);
    const [one, two] = memoryPair();
    const thrown = new Error("from the callback");
    const context = clientContext();
    context.onSession = () => {
      throw thrown;
    };
    const server = serverContext().wrapSocket(two, { serverSide: true });
    const other = context.wrapSocket(lending(one), {
      serverHostname: "server.test",
    });
    await Promise.all([other.ready, server.ready]);
    expect(await rejection(other.recv())).toBe(thrown);
  });

  it("rejects with what a listener of sessions was rejected with", async () => {
    const context = clientContext();
    const late = new Error("the store is away");
    let told = 0;
    context.onSession = async () => {
      told++;
      await Promise.reject(late);
    };
    const { client, server } = await readyPair({ client: context });
    await server.sendAll(bytes(1));
    await client.recv();
    expect(told).toBeGreaterThan(0);
    await server.sendAll(bytes(2));
    expect(await rejection(client.recv())).toBe(late);
  });

  it("destroys a connection whose listener throws each time", async () => {
    const context = clientContext();
    const thrown = new Error("not in the mood");
    let told = 0;
    context.onSession = () => {
      told++;
      throw thrown;
    };
    const { client, server } = await readyPair({ client: context });
    await server.sendAll(bytes(1));
    expect(await rejection(client.recv())).toBe(thrown);
    expect(told).toBe(2);
    client.destroy();
    expect(() => client.exportKeyingMaterial("EXPORTER-x", 8)).toThrow(
      SSLError,
    );
    // The transport is gone, without a close_notify.
    expect(await rejection(server.sendAll(bytes(100_000)))).toBeInstanceOf(
      Error,
    );
  });
});
