/** `--starttls`: the words by which protocols turn to TLS. */
import { tds, TdsTransport } from "./tds.ts";
import type { Transport } from "../../../ssl/socket/transport.ts";
import { ldap, mysql, postgres } from "./binary.ts";
import { type Dialogue, PlainTalk } from "./lines.ts";
import { ftp, imap, lmtp, nntp, pop3, sieve, smtp, xmpp } from "./text.ts";

interface Row {
  readonly port: number;
  readonly dialogue: Dialogue;
}

/** The protocols, their usual ports, and how they turn to TLS. */
const PROTOCOLS = {
  smtp: { port: 25, dialogue: smtp },
  imap: { port: 143, dialogue: imap },
  pop3: { port: 110, dialogue: pop3 },
  ftp: { port: 21, dialogue: ftp },
  ldap: { port: 389, dialogue: ldap },
  postgres: { port: 5432, dialogue: postgres },
  mysql: { port: 3306, dialogue: mysql },
  xmpp: { port: 5222, dialogue: xmpp },
  nntp: { port: 119, dialogue: nntp },
  sieve: { port: 4190, dialogue: sieve },
  lmtp: { port: 24, dialogue: lmtp },
  tds: { port: 1433, dialogue: tds },
} as const satisfies Record<string, Row>;

export const STARTTLS_NAMES = [
  "smtp",
  "imap",
  "pop3",
  "ftp",
  "ldap",
  "postgres",
  "mysql",
  "xmpp",
  "nntp",
  "sieve",
  "lmtp",
  "tds",
] as const satisfies readonly (keyof typeof PROTOCOLS)[];

export type StarttlsName = keyof typeof PROTOCOLS;

/** The port where a protocol usually is. */
export function starttlsPort(name: StarttlsName): number {
  return PROTOCOLS[name].port;
}

/** The transport for TLS, which is to know when the handshake is done. */
export interface StartedTls {
  readonly transport: Transport;
  handshakeDone(): void;
}

/**
 * Leads a connection from the protocol's own words to where TLS begins.
 *
 * @throws Error when the server does not agree, or says more than that
 */
export async function startTls(
  name: StarttlsName,
  transport: Transport,
  serverName: string,
): Promise<StartedTls> {
  const talk = new PlainTalk(transport, name);
  await PROTOCOLS[name].dialogue(talk, serverName);
  talk.end();
  if (name !== "tds") return { transport, handshakeDone: () => undefined };
  const inside = new TdsTransport(transport);
  return {
    transport: inside,
    handshakeDone: () => {
      inside.unwrap();
    },
  };
}
