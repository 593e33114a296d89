/** Encrypted Client Hello with BoringSSL as client and as server. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  createEchKey,
  createEchClient,
  createEchGrease,
  type EchKey,
  createEchServer,
  encodeEchConfigList,
} from "../../../src/ech/index.ts";
import type { ServerOptions, TlsEngine } from "../../../src/engine/index.ts";
import { testClientConfig, testServerConfig } from "../../support/engines.ts";
import { testAuthority, testServer } from "../../support/pki.ts";
import {
  clientTalk,
  serverTalk,
  useFiles,
} from "../support/puretls/engines.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { PeerProcess, startServer } from "../support/process.ts";

const HIDDEN = "hidden.wild.test";

describePeers(["boringssl"], () => {
  const file = useFiles();
  const identity = testServer();
  const ca = file("ca.pem", testAuthority().pem);
  const cert = file("cert.pem", identity.certificatePem);
  const certKey = file("key.pem", identity.keyPem);

  /** A key that BoringSSL made. */
  function theirKey(name: string): EchKey & { readonly list: Uint8Array } {
    const path = (what: string) => file(`${name}.${what}`, "");
    const [list, config, key] = [path("list"), path("config"), path("key")];
    execFileSync("bssl-tool", [
      "generate-ech",
      ...["-out-ech-config-list", list, "-out-ech-config", config],
      ...["-out-private-key", key, "-public-name", "server.test"],
      ...["-config-id", "7"],
    ]);
    return {
      list: Uint8Array.from(readFileSync(list)),
      config: Uint8Array.from(readFileSync(config)),
      privateKey: Uint8Array.from(readFileSync(key)),
    };
  }

  async function server(key: EchKey, ...more: string[]) {
    const echKey = file("ech.key", key.privateKey);
    const echConfig = file("ech.config", key.config);
    const { port, server: peer } = await startServer((free) => {
      const started = new PeerProcess("bssl-tool", [
        ...["server", "-accept", String(free), "-cert", cert, "-key", certKey],
        ...["-ech-key", echKey, "-ech-config", echConfig, "-loop", ...more],
      ]);
      started.echo();
      return started;
    });
    return { port, peer };
  }

  describe.each([
    ["at once", []],
    ["after a HelloRetryRequest", ["-curves", "P-384"]],
  ] as const)("its server, %s", (_what, more) => {
    it.each([
      ["its own key", () => theirKey("own")],
      [
        "ours",
        () => {
          const publicName = "server.test";
          const key = createEchKey({ provider: noble, publicName });
          return { ...key, list: encodeEchConfigList([key.config]) };
        },
      ],
    ])("opens a hello under %s", async (_whose, make) => {
      const key = make();
      const { port, peer } = await server(key, ...more);
      const { engine, received } = await clientTalk(
        port,
        testClientConfig({ encryptedClientHello: createEchClient(key.list) }),
        HIDDEN,
      );
      expect(engine.info?.encryptedClientHello).toBe(true);
      expect(engine.info?.helloRetried).toBe(more.length > 0);
      expect(new TextDecoder().decode(received)).toBe("hello\n");
      await peer.logged(/Encrypted ClientHello: yes/);
      await peer.logged(new RegExp(HIDDEN));
    });

    it("resumes inside the encrypted hello", async () => {
      const key = theirKey("resuming");
      const { port } = await server(key, ...more);
      const offer = { encryptedClientHello: createEchClient(key.list) };
      const first = await clientTalk(port, testClientConfig(offer), HIDDEN);
      const [session] = first.sessions;
      if (session === undefined) throw new Error("no ticket came");
      const config = testClientConfig({ ...offer, session });
      const { engine } = await clientTalk(port, config, HIDDEN);
      expect(engine.info?.resumed).toBe(true);
      expect(engine.info?.encryptedClientHello).toBe(true);
    });

    it("with another key sends its own, which then works", async () => {
      const key = theirKey("current");
      const { port } = await server(key, ...more);
      const old = theirKey("old");
      const config = testClientConfig({
        encryptedClientHello: createEchClient(old.list),
      });
      const refused = await clientTalk(port, config, HIDDEN);
      expect(refused.engine.error?.reason).toBe("ech_rejected");
      const configs = refused.engine.error?.echRetryConfigs ?? new Uint8Array();
      expect(configs).toEqual(key.list);
    });

    it("ignores GREASE", async () => {
      const { port } = await server(theirKey("greased"), ...more);
      const config = testClientConfig({
        encryptedClientHello: createEchGrease(),
      });
      const { engine } = await clientTalk(port, config);
      expect(engine.info?.encryptedClientHello).toBe(false);
    });
  });

  async function client(
    list: Uint8Array | "grease",
    options: Partial<ServerOptions>,
  ) {
    const { port, done } = await serverTalk(testServerConfig(options));
    const peer = new PeerProcess("bssl-tool", [
      ...["client", "-connect", `127.0.0.1:${String(port)}`],
      ...["-server-name", list === "grease" ? "localhost" : HIDDEN],
      ...["-root-certs", ca],
      ...(list === "grease"
        ? ["-ech-grease"]
        : ["-ech-config-list", file("client.list", list)]),
    ]);
    peer.write("hello\n");
    return { peer, done };
  }

  const key = createEchKey({ provider: noble, publicName: "server.test" });
  const encryptedClientHello = createEchServer({
    provider: noble,
    keys: [key],
  });

  describe.each([
    ["at once", {}],
    ["after a HelloRetryRequest", { groups: ["secp384r1"] }],
    [
      "after one with a cookie",
      { groups: ["secp384r1"], helloRetryCookie: true },
    ],
  ] as const)("its client, %s", (_what, more) => {
    const retried = {
      helloRetried: "groups" in more,
      cookie: "helloRetryCookie" in more,
    };
    const retryOf = ({ info }: TlsEngine) => ({
      helloRetried: info?.helloRetried,
      cookie: info?.clientHello?.extensions.cookie !== undefined,
    });

    it("hides its name", async () => {
      const list = encodeEchConfigList([key.config]);
      const { peer, done } = await client(list, {
        ...more,
        encryptedClientHello,
      });
      await peer.outputReaches(6);
      peer.endInput();
      const { engine } = await done;
      expect(engine.info?.encryptedClientHello).toBe(true);
      expect(engine.info?.serverName).toBe(HIDDEN);
      expect(retryOf(engine)).toEqual(retried);
      await peer.logged(/Encrypted ClientHello: yes/);
    });

    it("with another key receives ours", async () => {
      const publicName = "server.test";
      const other = createEchKey({ provider: noble, publicName });
      const list = encodeEchConfigList([other.config]);
      const { peer, done } = await client(list, {
        ...more,
        encryptedClientHello,
      });
      await peer.exit();
      const { engine } = await done;
      expect(engine.error?.alert).toBe("ech_required");
      await peer.logged(/ECH_REJECTED/);
    });

    it("with GREASE is served", async () => {
      const { peer, done } = await client("grease", {
        ...more,
        encryptedClientHello,
      });
      await peer.outputReaches(6);
      peer.endInput();
      const { engine } = await done;
      expect(engine.info?.encryptedClientHello).toBe(false);
      expect(retryOf(engine)).toEqual(retried);
    });
  });
});
