/** Secrets and keys of TLS 1.3 as both roles derive them: RFC 9846 7.1 and 7.3. */
import type { Secret } from "../../bytes.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";
import type { ClientConfig, ServerConfig } from "../config/config.ts";
import { logSecrets } from "../keys/key-log.ts";
import {
  earlySecret,
  type HandshakeSecret,
  type MainSecret,
  type TrafficSecret,
} from "../keys/key-schedule13.ts";
import type { PendingTranscript, Transcript } from "../keys/transcript.ts";
import type { Aead13Protection, ProtectionKeys } from "../machine/io.ts";
import type { CipherSuite13 } from "../registries/cipher-suites.ts";

/** Facts that the keys of a connection depend on besides their secret. */
interface Suited {
  readonly config: ClientConfig | ServerConfig;
  readonly suite: CipherSuite13;
}

/** Keys of one direction until the Finished, and of early data. */
export function handshakeKeys(
  side: Suited,
  secret: TrafficSecret,
): Aead13Protection {
  return keysOf(side, secret, "handshake");
}

/** Keys of application data under that secret. */
export function applicationKeys(
  side: Suited,
  secret: TrafficSecret,
): Aead13Protection {
  return keysOf(side, secret, "application");
}

function keysOf(
  { config, suite }: Suited,
  secret: TrafficSecret,
  epoch: ProtectionKeys["epoch"],
): Aead13Protection {
  const { provider, limits } = config;
  const { recordsPerKey } = limits;
  return protectionKeys({ provider, suite, secret, epoch, recordsPerKey });
}

/** The keys of one direction from its traffic secret, RFC 9846 7.3. */
export function protectionKeys(options: {
  readonly provider: CryptoProvider;
  readonly suite: CipherSuite13;
  readonly secret: TrafficSecret;
  readonly epoch: ProtectionKeys["epoch"];
  readonly recordsPerKey: number;
}): Aead13Protection {
  const { provider, suite, secret, epoch } = options;
  const aead = provider.aeads[suite.aead];
  if (aead === undefined)
    throw new Error(`the provider has no ${suite.aead}, but it was negotiated`);
  const key = secret.key(aead.keyLength);
  const keys = {
    kind: "aead13",
    aead: aead.key(key.bytes),
    tagLength: aead.tagLength,
    iv: secret.iv(aead.nonceLength),
    recordsPerKey: Math.min(suite.recordsPerKey, options.recordsPerKey),
    epoch,
  } as const;
  key.wipe();
  return keys;
}

/**
 * The keys of early data and the early exporter, under the first PSK.
 *
 * @param transcript the ClientHello that offers it
 */
export function earlyDataKeys(
  side: Suited,
  psk: Secret,
  clientRandom: Uint8Array,
  transcript: PendingTranscript,
): { readonly keys: ProtectionKeys; readonly exporter: Secret } {
  const { config, suite } = side;
  const hash = config.provider.hashes[suite.hash];
  const digest = transcript.begin(hash).digest();
  const early = earlySecret(hash, psk);
  const traffic = early.clientEarlyTraffic(digest);
  const exporter = early.earlyExporter(digest);
  logSecrets(config, clientRandom, {
    CLIENT_EARLY_TRAFFIC_SECRET: traffic,
    EARLY_EXPORTER_SECRET: exporter,
  });
  const keys = handshakeKeys(side, traffic);
  traffic.wipe();
  early.wipe();
  return { keys, exporter };
}

/** The handshake secret and the traffic secrets that follow from it. */
export interface HandshakeSecrets {
  readonly handshake: HandshakeSecret;
  readonly client: TrafficSecret<"client">;
  readonly server: TrafficSecret<"server">;
}

/**
 * With a PSK, a shared secret or both; the shared secret is wiped.
 *
 * @param transcript ClientHello…ServerHello
 */
export function handshakeSecrets(
  config: ClientConfig | ServerConfig,
  input: {
    readonly psk: Secret | undefined;
    readonly shared: Secret | undefined;
  },
  clientRandom: Uint8Array,
  transcript: Transcript,
): HandshakeSecrets {
  const { psk, shared } = input;
  const handshake = earlySecret(transcript.hash, psk).handshakeSecret(shared);
  shared?.wipe();
  const digest = transcript.digest();
  const client = handshake.clientHandshakeTraffic(digest);
  const server = handshake.serverHandshakeTraffic(digest);
  logSecrets(config, clientRandom, {
    CLIENT_HANDSHAKE_TRAFFIC_SECRET: client,
    SERVER_HANDSHAKE_TRAFFIC_SECRET: server,
  });
  return { handshake, client, server };
}

/** Secrets that follow from the server's Finished. */
export interface ApplicationSecrets {
  readonly main: MainSecret;
  readonly clientApplication: TrafficSecret<"client">;
  readonly serverApplication: TrafficSecret<"server">;
  /** exporter_secret, RFC 9846 7.5. */
  readonly exporter: Secret;
}

/**
 * The handshake secret is wiped.
 *
 * @param transcript ClientHello…server Finished
 */
export function applicationSecrets(
  config: ClientConfig | ServerConfig,
  handshake: HandshakeSecret,
  clientRandom: Uint8Array,
  transcript: Transcript,
): ApplicationSecrets {
  const main = handshake.mainSecret();
  const digest = transcript.digest();
  const secrets = {
    main,
    clientApplication: main.clientApplicationTraffic(digest),
    serverApplication: main.serverApplicationTraffic(digest),
    exporter: main.exporter(digest),
  };
  logSecrets(config, clientRandom, {
    CLIENT_TRAFFIC_SECRET_0: secrets.clientApplication,
    SERVER_TRAFFIC_SECRET_0: secrets.serverApplication,
    EXPORTER_SECRET: secrets.exporter,
  });
  return secrets;
}
