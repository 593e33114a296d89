/**
 * Redis Cluster: three masters that share the slots. Hash tags keep the names of
 * each script in one slot, and `shards` spread them over the nodes.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  redisSessionStore,
  redisStrikeRegister,
  redisTicketKeys,
} from "../../../src/redis/index.ts";
import { session13 } from "../../support/sessions.ts";
import { describeProgram } from "../support/scenarios/peers.ts";
import { CLUSTER_CLIENTS, findServer, RedisCluster } from "./redis.ts";

const encryptionKeys = [new Uint8Array(32).fill(1)];
const provider = noble;
const SHARDS = 16;
const keyOf = (index: number): Uint8Array =>
  noble.hashes["SHA-256"].hash(Uint8Array.of(index));

describeProgram("redis", "redis", findServer("redis"), () => {
  describe.each(Object.entries(CLUSTER_CLIENTS))("%s", (_title, connect) => {
    let cluster: RedisCluster;
    beforeEach(async () => {
      cluster = await RedisCluster.start();
    });

    it("strikes, sessions and ticket keys lie on all nodes, each in its slot", async () => {
      const { client } = await connect(cluster.ports);
      const options = { client, provider, shards: SHARDS };
      const register = redisStrikeRegister(options);
      const indexes = Array.from({ length: 64 }, (_, index) => index);
      const until = () => Date.now() + 10;
      // Each shard begins to count from its first strike on.
      for (const index of indexes)
        await expect(
          Promise.resolve(register.strike(keyOf(index), until())),
        ).rejects.toThrow(/recently/);
      for (const node of cluster.ports)
        await cluster.setEpochs(node, Date.now() - 60_000);
      const answers: unknown[] = [];
      for (const index of indexes) {
        answers.push(await register.strike(keyOf(index), Date.now() + 20_000));
        answers.push(await register.strike(keyOf(index), Date.now() + 20_000));
      }
      expect(answers).toEqual(indexes.flatMap(() => [true, false]));

      const store = redisSessionStore({ ...options, encryptionKeys });
      const session = session13({ createdAt: Date.now() });
      for (const index of indexes) await store.put(keyOf(index), session);
      for (const index of indexes) {
        expect(await store.take(keyOf(index))).toMatchObject({
          ageAdd: session.ageAdd,
        });
        expect(await store.take(keyOf(index))).toBeUndefined();
      }
      for (const node of cluster.ports)
        expect(await cluster.countKeys(node)).toBeGreaterThan(0);

      const shared = redisTicketKeys({ client, provider, encryptionKeys });
      await shared.refresh();
      shared.close();
      expect(shared.keys.usage().some((use) => use.isShared)).toBe(true);
    });
  });
});
