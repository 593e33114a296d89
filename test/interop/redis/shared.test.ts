/**
 * The session store and the strike register of puretls/redis over real servers
 * and real clients: another process takes what one has stored, once; what Redis
 * loses, denies or never answers costs resumption or early data alone.
 */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { fromHex, toHex } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import { TicketKeys } from "../../../src/engine/index.ts";
import {
  type SSLContext,
  type SSLContextOptions,
  type SSLSession,
  type StoreEvent,
} from "../../../src/index.ts";
import {
  redisSessionStore,
  redisStrikeRegister,
} from "../../../src/redis/index.ts";
import { decide } from "../../redis/register-model.ts";
import { clientContext, serverContext, socketPair } from "../../ssl/support.ts";
import { session13 } from "../../support/sessions.ts";
import { describeProgram } from "../support/scenarios/peers.ts";
import {
  backAgain,
  CLIENTS,
  findServer,
  RedisServer,
  type ServerName,
  type TestClient,
} from "./redis.ts";

const EARLY = Uint8Array.of(7, 7, 7);
const provider = noble;
const encryptionKeys = [new Uint8Array(32).fill(1)];
const word = ({ operation, outcome }: StoreEvent): string =>
  `${operation} ${outcome}`;

/** A worker of the service. */
function worker(options: SSLContextOptions) {
  const events: StoreEvent[] = [];
  const server = serverContext({
    maxEarlyData: 100,
    numTickets: 1,
    sessionStoreTimeout: 5000,
    onStoreEvent: (event) => events.push(event),
    ...options,
  });
  return { server, events };
}

async function visit(
  client: SSLContext,
  server: SSLContext,
  session: SSLSession | null = null,
  early = false,
) {
  const clientOptions = { session, doHandshakeOnConnect: false };
  const pair = socketPair({ client, server, clientOptions });
  if (early) await pair.client.sendEarlyData(EARLY);
  await Promise.all([pair.client.doHandshake(), pair.server.ready]);
  await pair.server.sendAll(Uint8Array.of(1));
  await pair.client.recv();
  const left = pair.client.session;
  if (left === null) throw new Error("there is no session");
  return {
    resumed: pair.client.sessionReused === true,
    early: pair.server.earlyDataOutcome,
    session: left,
  };
}

for (const name of ["redis", "valkey"] as const satisfies ServerName[])
  describeProgram(name, name, findServer(name), () => {
    describe.each(Object.entries(CLIENTS))("%s", (_title, connect) => {
      let redis: RedisServer;
      let one: TestClient;
      let two: TestClient;
      beforeEach(async () => {
        redis = await RedisServer.start(name);
        one = await connect(redis.port);
        two = await connect(redis.port);
      });

      const storing = (of: TestClient, more: SSLContextOptions = {}) =>
        worker({
          options: { noTicket: true },
          sessionStore: redisSessionStore({
            client: of.client,
            provider,
            encryptionKeys,
          }),
          ...more,
        });

      it.each(["TLSv1.2", "TLSv1.3"] as const)(
        "%s: a session of one process is resumed by another",
        async (maximumVersion) => {
          const [a, b] = [storing(one), storing(two)];
          const client = clientContext({ maximumVersion });
          const first = await visit(client, a.server);
          const second = await visit(client, b.server, first.session);
          expect(second.resumed).toBe(true);
          const third = await visit(client, a.server, second.session);
          expect(third.resumed).toBe(true);
          if (maximumVersion === "TLSv1.2") return;
          const again = await visit(client, b.server, second.session);
          expect(again.resumed).toBe(false);
          const names = (await one.command("KEYS", "*:session:*")) as string[];
          const values: string[] = [];
          for (const name of names) {
            const left = Number(await one.command("PTTL", name));
            expect(left).toBeGreaterThan(7_000_000);
            expect(left).toBeLessThanOrEqual(7_200_000);
            values.push(String(await one.command("GET", name)));
          }
          // Encrypted: nothing of the certificates' names is there to be read.
          const value = values.find((one) => one !== "taken") ?? "";
          expect(value).toMatch(/^\w{40}:\w{40}:[A-Za-z0-9+/=]+$/);
          expect(atob(value.split(":")[2] ?? "")).not.toContain("server.test");
        },
      );

      it("early data of a stored session is accepted once, by either", async () => {
        const [a, b] = [storing(one), storing(two)];
        const client = clientContext({ earlyData: true });
        const { session } = await visit(client, a.server);
        const outcomes = [
          (await visit(client, b.server, session, true)).early,
          (await visit(client, a.server, session, true)).early,
        ];
        expect(outcomes).toEqual(["accepted", "rejected"]);
      });

      it("early data of a session from before a restart is refused, whatever its time", async () => {
        const store = redisSessionStore({
          client: one.client,
          provider,
          encryptionKeys,
        });
        const id = new Uint8Array(32).fill(6);
        const put = session13({ createdAt: Date.now() + 60_000 });
        expect(put.maxEarlyData).toBeGreaterThan(0);
        await store.put(id, put);
        await one.command("SAVE");
        const taken = await store.take(id);
        expect(taken).toMatchObject({ maxEarlyData: put.maxEarlyData });
        await redis.kill();
        await redis.restart(); // The file has it as it was before.
        await backAgain(one);
        expect(await store.take(id)).toMatchObject({ maxEarlyData: 0 });
        expect(await store.take(id)).toBeUndefined();
      });

      it("a value that is no session of ours costs the resumption, and is reported", async () => {
        const a = storing(one);
        const client = clientContext();
        const garbages = ["", "x", "5:", "5:AAAA", "5:%%%%"];
        for (const garbage of [...garbages, "5:".padEnd(4_000_000, "A")]) {
          const { session } = await visit(client, a.server);
          const keys = (await one.command("KEYS", "*:session:*")) as string[];
          for (const key of keys) await one.command("SET", key, garbage);
          a.events.length = 0;
          const next = await visit(client, a.server, session);
          expect(next.resumed).toBe(false);
          expect(a.events.map(word)).toContain("take failed");
        }
      });

      it("a session moved to another name is not resumed", async () => {
        const a = storing(one);
        const client = clientContext();
        const { session } = await visit(client, a.server);
        const [mine = ""] = (await one.command(
          "KEYS",
          "*:session:*",
        )) as string[];
        await visit(client, a.server);
        const all = (await one.command("KEYS", "*:session:*")) as string[];
        const others = all.find((key) => key !== mine) ?? "";
        await one.command("RENAME", others, mine);
        expect((await visit(client, a.server, session)).resumed).toBe(false);
      });

      it("a register accepts once, from one of two, and keeps no longer", async () => {
        const [a, b] = [one, two].map(({ client }) =>
          redisStrikeRegister({ client, provider, clockTolerance: 1000 }),
        );
        const key = new Uint8Array(32).fill(9);
        const until = () => Date.now() + 300;
        await expect(a?.strike(key, until())).rejects.toThrow(/recently/);
        await one.command("HSET", "{puretls:0}:epoch", "since", "1000");
        expect(a?.id).toEqual(b?.id);
        const answers = await Promise.all([
          a?.strike(key, until()),
          b?.strike(key, until()),
          a?.strike(key, until()),
        ]);
        expect(answers.filter(Boolean)).toHaveLength(1);
        const [row = ""] = (await one.command(
          "KEYS",
          "*:strike:*",
        )) as string[];
        const left = Number(await one.command("PTTL", row));
        expect(left).toBeGreaterThan(0);
        expect(left).toBeLessThanOrEqual(2300);
      });

      it("the script of a register answers as its model does", async () => {
        const { command, client } = one;
        const server = String(await command("INFO", "server"));
        const history = String(await command("INFO", "replication"));
        const run = [
          /run_id:(\w+)/.exec(server)?.[1] ?? "",
          /master_replid:(\w+)/.exec(history)?.[1] ?? "",
        ].join(":");
        const epochs = [
          undefined,
          ...[-60_000, -10_000, 0, 10_000].flatMap((since) => [
            { run, since },
            { run: "another", since },
          ]),
        ];
        let count = 0;
        for (const epoch of epochs)
          for (const off of [-5000, 0, 5000])
            for (const isStruck of [false, true]) {
              const key = noble.hashes["SHA-256"].hash(Uint8Array.of(count++));
              const name = `{puretls:0}:strike:${toHex(key)}`;
              const now = Date.now();
              await command("DEL", "{puretls:0}:epoch");
              if (epoch !== undefined)
                await command(
                  ...["HSET", "{puretls:0}:epoch", "run", epoch.run],
                  ...["since", String(now + epoch.since)],
                );
              if (isStruck) await command("SET", name, "", "PX", "60000");
              const register = redisStrikeRegister({
                client,
                provider: { ...noble, now: () => Date.now() + off },
              });
              const answer = await Promise.resolve(
                register.strike(key, Date.now() + off + 20_000),
              ).then(
                (first) => (first ? "first" : "repeated"),
                (error: unknown) =>
                  /clocks/.test(String(error)) ? "clock" : "young",
              );
              const expected = decide(
                {
                  run,
                  epoch: epoch && { ...epoch, since: now + epoch.since },
                  strikes: new Map(isStruck ? [["", now + 60_000]] : []),
                },
                now,
                {
                  ...{ key: "", keep: 24_000, tolerance: 2000 },
                  callerNow: now + off,
                },
              );
              expect([epoch, off, isStruck, answer]).toEqual([
                epoch,
                off,
                isStruck,
                expected,
              ]);
            }
      });

      it("a register refuses a process whose clock is off", async () => {
        const ahead = { ...noble, now: () => Date.now() + 3000 };
        const register = redisStrikeRegister({
          client: one.client,
          provider: ahead,
        });
        const key = new Uint8Array(32);
        await expect(
          Promise.resolve(register.strike(key, ahead.now() + 20_000)),
        ).rejects.toThrow(/clocks/);
      });

      it("a register that was restarted, with its file or without, rejects for a while", async () => {
        const key = new Uint8Array(32).fill(3);
        const strike = async (): Promise<unknown> => {
          const { client } = one;
          const register = redisStrikeRegister({ client, provider });
          return register.strike(key, Date.now() + 20_000);
        };
        await strike().catch(() => undefined);
        await one.command("HSET", "{puretls:0}:epoch", "since", "1000");
        await one.command("SAVE");
        expect(await strike()).toBe(true); // and is not in the file
        for (const options of [[], ["--dbfilename", "none.rdb"]]) {
          await redis.kill();
          await redis.restart(...options);
          await backAgain(one);
          await expect(strike()).rejects.toThrow(/recently/);
        }
      });

      it("a register after a failover to a replica rejects for a while, by the same process too", async () => {
        const replica = await RedisServer.start(name);
        const other = await connect(replica.port);
        const here = ["127.0.0.1", String(redis.port)];
        const there = ["127.0.0.1", String(replica.port)];
        const follows = async (follower: TestClient, of: string[]) => {
          await follower.command("REPLICAOF", ...of);
          await vi.waitUntil(
            async () =>
              /master_link_status:up/.test(
                String(await follower.command("INFO", "replication")),
              ),
            { timeout: 20_000, interval: 50 },
          );
        };
        const key = new Uint8Array(32).fill(4);
        const register = redisStrikeRegister({ client: one.client, provider });
        const strike = async () => register.strike(key, Date.now() + 20_000);
        // The first replica of a master begins a history of its own.
        await follows(other, here);
        await strike().catch(() => undefined);
        await one.command("HSET", "{puretls:0}:epoch", "since", "1000");
        await one.command("WAIT", "1", "5000");
        await other.command("REPLICAOF", "NO", "ONE");
        expect(await strike()).toBe(true); // and is not in the replica
        await follows(one, there);
        await one.command("REPLICAOF", "NO", "ONE");
        await expect(strike()).rejects.toThrow(/recently/);
      });

      it("a command that is sent again restores no session", async () => {
        const store = redisSessionStore({
          client: one.client,
          provider,
          encryptionKeys,
        });
        const sent: (readonly string[])[] = [];
        const call = (...parts: string[]): Promise<unknown> => {
          sent.push(parts);
          return two.command(...parts);
        };
        const listening = redisSessionStore({
          client: { call },
          provider,
          encryptionKeys,
        });
        await visit(
          clientContext(),
          worker({ options: { noTicket: true }, sessionStore: listening })
            .server,
        );
        const put = sent.find((parts) => parts.includes("once")) ?? [];
        const [name = ""] = (await one.command(
          "KEYS",
          "*:session:*",
        )) as string[];
        const id = fromHex(name.split(":").at(-1) ?? "");
        expect(await store.take(id)).toBeDefined();
        await one.command(...put);
        expect(await store.take(id)).toBeUndefined();
        expect(Number(await one.command("PTTL", name))).toBeGreaterThan(0);
      });

      it("tickets: two processes accept early data once; without Redis none, and resume", async () => {
        const ticketKeys = new TicketKeys({ provider });
        const [a, b] = [one, two].map(({ client }) =>
          worker({
            ticketKeys,
            strikeRegister: redisStrikeRegister({ client, provider }),
          }),
        );
        if (a === undefined || b === undefined) throw new Error();
        const client = clientContext({ earlyData: true });
        const first = await visit(client, a.server);
        await visit(client, a.server, first.session, true);
        await one.command("HSET", "{puretls:0}:epoch", "since", "1000");
        const { session } = await visit(client, a.server);
        const outcomes = [
          (await visit(client, b.server, session, true)).early,
          (await visit(client, a.server, session, true)).early,
        ];
        expect(outcomes).toEqual(["accepted", "rejected"]);
        const next = await visit(client, a.server);
        await redis.kill();
        const without = await visit(client, b.server, next.session, true);
        expect(without).toMatchObject({ early: "rejected", resumed: true });
        expect(b.events.map(word)).toContain("strike failed");
      });

      it("a Redis that hangs costs the time limit, and no more calls than allowed", async () => {
        const server = await RedisServer.start(name);
        const patient = await connect(server.port);
        const stuck = await connect(server.port);
        const store = redisSessionStore({
          client: stuck.client,
          provider,
          encryptionKeys,
          maxPending: 3,
        });
        void patient.command("DEBUG", "SLEEP", "0").catch(() => undefined);
        void patient.command("CLIENT", "PAUSE", "60000", "ALL");
        await new Promise((resolve) => setTimeout(resolve, 50));
        const { server: context, events } = worker({
          options: { noTicket: true },
          sessionStore: store,
          sessionStoreTimeout: 50,
        });
        const client = clientContext({ maximumVersion: "TLSv1.2" });
        // Each stores a session, and looks one up that never comes.
        for (let visits = 0; visits < 6; visits++) {
          const { session } = await visit(client, context);
          const again = await visit(client, context, session);
          expect(again.resumed).toBe(false);
        }
        const words = events.map(word);
        expect(words.filter((one) => one === "take late").length).toBeLessThan(
          3,
        );
        expect(words).toContain("put failed");
        expect(words).toContain("take failed");
      });

      it("a Redis that comes back resumes again", async () => {
        const a = storing(one);
        const client = clientContext();
        await visit(client, a.server);
        await redis.kill();
        const during = await visit(client, a.server);
        expect((await visit(client, a.server, during.session)).resumed).toBe(
          false,
        );
        await redis.restart();
        await backAgain(one);
        const { session } = await visit(client, a.server);
        expect((await visit(client, a.server, session)).resumed).toBe(true);
      });
    });
  });
