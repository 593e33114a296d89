/**
 * The handshake gets an answer, whatever object a callback of the program hands
 * back (getters that throw, a Proxy, a `then` of its own): a store, a register
 * and ticket keys cost what they keep, any other callback the connection, by an
 * error of its own and never as our fault.
 */
import { describe, expect, it } from "vitest";
import {
  type Session,
  sessionFromBytes,
  sessionToBytes,
} from "../../../src/engine/index.ts";
import {
  type SSLContext,
  type SSLContextOptions,
  SSLError,
  type SSLSession,
} from "../../../src/index.ts";
import { node as provider } from "../../../src/crypto/node.ts";
import { internal_error } from "../../../src/reasons.ts";
import { verifiedByCaller } from "../../../src/x509/index.ts";
import { testServer } from "../../support/pki.ts";
import {
  clientContext,
  readyPair,
  serverContext,
  socketPair,
} from "../support.ts";

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;
type Version = (typeof VERSIONS)[number];

function fail(): never {
  throw new Error("hostile");
}

/** Throws, whatever is done with it. */
function trapped(target: object): object {
  const traps = Reflect.ownKeys(Reflect).filter((key) => key in Reflect);
  return new Proxy(
    target,
    Object.fromEntries(traps.map((trap) => [trap, fail])),
  );
}

/** As the right answer at first, and throws from that read on. */
function turning(target: object, reads: number): object {
  let left = reads;
  return new Proxy(target, {
    get: (from, key): unknown => {
      if (key === "then") return undefined;
      if (left-- <= 0) fail();
      return Reflect.get(from, key);
    },
  });
}

/** Each makes an answer in place of the right one. */
const HOSTILE: Readonly<Record<string, (right: object) => unknown>> = {
  "a Proxy that throws": trapped,
  "a revoked Proxy": (right) => {
    const { proxy, revoke } = Proxy.revocable(right, {});
    revoke();
    return proxy;
  },
  "a function's Proxy": () => trapped(() => undefined),
  "an object whose getters throw": (right) =>
    Object.defineProperties(
      {},
      Object.fromEntries(
        [
          ...Object.keys(right),
          ...["version", "context", "key", "chain", "length", "hash"],
        ].map((key) => [key, { get: fail, enumerable: true }]),
      ),
    ),
  "a getter of then that throws": () =>
    Object.defineProperty({}, "then", { get: fail }),
  "a then that throws": () => ({ then: fail }),
  "a then that rejects and throws": () => ({
    then(_resolve: unknown, reject: (error: unknown) => void) {
      reject(new Error("hostile"));
      fail();
    },
  }),
  "a promise whose then is another": () =>
    Object.defineProperty(Promise.resolve(7), "then", { value: fail }),
  "a promise of a Proxy that throws": (right) => ({
    then(resolve: (value: unknown) => void) {
      // A promise looks for its then, too.
      resolve(trapped(right));
    },
  }),
  "a symbol": () => Symbol("hostile"),
  "a bigint": () => 7n,
  "an object without a prototype": () => Object.create(null) as object,
  "bytes by their prototype alone": () =>
    Object.create(Uint8Array.prototype) as object,
  "a list without end": () => ({
    length: Number.MAX_SAFE_INTEGER,
    *[Symbol.iterator]() {
      fail();
    },
  }),
};

interface Case {
  /** The same settings but for the answer, which is right at first. */
  readonly server?: SSLContextOptions;
  readonly client?: SSLContextOptions;
  /** Puts callbacks in; each of them hands `swap` the right answer. */
  readonly plant: (
    contexts: { readonly client: SSLContext; readonly server: SSLContext },
    swap: <T>(right: T) => T,
  ) => void;
  /** The most that a hostile answer ends. */
  readonly costs: "resumption" | "next ticket" | "early data" | "connection";
  readonly versions?: readonly Version[];
}

function storing(takesOnce: boolean): Case["plant"] {
  return ({ server }, swap) => {
    const rows = new Map<string, Uint8Array>();
    server.sessionStore = {
      takesOnce,
      take: (id) => {
        const found = rows.get(id.join());
        return found && swap(sessionFromBytes(found));
      },
      put: (id, session) => {
        rows.set(id.join(), sessionToBytes(session));
      },
    };
  };
}

/** Of TLS 1.2; TLS 1.3 needs none of its own. */
const PSK_SUITE = "ECDHE-PSK-CHACHA20-POLY1305";
const psk = { identity: "device", key: new Uint8Array(32).fill(7) };

const CASES: Readonly<Record<string, Case>> = {
  "session store": {
    server: { options: { noTicket: true } },
    plant: storing(false),
    costs: "resumption",
  },
  "session store, put": {
    server: { options: { noTicket: true } },
    plant: ({ server }, swap) => {
      server.sessionStore = {
        take: () => undefined,
        put: () => swap({}) as never,
      };
    },
    costs: "resumption",
  },
  "ticket keys, open": {
    plant: ({ server }, swap) => {
      const keys = server.ticketKeys;
      server.ticketKeys = {
        seal: (session: Session) => keys.seal(session),
        open: (ticket: Uint8Array) => {
          const session = keys.open(ticket);
          return session && swap(session);
        },
      } as never;
    },
    costs: "resumption",
  },
  "ticket keys, seal": {
    plant: ({ server }, swap) => {
      const keys = server.ticketKeys;
      server.ticketKeys = {
        seal: (session: Session) => swap(keys.seal(session) ?? {}),
        open: (ticket: Uint8Array) => keys.open(ticket),
      } as never;
    },
    costs: "next ticket",
  },
  "strike register": {
    client: { earlyData: true },
    server: { maxEarlyData: 100 },
    plant: ({ server }, swap) => {
      server.strikeRegister = {
        id: Uint8Array.of(7),
        strike: () => swap({}) as never,
      };
    },
    costs: "early data",
    versions: ["TLSv1.3"],
  },
  "PSK of a server": {
    plant: ({ client, server }, swap) => {
      for (const context of [client, server]) context.setCiphers(PSK_SUITE);
      client.setPskClientCallback(() => psk);
      server.setPskServerCallback(() => swap(psk));
    },
    costs: "connection",
  },
  "PSK of a client": {
    plant: ({ client, server }, swap) => {
      for (const context of [client, server]) context.setCiphers(PSK_SUITE);
      client.setPskClientCallback(() => swap(psk));
      server.setPskServerCallback(() => psk);
    },
    costs: "connection",
  },
  "SNI callback": {
    plant: ({ server }, swap) => {
      const other = server.extend();
      server.sniCallback = () => swap({ context: other });
    },
    costs: "connection",
  },
  "ALPN callback": {
    client: { alpnProtocols: ["x"] },
    plant: ({ server }, swap) => {
      server.alpnCallback = () => swap({}) as never;
    },
    costs: "connection",
  },
  verifier: {
    plant: ({ client }, swap) => {
      client.verifier = {
        verify: (peer, at) => swap(verifiedByCaller(peer, at)),
      };
    },
    costs: "connection",
  },
  signer: {
    plant: ({ server }, swap) => {
      const { certificatePem: cert } = testServer();
      server.loadCertChain({
        cert,
        key: { sign: () => swap(new Uint8Array(70)) },
      });
    },
    costs: "connection",
  },
  "certificate compression": {
    client: {
      certificateCompression: [
        {
          name: "zlib",
          code: 1,
          compress: () => new Uint8Array(1),
          decompress: (_data, length) => new Uint8Array(length),
        },
      ],
    },
    plant: ({ server }, swap) => {
      server.certificateCompression = [
        {
          name: "zlib",
          code: 1,
          evenIfLonger: true,
          compress: () => swap(new Uint8Array(3)),
          decompress: () => new Uint8Array(1),
        },
      ];
    },
    costs: "connection",
    versions: ["TLSv1.3"],
  },
  padding: {
    plant: ({ server }, swap) => {
      server.padding = () => swap({}) as never;
    },
    costs: "connection",
    versions: ["TLSv1.3"],
  },
};

/** Settles within a second, or the handshake has no answer. */
async function settled(
  promises: readonly Promise<unknown>[],
): Promise<PromiseSettledResult<unknown>[]> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error("no answer"));
    }, 1000);
  });
  try {
    return await Promise.race([Promise.allSettled(promises), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function sessionOf(both: {
  readonly client: SSLContext;
  readonly server: SSLContext;
}): Promise<SSLSession | null> {
  const pair = await readyPair(both);
  await pair.server.sendAll(Uint8Array.of(1));
  await pair.client.recv();
  return pair.client.session;
}

/** Every error in it says whose fault it was. */
function checkError(error: unknown): void {
  expect(error).toBeInstanceOf(SSLError);
  expect(String(error)).not.toContain(internal_error.says);
}

async function meet(
  { server = {}, client = {}, plant, costs }: Case,
  version: Version,
  hostile: (right: object) => unknown,
): Promise<void> {
  const both = {
    client: clientContext({ provider, maximumVersion: version, ...client }),
    server: serverContext({ provider, ...server }),
  };
  let isHostile = false;
  plant(both, (right) =>
    isHostile ? (hostile(right as object) as never) : right,
  );
  const isKept = costs !== "connection";
  const session = isKept ? await sessionOf(both) : null;
  isHostile = true;
  const hasEarly = costs === "early data";
  const pair = socketPair({
    ...both,
    clientOptions: { session, doHandshakeOnConnect: !hasEarly },
  });
  if (hasEarly) await pair.client.sendEarlyData(Uint8Array.of(7));
  const ends = await settled([pair.client.doHandshake(), pair.server.ready]);
  if (!isKept) {
    for (const end of ends)
      if (end.status === "rejected") checkError(end.reason);
    // The side that was asked did not connect.
    expect(ends.some(({ status }) => status === "rejected")).toBe(true);
  } else {
    expect(ends).toEqual([
      { status: "fulfilled", value: undefined },
      { status: "fulfilled", value: undefined },
    ]);
    expect(pair.server.sessionReused).toBe(costs !== "resumption");
    if (hasEarly) expect(pair.server.earlyDataOutcome).toBe("rejected");
    await pair.server.sendAll(Uint8Array.of(2));
    expect(await pair.client.recv()).toEqual(Uint8Array.of(2));
  }
  pair.client.destroy();
  pair.server.destroy();
}

for (const [name, row] of Object.entries(CASES))
  for (const version of row.versions ?? VERSIONS)
    describe(`${name}, ${version}`, () => {
      it.each(Object.entries(HOSTILE))("%s", (_title, hostile) =>
        meet(row, version, hostile),
      );
    });

describe("a session that answers right at first", () => {
  it.each(
    VERSIONS.flatMap((version) =>
      [1, 2, 3, 8, 15, 17, 20, 25, 40].map(
        (reads) => [version, reads] as const,
      ),
    ),
  )("%s, and throws after %i reads", async (version, reads) => {
    const both = {
      client: clientContext({ provider, maximumVersion: version }),
      server: serverContext({ provider, options: { noTicket: true } }),
    };
    let isHostile = false;
    storing(false)(both, (right) =>
      isHostile ? (turning(right as object, reads) as never) : right,
    );
    const session = await sessionOf(both);
    isHostile = true;
    const pair = socketPair({ ...both, clientOptions: { session } });
    const ends = await settled([pair.client.ready, pair.server.ready]);
    expect(ends.map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
    ]);
  });
});
