/** Encrypted Client Hello by contexts and by the options of wrapping. */
import { describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  createEchKey,
  createEchClient,
  createEchGrease,
  createEchServer,
  encodeEchConfigList,
} from "../../src/ech/index.ts";
import { SSLError } from "../../src/index.ts";
import {
  BioPair,
  clientContext,
  readyPair,
  rejection,
  serverContext,
  socketPair,
  sslError,
  thrown,
} from "./support.ts";

describe("Encrypted Client Hello", () => {
  const publicName = "server.test";
  const [old, current] = [1, 2].map((configId) =>
    createEchKey({ provider: noble, publicName, configId }),
  );
  if (!old || !current) throw new Error("no keys");
  const ech = createEchServer({ provider: noble, keys: [current] });
  const offer = (list: Uint8Array) => ({
    serverHostname: "hidden.wild.test",
    encryptedClientHello: createEchClient(list),
  });

  it("hides the name, which the server's callback gets", async () => {
    const names: (string | null)[] = [];
    const server = serverContext({
      encryptedClientHello: ech,
      sniCallback: (_, name) => {
        names.push(name);
      },
    });
    const pair = await readyPair({
      server,
      clientOptions: offer(encodeEchConfigList([current.config])),
    });
    expect(names).toEqual(["hidden.wild.test"]);
    expect(pair.client.encryptedClientHello).toBe(true);
    expect(pair.server.encryptedClientHello).toBe(true);
  });

  it("with an old key fails with the new one, which then serves", async () => {
    const server = serverContext({
      encryptedClientHello: ech,
      // Whatever context serves the public name: the keys are the first one's.
      sniCallback: () => ({ context: serverContext() }),
    });
    const pair = socketPair({
      server,
      clientOptions: offer(encodeEchConfigList([old.config])),
    });
    pair.server.ready.catch(() => undefined);
    const error = await rejection(pair.client.ready);
    if (!(error instanceof SSLError)) throw error;
    expect(error.reason).toBe("ECH_REJECTED");
    expect(error.alert?.name).toBe("ech_required");
    expect(error.echRetryConfigs).toEqual(ech.retryConfigs);
    const again = await readyPair({
      server,
      clientOptions: offer(error.echRetryConfigs ?? new Uint8Array()),
    });
    expect(again.client.encryptedClientHello).toBe(true);
  });

  it("of a server without it has nothing to try again with", async () => {
    const pair = socketPair({
      clientOptions: offer(encodeEchConfigList([old.config])),
    });
    pair.server.ready.catch(() => undefined);
    const error = await rejection(pair.client.ready);
    expect(error).toMatchObject({
      reason: "ECH_REJECTED",
      echRetryConfigs: null,
    });
  });

  it("as GREASE is the context's, for every connection", async () => {
    const client = clientContext({ encryptedClientHello: createEchGrease() });
    const pair = await readyPair({
      client,
      server: serverContext({ encryptedClientHello: ech }),
    });
    expect(pair.client.encryptedClientHello).toBe(false);
    expect(pair.server.encryptedClientHello).toBe(false);
  });

  it("is refused where it cannot be, before a byte goes out", () => {
    const real = createEchClient(encodeEchConfigList([current.config]));
    for (const [context, value] of [
      [clientContext(), ech],
      [serverContext(), real],
    ] as const)
      expect(
        thrown(() => {
          context.encryptedClientHello = value;
        }),
      ).toBeInstanceOf(RangeError);
    expect(
      thrown(() => {
        Reflect.set(clientContext(), "encryptedClientHello", { kind: "real" });
      }),
    ).toBeInstanceOf(TypeError);
    expect(
      thrown(() => {
        socketPair({ serverOptions: { encryptedClientHello: real } });
      }),
    ).toBeInstanceOf(TypeError);
    const only12 = clientContext({
      maximumVersion: "TLSv1.2",
      encryptedClientHello: real,
    });
    const pair = new BioPair(only12);
    expect(sslError(() => pair.client.doHandshake()).reason).toBe(
      "NO_PROTOCOLS_AVAILABLE",
    );
    expect(pair.clientOut.pending).toBe(0);
  });
});
