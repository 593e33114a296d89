/**
 * The steps of the key schedule that lead to a line of the key log (RFC 9846
 * 7.1 to 7.3, RFC 5246 8.1). A step tells its label and its context, which are
 * no secrets; what goes in and comes out is told where secrets are to be shown.
 */
import { concatAll, fromHex, Secret, toHex } from "../../bytes.ts";
import { noble } from "../../crypto/noble/index.ts";
import type {
  CipherSuite,
  CipherSuite13,
} from "../../handshake/registries/cipher-suites.ts";
import {
  type TrafficSecret,
  trafficSecret,
} from "../../handshake/keys/key-schedule13.ts";

/** The messages that a transcript hash of the key schedule ends with. */
export type Moment = "client_hello" | "server_hello" | "server_finished";

/** The transcript of a connection, as far as the key schedule needs it. */
export interface Schedule {
  readonly suite: CipherSuite | undefined;
  /** The messages up to a moment, undefined before it. */
  messages(until: Moment): readonly Uint8Array[] | undefined;
}

interface Row {
  readonly secret: string;
  readonly from: string;
  readonly label: string;
  readonly until: Moment;
  readonly sender?: "client" | "server";
}

/** RFC 9850 2: the labels of a key log. */
const ROWS: Record<string, Row> = {
  CLIENT_EARLY_TRAFFIC_SECRET: {
    secret: "client_early_traffic_secret",
    from: "Early Secret",
    label: "c e traffic",
    until: "client_hello",
    sender: "client",
  },
  EARLY_EXPORTER_SECRET: {
    secret: "early_exporter_secret",
    from: "Early Secret",
    label: "e exp master",
    until: "client_hello",
  },
  CLIENT_HANDSHAKE_TRAFFIC_SECRET: {
    secret: "client_handshake_traffic_secret",
    from: "Handshake Secret",
    label: "c hs traffic",
    until: "server_hello",
    sender: "client",
  },
  SERVER_HANDSHAKE_TRAFFIC_SECRET: {
    secret: "server_handshake_traffic_secret",
    from: "Handshake Secret",
    label: "s hs traffic",
    until: "server_hello",
    sender: "server",
  },
  CLIENT_TRAFFIC_SECRET_0: {
    secret: "client_application_traffic_secret_0",
    from: "Main Secret",
    label: "c ap traffic",
    until: "server_finished",
    sender: "client",
  },
  SERVER_TRAFFIC_SECRET_0: {
    secret: "server_application_traffic_secret_0",
    from: "Main Secret",
    label: "s ap traffic",
    until: "server_finished",
    sender: "server",
  },
  EXPORTER_SECRET: {
    secret: "exporter_secret",
    from: "Main Secret",
    label: "exp master",
    until: "server_finished",
  },
};

/** The labels of a key log that a trace explains, in the order of their moments. */
export const LABELS: readonly string[] = [
  ...Object.keys(ROWS),
  "CLIENT_RANDOM",
];

/** The last message that the secret of a label depends on. */
export function momentOf(label: string): Moment {
  // RFC 7627 4: up to the ClientKeyExchange, after the ServerHello.
  return ROWS[label]?.until ?? "server_hello";
}

const TRANSCRIPT: Record<Moment, string> = {
  client_hello: "ClientHello",
  server_hello: "ClientHello...ServerHello",
  server_finished: "ClientHello...server Finished",
};

/**
 * The steps for one line of a key log.
 *
 * @param showSecrets whether secrets stand there, or how many bytes they have
 * @returns lines without line ends; none for a label that is not known
 */
export function keySteps(
  line: string,
  schedule: Schedule,
  showSecrets: boolean,
): readonly string[] {
  const [name = "", , hex = ""] = line.split(" ");
  const shown = (bytes: string): string =>
    showSecrets ? bytes : `(${bytes.length / 2} bytes, secret)`;
  if (name === "CLIENT_RANDOM")
    return [
      "main_secret = PRF(pre_main_secret, ...) [RFC 5246 8.1, RFC 7627 4]",
      `  out ${shown(hex)}`,
      'key_block = PRF(main_secret, "key expansion", server_random + client_random) [RFC 5246 6.3]',
    ];
  const row = ROWS[name];
  if (row === undefined) return [];
  const { suite } = schedule;
  const messages = schedule.messages(row.until);
  const hash = noble.hashes[suite?.hash ?? "SHA-256"];
  const context =
    messages === undefined
      ? "not known"
      : toHex(hash.hash(concatAll(messages)));
  const lines = [
    `${row.secret} = Derive-Secret(${row.from}, "${row.label}", ${TRANSCRIPT[row.until]}) [RFC 9846 7.1]`,
    `  context ${context}`,
    `  out ${shown(hex)}`,
  ];
  if (row.sender === undefined || suite?.version !== "TLSv1.3") return lines;
  const secret = trafficSecret(hash, new Secret(fromHex(hex)), row.sender);
  lines.push(...trafficKeys(secret, row.secret, suite, shown));
  secret.wipe();
  return lines;
}

/** RFC 9846 7.3. */
function trafficKeys(
  secret: TrafficSecret,
  from: string,
  suite: CipherSuite13,
  shown: (hex: string) => string,
): string[] {
  const aead = noble.aeads[suite.aead];
  if (aead === undefined) return [];
  const { keyLength, nonceLength } = aead;
  const key = secret.key(keyLength);
  const iv = secret.iv(nonceLength);
  const lines = [
    `  ${secret.sender}_write_key = HKDF-Expand-Label(${from}, "key", "", ${keyLength}) [RFC 9846 7.3]`,
    `    out ${shown(toHex(key.bytes))}`,
    `  ${secret.sender}_write_iv = HKDF-Expand-Label(${from}, "iv", "", ${nonceLength}) [RFC 9846 7.3]`,
    `    out ${shown(toHex(iv))}`,
  ];
  key.wipe();
  return lines;
}
