/** Encrypted Client Hello with the programs of ../peers. */
import { describe, expect, it } from "vitest";
import { noble } from "../../../../src/crypto/noble/index.ts";
import {
  createEchKey,
  createEchClient,
  createEchServer,
  encodeEchConfigList,
} from "../../../../src/ech/index.ts";
import {
  testClientConfig,
  testServerConfig,
} from "../../../support/engines.ts";
import { testAuthority, testServer } from "../../../support/pki.ts";
import { clientTalk, serverTalk } from "../puretls/engines.ts";
import { textPayload } from "../scenarios/payload.ts";
import type { Peer } from "../scenarios/peer.ts";
import { temporaryFile, temporaryFolder } from "../temporary.ts";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const HIDDEN = "hidden.wild.test";
const key = newKey();

function newKey() {
  return createEchKey({ provider: noble, publicName: "server.test" });
}

/** A file of those bytes. */
function bytesFile(name: string, bytes: Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

/**
 * Tests a peer's ECH client: it prints `ech=Accepted` or `ech=true` when it was
 * accepted.
 */
export function echClientTests(peer: Peer): void {
  describe.each([
    ["at once", {}],
    ["after a HelloRetryRequest", { groups: ["secp384r1"] }],
  ] as const)("its client hides its name, %s", (_, more) => {
    const payload = textPayload(128);
    const encryptedClientHello = createEchServer({
      provider: noble,
      keys: [key],
    });
    const connect = async (config: Uint8Array) => {
      const { port, done } = await serverTalk(
        testServerConfig({ ...more, encryptedClientHello }),
      );
      const ech = bytesFile("list", encodeEchConfigList([config]));
      const ca = temporaryFile("ca.pem", testAuthority().pem);
      const run = await peer.client(
        { port, ca, servername: HIDDEN, further: { ech } },
        payload,
      );
      return { run, engine: (await done).engine };
    };

    it("with our key", async () => {
      const { run, engine } = await connect(key.config);
      expect(run.received).toEqual(payload);
      expect(run.log).toMatch(/ech=(Accepted|true)/);
      expect(engine.info?.encryptedClientHello).toBe(true);
      expect(engine.info?.serverName).toBe(HIDDEN);
    });

    it("not with another key, and receives ours", async () => {
      const { run, engine } = await connect(newKey().config);
      expect(run.exitCode).not.toBe(0);
      expect(run.log).toMatch(/ECH/i);
      expect(engine.error?.alert).toBe("ech_required");
    });
  });
}

/** Tests a peer's ECH server, with keys of ours. */
export function echServerTests(peer: Peer): void {
  describe.each([
    ["at once", {}],
    ["after a HelloRetryRequest", { groups: ["secp384r1"] }],
  ] as const)("its server opens our hello, %s", (_, more) => {
    const serve = () => {
      const { certificatePem, keyPem } = testServer();
      return peer.server?.({
        ...more,
        identity: {
          cert: temporaryFile("cert.pem", certificatePem),
          key: temporaryFile("key.pem", keyPem),
        },
        further: {
          ech_config: bytesFile("config", key.config),
          ech_key: bytesFile("key", key.privateKey),
        },
      });
    };

    it("and the name in it", async () => {
      const listener = await serve();
      const list = encodeEchConfigList([key.config]);
      const { engine, received } = await clientTalk(
        listener?.port ?? 0,
        testClientConfig({ encryptedClientHello: createEchClient(list) }),
        HIDDEN,
      );
      expect(engine.info?.encryptedClientHello).toBe(true);
      expect(received).toHaveLength(6);
      expect(await listener?.stop()).toContain(`name=${HIDDEN}`);
    });

    it("or sends its own key, which then works", async () => {
      const listener = await serve();
      const list = encodeEchConfigList([newKey().config]);
      const refused = await clientTalk(
        listener?.port ?? 0,
        testClientConfig({ encryptedClientHello: createEchClient(list) }),
        HIDDEN,
      );
      expect(refused.engine.error?.reason).toBe("ech_rejected");
      const again = refused.engine.error?.echRetryConfigs;
      expect(again).toEqual(encodeEchConfigList([key.config]));
    });
  });
}
