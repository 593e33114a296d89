/**
 * The scenarios that are tried with each peer, for each version. A scenario has
 * the options of the two sides and the facts that puretls shall then report.
 */
import { KEY_KINDS } from "../certificates.ts";
import type { Certificates, KeyKind } from "../certificates.ts";
import type { ServerOptions, TlsOptions, Version } from "./options.ts";
import { MIB } from "./payload.ts";
import type { Feature, Peer } from "./peer.ts";
import type { PuretlsFacts } from "../puretls/road.ts";
import {
  DEFAULT_SUITES12,
  OPTIONAL_SUITES12,
  SUITES,
  suiteParts,
} from "./suites.ts";
import type { Suite12 } from "./suites.ts";

export interface Scenario {
  readonly title: string;
  readonly client?: TlsOptions;
  readonly server?: TlsOptions;
  /** The server has Diffie-Hellman parameters of its own. */
  readonly ownField?: boolean;
  /** Options of the peer alone, in either role. */
  readonly peer?: TlsOptions;
  /** Of the server's certificate; ECDSA P-256 if absent. */
  readonly key?: KeyKind | undefined;
  /** Neither side presents a certificate. */
  readonly anonymous?: boolean;
  readonly clientKey?: keyof Certificates["client"];
  readonly clientAuth?: ServerOptions["clientAuth"];
  /** Bytes each way; 16 KiB and a little if absent. */
  readonly length?: number;
  /** puretls asks for a KeyUpdate in the midst of the data. */
  readonly updateKeys?: boolean;
  readonly shows?: Partial<PuretlsFacts>;
  readonly helloRetried?: boolean;
  /**
   * Features that the peer needs in addition to those that the options imply.
   */
  readonly needs?: readonly Feature[];
  /** The only role of puretls in it; both if absent. */
  readonly role?: "client" | "server";
}

export function scenariosOf(peer: Peer, version: Version): Scenario[] {
  return [
    ...(version === "TLSv1.3" ? scenarios13(peer) : scenarios12(peer)),
    ...KEY_KINDS.map((key): Scenario => ({
      title: `a server certificate with a key of ${key}`,
      key,
      needs: [key],
    })),
    ...(["ECDSA P-256", "RSA"] as const).map((clientKey): Scenario => ({
      title: `a client certificate with a key of ${clientKey}`,
      clientKey,
      clientAuth: "required",
    })),
    {
      title: "a request for a client certificate that there is none for",
      clientAuth: "optional",
      needs: ["optional client certificates"],
    },
    ...(peer.speaks === "bytes"
      ? [
          {
            title: "ALPN, by the server's choice",
            needs: ["ALPN"] as const,
            client: { alpn: ["h2", "http/1.1"] },
            server: { alpn: ["http/1.1"] },
            shows: { alpn: "http/1.1" },
          },
        ]
      : []),
  ];
}

function scenarios13(peer: Peer): Scenario[] {
  return [
    ...SUITES.map((suite): Scenario => {
      const both = { suites: [suite] };
      return {
        title: `1 MiB both ways with ${suite}`,
        ...{ client: both, server: both, length: MIB, shows: { suite } },
      };
    }),
    ...keyExchanges([...peer.groups, ...peer.rareGroups]),
    ...peer.groups.slice(1).map((group): Scenario => {
      // The ssl face sends a share of x25519 beside that of the hybrid.
      const first = group === "x25519" ? "secp256r1" : peer.groups[0];
      const shares: Peer["groups"] =
        first === "X25519MLKEM768" ? [first, "x25519"] : first ? [first] : [];
      const offer = [...shares, group];
      return {
        title: `a HelloRetryRequest from ${offer.join(" to ")}`,
        client: { groups: offer },
        server: { groups: [group] },
        shows: { group },
        helloRetried: true,
        needs: [
          group === "x25519"
            ? "a HelloRetryRequest to x25519"
            : "a HelloRetryRequest from x25519",
        ],
      };
    }),
    ...(peer.speaks === "bytes"
      ? [{ title: "a KeyUpdate both ways", length: MIB, updateKeys: true }]
      : []),
  ];
}

function scenarios12(peer: Peer): Scenario[] {
  return [
    ...DEFAULT_SUITES12.map((suite) =>
      withSuite(suite, { title: `1 MiB both ways with ${suite}`, length: MIB }),
    ),
    ...keyExchanges(
      peer.groups.filter((group) => !group.includes("MLKEM")),
      "RSA",
    ),
    ...OPTIONAL_SUITES12.map((suite) => withSuite(suite, { title: suite })),
    ...SPECIAL12,
  ];
}

const overFfdhe3072: TlsOptions = {
  suites: ["TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"],
  groups: ["ffdhe3072"],
};

const SPECIAL12: readonly Scenario[] = [
  withSuite("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", {
    title: "a Diffie-Hellman group by its name, ffdhe3072",
    client: overFfdhe3072,
    server: overFfdhe3072,
    shows: {
      suite: "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
      group: "ffdhe3072",
    },
    needs: ["a named Diffie-Hellman group"],
  }),
  withSuite("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", {
    title: "the server's own Diffie-Hellman parameters",
    ownField: true,
    shows: { suite: "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", group: undefined },
    needs: ["own Diffie-Hellman parameters"],
  }),
  ...(
    [
      "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
      "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
      "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
    ] as const
  ).map((suite) =>
    withSuite(suite, {
      title: `${suite} without encrypt-then-MAC`,
      peer: { encryptThenMac: false },
      needs: ["encrypt-then-MAC"],
    }),
  ),
  {
    title: "a peer without extended main secret",
    peer: { extendedMainSecret: false },
    needs: ["a main secret of the old kind"],
  },
];

/** Both sides support only this suite, and have the keys for it. */
function withSuite(suite: Suite12, scenario: Scenario): Scenario {
  const { keyExchange = "" } = suiteParts(suite);
  const isPsk = keyExchange.endsWith("PSK");
  const both: TlsOptions = {
    suites: [suite],
    ...(isPsk ? { psk: { identity: "client 1", key: "5f".repeat(24) } } : {}),
  };
  return {
    client: both,
    server: both,
    shows: { suite },
    key: keyExchange.endsWith("RSA") ? "RSA" : "ECDSA P-256",
    ...(isPsk ? { anonymous: true } : {}),
    // A server that decrypts RSA is refused: see SECURITY.md.
    ...(keyExchange === "RSA" ? { role: "client" } : {}),
    ...scenario,
    needs: [...(scenario.needs ?? []), suite],
  };
}

/** In TLS 1.2 the curve of an ECDSA key has to be among the groups too. */
function keyExchanges(groups: Peer["groups"], key?: KeyKind): Scenario[] {
  return groups.map((group): Scenario => {
    const both = { groups: [group] };
    return {
      title: `key exchange over ${group}`,
      ...{ client: both, server: both, key, shows: { group } },
      needs: [group],
    };
  });
}
