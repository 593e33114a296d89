/** Configs for the two sides of a scenario, made once for each kind of handshake. */
import { asciiBytes } from "../../bytes.ts";
import { noble } from "../../crypto/noble/index.ts";
import type { CryptoProvider, GroupName } from "../../crypto/provider.ts";
import { clientProtocol } from "../../engine/client-protocols.ts";
import { serverProtocol } from "../../engine/server-protocols.ts";
import type {
  ClientConfig,
  ClientOptions,
  Credential,
  ServerConfig,
  ServerOptions,
  Session,
} from "../../engine/index.ts";
import { CIPHER_SUITES } from "../../handshake/registries/cipher-suites.ts";
import {
  makeClientConfig,
  makeServerConfig,
} from "../../handshake/config/config.ts";
import { EVERY_CLIENT_FEATURE } from "../../handshake/client/features/every-feature.ts";
import { EVERY_SERVER_FEATURE } from "../../handshake/server/features/every-feature.ts";
import { GROUPS } from "../../handshake/registries/groups.ts";
import { TicketKeys } from "../../handshake/sessions/ticket-keys.ts";
import { TrustStore } from "../../x509/trust/trust-store.ts";
import {
  createVerifier,
  dangerouslyAcceptAnyCertificate,
} from "../../x509/verifier.ts";
import { Tap, tappedProtocol, tappedProvider } from "../engine/tap.ts";
import type { TappedConfig } from "../engine/side.ts";
import { LabError } from "../errors.ts";
import { LAB_VERSIONS, type LabRole, otherRole } from "../names.ts";
import type { ScenarioData } from "../scenario/scenario.ts";
import type { Handshake } from "../scenario/steps.ts";
import { labCredential, LAB_ROOT } from "./credentials.ts";
import { type DicedProvider, dicedProvider } from "./hollow.ts";

/** Options of a {@link Lab}. */
export interface LabOptions {
  /** The cryptography. Default: noble. */
  readonly provider?: CryptoProvider;
  /** The number that all random bytes follow from. Default 1. */
  readonly seed?: number;
  /**
   * True remembers the answers of public-key operations and stops the clock: for many
   * runs in memory. False is for peers elsewhere. Default true.
   */
  readonly hollow?: boolean;
  /** The misbehaving side's own credentials. Default: the lab's. */
  readonly credentials?: readonly Credential[];
  /** Options of the misbehaving side's engine beyond what a scenario says. */
  readonly client?: Partial<ClientOptions>;
  readonly server?: Partial<ServerOptions>;
  /** The same of the honest side in memory. */
  readonly peerClient?: Partial<ClientOptions>;
  readonly peerServer?: Partial<ServerOptions>;
}

const PSK = {
  identity: asciiBytes("lab psk"),
  key: new Uint8Array(32).fill(7),
};
const HOST = "localhost";

type AnyConfig = ClientConfig | ServerConfig;

/**
 * The configs, keys and sessions that scenarios are played with. Made once, for any
 * number of runs: a config is made for each kind of handshake and kept.
 *
 * @example
 * ```ts
 * import { Lab, playInMemory, scenario } from "puretls/lab";
 *
 * const lab = new Lab({ seed: 7 });
 * const honest = scenario("tls12").expectConnected();
 * for (let i = 0; i < 3; i++)
 *   if (playInMemory(honest, { lab }).verdict !== "pass") throw new Error();
 * ```
 */
export class Lab {
  readonly seed: number;
  readonly #options: LabOptions;
  readonly #own: Shared;
  readonly #peer: Shared;
  readonly #tapped = new Map<string, TappedConfig>();
  readonly #honest = new Map<string, AnyConfig>();
  readonly #sessions = new Map<string, Session>();

  constructor(options: LabOptions = {}) {
    const { provider = noble, seed = 1, hollow = true } = options;
    this.seed = seed;
    this.#options = options;
    this.#own = new Shared(provider, seed, hollow);
    this.#peer = new Shared(provider, seed + 1, hollow);
  }

  /** The provider of the misbehaving side. */
  get provider(): CryptoProvider {
    return this.#own.provider;
  }

  /** Puts back what runs leave behind: two runs of a scenario are the same. */
  reset(): void {
    this.#own.reset(this.seed);
    this.#peer.reset(this.seed + 1);
  }

  /** The config of the side that misbehaves. */
  tapped(
    data: ScenarioData,
    options: {
      readonly serverName?: string | undefined;
      readonly session?: Session | undefined;
      readonly keyLog?: (line: string) => void;
    } = {},
  ): TappedConfig {
    const { session, keyLog } = options;
    const serverName = options.serverName ?? data.handshake.serverName ?? HOST;
    const key = keyOf(data, data.role, serverName);
    const isKept = session === undefined && keyLog === undefined;
    const known = isKept ? this.#tapped.get(key) : undefined;
    if (known !== undefined) return known;
    const tap = new Tap();
    const config = this.#make(this.#own, data, data.role, {
      ...{ tap, session, keyLog },
      credentials: this.#options.credentials,
      client: this.#options.client,
      server: this.#options.server,
    });
    const made: TappedConfig = {
      ...{ config, tap, serverName },
      version: data.version,
      ownAlerts: data.handshake.ownAlerts ?? true,
    };
    if (isKept) this.#tapped.set(key, made);
    return made;
  }

  /** The config of the honest side in memory. */
  honest(data: ScenarioData, session?: Session): AnyConfig {
    const role = otherRole(data.role);
    const key = keyOf(data, role, session === undefined ? "" : "resumes");
    const known = this.#honest.get(key);
    if (known !== undefined) return known;
    const config = this.#make(this.#peer, data, role, {
      session,
      client: this.#options.peerClient,
      server: this.#options.peerServer,
    });
    this.#honest.set(key, config);
    return config;
  }

  /** The session that an honest run of the same handshake leaves, made once. */
  session(data: ScenarioData, make: () => Session): Session {
    const key = keyOf(data, data.role, "session");
    const known = this.#sessions.get(key) ?? make();
    this.#sessions.set(key, known);
    return known;
  }

  #make(
    shared: Shared,
    data: ScenarioData,
    role: LabRole,
    extra: {
      readonly tap?: Tap | undefined;
      readonly session?: Session | undefined;
      readonly keyLog?: ((line: string) => void) | undefined;
      readonly credentials?: readonly Credential[] | undefined;
      readonly client?: Partial<ClientOptions> | undefined;
      readonly server?: Partial<ServerOptions> | undefined;
    },
  ): AnyConfig {
    const { tap, session, keyLog, client, server } = extra;
    const { handshake } = data;
    const common = {
      provider: tap ? tappedProvider(shared.provider, tap) : shared.provider,
      ...commonOptions(data, role),
      ...(keyLog && { keyLog }),
      ...(handshake.externalPsk && { psk: () => PSK }),
      verifier:
        tap === undefined ? shared.verifier : dangerouslyAcceptAnyCertificate(),
    };
    if (role === "client") {
      const protocol = tap ? tappedProtocol(CLIENT, tap) : CLIENT;
      return makeClientConfig(protocol, {
        ...common,
        grease: false,
        keyShares: handshake.retry
          ? []
          : known(GROUPS, handshake.keyShares ?? ["x25519"], "keyShares"),
        ...((handshake.clientCertificate || handshake.postHandshakeAuth) && {
          credentials: extra.credentials ?? [shared.credential("client")],
        }),
        ...(session && { session }),
        earlyData: handshake.earlyData ?? false,
        postHandshakeAuth: handshake.postHandshakeAuth ?? false,
        compatibilityMode: handshake.compatibilityMode ?? true,
        ...client,
      });
    }
    const protocol = tap ? tappedProtocol(SERVER, tap) : SERVER;
    return makeServerConfig(protocol, {
      ...common,
      credentials: extra.credentials ?? [shared.credential("server")],
      ticketKeys: shared.tickets,
      numTickets: 1,
      clientAuthentication:
        handshake.clientCertificate || handshake.postHandshakeAuth
          ? "required"
          : "none",
      ...(handshake.postHandshakeAuth && { postHandshakeAuth: true }),
      maxEarlyData: handshake.maxEarlyData ?? (handshake.earlyData ? 16384 : 0),
      strikeRegister: { id: Uint8Array.of(1), strike: () => true },
      compatibilityMode: handshake.compatibilityMode ?? true,
      ...server,
    });
  }
}

/** The parts that the configs of a side share. */
class Shared {
  readonly provider: DicedProvider;
  readonly tickets: TicketKeys;
  readonly #ticketDice: DicedProvider;
  readonly verifier: ReturnType<typeof createVerifier>;
  readonly #credentials = new Map<LabRole, Credential>();

  constructor(base: CryptoProvider, seed: number, hollow: boolean) {
    this.provider = dicedProvider(base, seed, hollow);
    this.#ticketDice = dicedProvider(base, seed ^ 0x71c, hollow);
    this.tickets = new TicketKeys({ provider: this.#ticketDice });
    this.verifier = createVerifier({
      provider: this.provider,
      trustStore: TrustStore.of(LAB_ROOT),
    });
  }

  reset(seed: number): void {
    this.provider.dice.state = seed;
    this.#ticketDice.dice.state = seed ^ 0x2b5;
  }

  credential(role: LabRole): Credential {
    const known =
      this.#credentials.get(role) ?? labCredential(this.provider, role);
    this.#credentials.set(role, known);
    return known;
  }
}

const CLIENT = /* @__PURE__ */ clientProtocol(EVERY_CLIENT_FEATURE);
const SERVER = /* @__PURE__ */ serverProtocol(EVERY_SERVER_FEATURE);

function commonOptions(
  { version, handshake }: ScenarioData,
  role: LabRole,
): {
  readonly versions: readonly ("TLSv1.2" | "TLSv1.3")[];
  readonly groups: readonly GroupName[];
} & Partial<ClientOptions & ServerOptions> {
  const { cipherSuites, alpnProtocols, recordSizeLimit, groups } = handshake;
  const both = handshake.bothVersions === true;
  const isRetrying = handshake.retry === true && role === "server";
  return {
    versions: both ? ["TLSv1.3", "TLSv1.2"] : [LAB_VERSIONS[version]],
    groups: known(
      GROUPS,
      groups ?? (isRetrying ? ["secp384r1"] : DEFAULT_GROUPS),
      "groups",
    ),
    ...(cipherSuites && {
      cipherSuites: known(CIPHER_SUITES, cipherSuites, "cipherSuites"),
    }),
    ...(alpnProtocols && { alpnProtocols }),
    ...(recordSizeLimit !== undefined && { recordSizeLimit }),
  };
}

const DEFAULT_GROUPS = ["x25519", "secp256r1", "secp384r1"];

/** @throws LabError for a name that is not in the table */
function known<T extends Record<string, unknown>>(
  table: T,
  names: readonly string[],
  option: string,
): (keyof T & string)[] {
  const isName = (name: string): name is keyof T & string => name in table;
  const wrong = names.find((name) => !(name in table));
  if (wrong !== undefined)
    throw new LabError(
      `handshake.${option}: "${wrong}" is none; allowed are ${Object.keys(table).join(", ")}`,
    );
  return names.filter(isName);
}

function keyOf(data: ScenarioData, role: LabRole, more: string): string {
  return `${role} ${data.version} ${more} ${handshakeKey(data.handshake)}`;
}

const KEYS = new WeakMap<Handshake, string>();

function handshakeKey(handshake: Handshake): string {
  const key = KEYS.get(handshake) ?? JSON.stringify(handshake);
  KEYS.set(handshake, key);
  return key;
}
