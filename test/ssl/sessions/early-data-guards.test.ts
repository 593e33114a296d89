/**
 * Early data once, in every combination of what guards it. Processes share ticket
 * keys and the rows of a store, and differ in their settings: tickets or names in
 * the store, a store that gives a session once or leaves it there (a GET without a
 * DEL), a register that all share, another one, or none. The rule is stated apart
 * from the code: however a session was made, of all the processes to which it is
 * offered with early data at most one accepts it, once.
 */
import { describe, expect, it } from "vitest";
import { node as provider } from "../../../src/crypto/node.ts";
import {
  type Session,
  sessionFromBytes,
  sessionToBytes,
  TicketKeys,
} from "../../../src/engine/index.ts";
import {
  type ContextSessionStore,
  type ContextStrikeRegister,
  type SSLContext,
  type SSLContextOptions,
  type SSLSession,
  VerifyMode,
} from "../../../src/index.ts";
import { createCertificateAuthority } from "../../../src/pki/index.ts";
import { testAuthority, testClient } from "../../support/pki.ts";
import { sampled } from "../../support/thorough.ts";
import { clientContext, serverContext, socketPair } from "../support.ts";

const EARLY = Uint8Array.of(7);
const client = clientContext({ provider, earlyData: true });

interface Setting {
  readonly tickets: boolean;
  readonly store: "once" | "leaves" | "none";
  readonly register: "shared" | "other" | "none";
}

const SETTINGS: readonly Setting[] = [true, false].flatMap((tickets) =>
  (["once", "leaves", "none"] as const).flatMap((store) =>
    (["shared", "other", "none"] as const).map((register) => ({
      ...{ tickets, store, register },
    })),
  ),
);

const titleOf = ({ tickets, store, register }: Setting): string =>
  `${tickets ? "tickets" : "names"}, store ${store}, register ${register}`;

/** Processes share the ticket keys, the rows of the store, and registers. */
class Service {
  readonly #ticketKeys = new TicketKeys({ provider });
  readonly #rows = new Map<string, Uint8Array>();
  readonly #registers = { shared: register(1), other: register(2), none: null };

  process({ tickets, store, register: name }: Setting): SSLContext {
    return serverContext({
      provider,
      maxEarlyData: 100,
      numTickets: 1,
      ticketKeys: this.#ticketKeys,
      options: { noTicket: !tickets },
      sessionStore: store === "none" ? null : this.#store(store === "once"),
      strikeRegister: this.#registers[name],
    });
  }

  #store(takesOnce: boolean): ContextSessionStore {
    return {
      takesOnce,
      take: (id): Session | undefined => {
        const bytes = this.#rows.get(id.join());
        if (takesOnce) this.#rows.delete(id.join());
        return bytes && sessionFromBytes(bytes);
      },
      put: (id, session) => {
        this.#rows.set(id.join(), sessionToBytes(session));
      },
    };
  }
}

function register(id: number): ContextStrikeRegister {
  const struck = new Set<string>();
  return {
    id: Uint8Array.of(id),
    strike: (key) => {
      const isFirst = !struck.has(key.join());
      struck.add(key.join());
      return isFirst;
    },
  };
}

async function sessionOf(
  server: SSLContext,
  who = client,
): Promise<SSLSession> {
  const pair = socketPair({ client: who, server });
  await Promise.all([pair.client.ready, pair.server.ready]);
  await pair.server.sendAll(Uint8Array.of(1));
  await pair.client.recv();
  const { session } = pair.client;
  if (session === null) throw new Error("there is no session");
  return session;
}

/** True where its early data is accepted. */
async function offer(server: SSLContext, session: SSLSession) {
  const clientOptions = { session, doHandshakeOnConnect: false };
  const pair = socketPair({ client, server, clientOptions });
  await pair.client.sendEarlyData(EARLY);
  await Promise.all([pair.client.doHandshake(), pair.server.ready]);
  return pair.server.earlyDataOutcome === "accepted";
}

/**
 * The rule: a session that names a register is for those that find it and ask that
 * register. Without one, it is for those that cannot but take it out of the store.
 */
function mayAccept(maker: Setting, taker: Setting): boolean {
  if (maker.register !== "none") {
    const isFound = maker.tickets
      ? taker.tickets
      : maker.store !== "none" && taker.store !== "none";
    return isFound && taker.register === maker.register;
  }
  const isTaken = (one: Setting): boolean =>
    !one.tickets && one.store === "once" && one.register === "none";
  return isTaken(maker) && isTaken(taker);
}

describe("early data is accepted at most once", () => {
  const makers = SETTINGS.filter(({ register: name }) => name !== "other");
  it.each(makers.map((maker) => [titleOf(maker), maker] as const))(
    "of a session made with %s",
    async (_, maker) => {
      for (const taker of sampled(SETTINGS, 9)) {
        const service = new Service();
        const made = service.process(maker);
        const session = await sessionOf(made);
        const [first, second] = [taker, taker].map((one) =>
          service.process(one),
        );
        if (first === undefined || second === undefined) throw new Error();
        const isAccepted = await offer(first, session);
        expect([titleOf(taker), isAccepted]).toEqual([
          titleOf(taker),
          mayAccept(maker, taker),
        ]);
        if (!isAccepted) continue;
        for (const other of [first, second, made, service.process(maker)])
          expect(await offer(other, session)).toBe(false);
      }
    },
  );
});

describe("early data", () => {
  const { certificatePem: cert, keyPem: key } = testClient();
  const known = clientContext({
    ...{ provider, earlyData: true, certChain: { cert, key } },
  });
  const requires = (ca: string): SSLContextOptions => ({
    verifyMode: VerifyMode.CERT_REQUIRED,
    verifyLocations: { ca },
  });
  const ours = requires(testAuthority().pem);
  const theirs = requires(
    createCertificateAuthority({ provider, name: "CN=Other" }).pem,
  );
  const none: SSLContextOptions = {};

  it.each([
    ["is accepted under the same", ours, ours, known, "accepted"],
    ["of a stranger is none where clients are known", none, ours, client, null],
    ["of another authority's client is none", ours, theirs, known, null],
    [
      "of a client is none where clients are strangers",
      ours,
      none,
      known,
      "rejected",
    ],
  ] as const)(
    "of a ticket of a context with other rules: %s",
    async (_, maker, taker, who, expected) => {
      const ticketKeys = new TicketKeys({ provider });
      const strikeRegister = register(1);
      const [made, taking] = [maker, taker].map((more) =>
        serverContext({
          ...{
            provider,
            maxEarlyData: 100,
            ticketKeys,
            strikeRegister,
            ...more,
          },
        }),
      );
      if (made === undefined || taking === undefined) throw new Error();
      const session = await sessionOf(made, who);
      const pair = socketPair({
        client: who,
        server: taking,
        clientOptions: { session, doHandshakeOnConnect: false },
      });
      await pair.client.sendEarlyData(EARLY);
      await Promise.allSettled([pair.client.doHandshake(), pair.server.ready]);
      expect(pair.server.earlyDataOutcome).toBe(expected);
      expect(pair.server.readEarlyData()).toEqual(
        expected === "accepted" ? EARLY : null,
      );
    },
  );
});
