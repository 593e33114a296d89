/** The contexts that runs begin from, and the program's callbacks in them. */
import { Certificate } from "../../../src/x509/index.ts";
import { SSLContext, type SSLContextOptions } from "../../../src/index.ts";
import { generateKey } from "../../../src/pki/index.ts";
import {
  type FuzzProvider,
  fuzzProvider,
  newCounts,
} from "../engine/provider.ts";
import { authority, HOST } from "../engine/world.ts";

const maker = fuzzProvider("noble", 0x50c);
const key = generateKey({ provider: maker, type: "ec-p256" });
const served = authority.issueServer({ hosts: [HOST], key });
const served2 = authority.issueServer({ hosts: [HOST, "other.test"], key });
const shown = authority.issueClient({ name: "a client", key });

export const KEY = key;
export const SERVER_CHAIN = {
  cert: served.chainPem,
  key: key.toPem(),
};
const OTHER_CHAIN = { cert: served2.chainPem, key: key.toPem() };
const CLIENT_CHAIN = { cert: shown.chainPem, key: key.toPem() };
const CA = { ca: authority.pem };

/** DER of the leaves that a side may see. */
export const LEAVES = [served, served2, shown].map(
  ({ chain: [leaf = new Uint8Array()] }) => Certificate.parse(leaf).der,
);

export interface Setting {
  readonly client: SSLContextOptions;
  readonly server: SSLContextOptions;
  /** The client comes with a session of an earlier connection. */
  readonly resumes?: true;
  readonly psk?: true;
  readonly store?: true;
  /** Suites of TLS 1.2 of the server. */
  readonly ciphers?: string;
  /** One side does not connect. */
  readonly fails?: true;
}

type Both = Pick<SSLContextOptions, "minimumVersion" | "maximumVersion">;
type Row = () => Setting;

const none = { verifyMode: "none", checkHostname: false } as const;

const ROWS: Readonly<Record<string, Row>> = {
  plain: () => ({ client: {}, server: {} }),
  ALPN: () => ({
    client: { alpnProtocols: ["h2", "http/1.1"] },
    server: { alpnProtocols: ["http/1.1"] },
  }),
  "client certificate": () => ({
    client: { certChain: CLIENT_CHAIN },
    server: { verifyMode: "required", verifyLocations: CA },
  }),
  "no client certificate": () => ({
    client: {},
    server: { verifyMode: "required", verifyLocations: CA },
    fails: true,
  }),
  "nobody is trusted": () => ({
    client: { verifyLocations: { ca: shown.pem } },
    server: {},
    fails: true,
  }),
  "nobody is verified": () => ({ client: none, server: {} }),
  ticket: () => ({ client: {}, server: {}, resumes: true }),
  store: () => ({
    client: {},
    server: { options: { noTicket: true } },
    resumes: true,
    store: true,
  }),
  "external PSK": () => ({ client: {}, server: {}, psk: true }),
  "small records": () => ({
    client: { recordSizeLimit: 100 },
    server: { recordSizeLimit: 200 },
  }),
};

const ROWS_13: Readonly<Record<string, Row>> = {
  "late certificate": () => ({
    client: { certChain: CLIENT_CHAIN, postHandshakeAuth: true },
    server: {
      verifyMode: "optional",
      verifyLocations: CA,
      postHandshakeAuth: true,
    },
  }),
  "late certificate required": () => ({
    client: { postHandshakeAuth: true },
    server: {
      verifyMode: "required",
      verifyLocations: CA,
      postHandshakeAuth: true,
    },
  }),
  "early data": () => ({
    client: { earlyData: true },
    server: { maxEarlyData: 4096 },
    resumes: true,
  }),
  "early data, store": () => ({
    client: { earlyData: true },
    server: { maxEarlyData: 4096, options: { noTicket: true } },
    resumes: true,
    store: true,
  }),
  HelloRetryRequest: () => ({
    client: { groups: ["x25519", "secp256r1"] },
    server: { groups: ["secp256r1"] },
  }),
};

const ROWS_12: Readonly<Record<string, Row>> = {
  CBC: () => ({
    client: {},
    server: {},
    ciphers: "ECDHE-ECDSA-AES128-SHA",
  }),
};

/** Contexts without callbacks: runs extend them. */
export interface Prepared {
  readonly setting: Setting;
  readonly version: "TLSv1.2" | "TLSv1.3";
  readonly providers: {
    readonly client: FuzzProvider;
    readonly server: FuzzProvider;
  };
  readonly client: SSLContext;
  readonly server: SSLContext;
  /** Another context for the server, with another certificate. */
  readonly other: SSLContext;
}

const rows = new Map<string, { row: Row; version: "TLSv1.2" | "TLSv1.3" }>();
for (const version of ["TLSv1.2", "TLSv1.3"] as const)
  for (const [name, row] of Object.entries({
    ...ROWS,
    ...(version === "TLSv1.3" ? ROWS_13 : ROWS_12),
  }))
    rows.set(`${version}, ${name}`, { row, version });

export const SETTING_NAMES: readonly string[] = [...rows.keys()];

const made = new Map<string, Prepared>();

/** Contexts of a setting, with their random bytes at the beginning. */
export function prepared(name: string): Prepared {
  const known = made.get(name) ?? prepare(name);
  made.set(name, known);
  for (const [provider, state] of [
    [known.providers.client, 11],
    [known.providers.server, 22],
  ] as const) {
    provider.dice.state = state;
    provider.counts = newCounts();
  }
  return known;
}

function prepare(name: string): Prepared {
  const found = rows.get(name);
  if (found === undefined) throw new TypeError(`no setting is named "${name}"`);
  const { row, version } = found;
  const setting = row();
  const providers = {
    client: fuzzProvider("node"),
    server: fuzzProvider("node"),
  };
  const versions: Both = { minimumVersion: version, maximumVersion: version };
  const groups = ["x25519", "secp256r1"];
  const client = new SSLContext({
    provider: providers.client,
    verifyLocations: CA,
    groups,
    ...versions,
    ...setting.client,
  });
  const own: SSLContextOptions = {
    protocol: "tlsServer",
    provider: providers.server,
    groups,
    ...versions,
    ...setting.server,
  };
  const server = new SSLContext({ certChain: SERVER_CHAIN, ...own });
  const other = new SSLContext({ certChain: OTHER_CHAIN, ...own });
  if (setting.ciphers !== undefined)
    for (const context of [client, server, other])
      context.setCiphers(setting.ciphers);
  return { setting, version, providers, client, server, other };
}
