/** Records that a real peer would never write, under a real connection's keys. */
import { concat, fromHex, Secret } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  CIPHER_SUITES,
  type ClientOptions,
  type ServerOptions,
  type TlsEngine,
} from "../../src/engine/index.ts";
import {
  type TrafficSecret,
  trafficSecret,
} from "../../src/handshake/keys/key-schedule13.ts";
import { protectionKeys } from "../../src/handshake/tls13/secrets.ts";
import { Aead13Sealer } from "../../src/record/aead13.ts";
import { sealedRecord } from "../../src/record/protection.ts";
import {
  events,
  newPair,
  type Pair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "./engines.ts";

const SUITE = CIPHER_SUITES.TLS_AES_128_GCM_SHA256;

export interface Forged extends Pair {
  /** Seals as the client or the server would, `padding` zeros behind. */
  forge(
    from: "client" | "server",
    type: number,
    content: Uint8Array | string,
    padding?: number,
  ): Uint8Array;
  /** Has that side's next keys from here on, as behind a KeyUpdate. */
  rekey(from: "client" | "server"): void;
}

/** A connection whose application keys the test knows; nothing sent yet. */
export function forgeable(
  options: {
    readonly client?: Partial<ClientOptions>;
    readonly server?: Partial<ServerOptions>;
  } = {},
): Forged {
  const log: string[] = [];
  const cipherSuites = [SUITE.name] as const;
  const pair = shuttle(
    newPair(
      testClientConfig({
        cipherSuites,
        keyLog: (line) => log.push(line),
        ...options.client,
      }),
      testServerConfig({ cipherSuites, ...options.server }),
    ),
  );
  events(pair.client);
  events(pair.server);
  const secrets = {
    client: secretOf(log, "CLIENT_TRAFFIC_SECRET_0"),
    server: secretOf(log, "SERVER_TRAFFIC_SECRET_0"),
  };
  const sealers = {
    client: sealer(secrets.client),
    server: sealer(secrets.server),
  };
  return {
    ...pair,
    rekey: (from) => {
      secrets[from] = secrets[from].update();
      sealers[from] = sealer(secrets[from]);
    },
    forge: (from, type, content, padding = 0) =>
      sealedRecord(
        sealers[from],
        type,
        typeof content === "string" ? fromHex(content) : content,
        padding,
      ),
  };
}

/**
 * The reason why an engine failed after it received that; undefined if it did
 * not.
 */
export function reasonAfter(
  engine: TlsEngine,
  ...records: readonly Uint8Array[]
): string | undefined {
  engine.receive(concat(...records));
  return engine.error?.reason;
}

function secretOf(log: readonly string[], label: string): TrafficSecret {
  const line = log.find((one) => one.startsWith(`${label} `)) ?? "";
  const secret = new Secret(fromHex(line.split(" ")[2] ?? ""));
  return trafficSecret(noble.hashes[SUITE.hash], secret, "client");
}

function sealer(secret: TrafficSecret): Aead13Sealer {
  return new Aead13Sealer(
    protectionKeys({
      provider: noble,
      suite: SUITE,
      secret,
      epoch: "application",
      recordsPerKey: Number.MAX_SAFE_INTEGER,
    }),
  );
}
