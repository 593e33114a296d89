/** The server to call: HOST:PORT, an https URL, and what other programs call it. */
import { serverHostnameOf } from "../../ssl/names/hostname.ts";
import { CommandError, readAddress } from "../command.ts";

export interface Target {
  readonly host: string;
  readonly port: number;
  /** Of an https URL: what to fetch. */
  readonly path: string | undefined;
}

/**
 * The name to expect of the server: that of `--servername`, or the host's.
 *
 * @throws CommandError for what no server can be called (RFC 6066 3)
 */
export function readServerName(
  option: string | undefined,
  host: string,
): string {
  const what = option === undefined ? "HOST" : "--servername";
  const given = option ?? host;
  try {
    const name = serverHostnameOf(given);
    if (!/[^!-~]/.test(name)) return name;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${what}: ${message}`);
  }
  throw new CommandError(
    `${what}: "${given}" has a blank or a control character in it`,
  );
}

/** @throws CommandError for what is neither HOST:PORT nor an https URL */
export function readTarget(
  text: string | undefined,
  defaultPort: number,
): Target {
  if (text === undefined || !/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    const slash = text?.indexOf("/") ?? -1;
    const address = slash < 0 ? text : text?.slice(0, slash);
    const path = slash < 0 ? undefined : text?.slice(slash);
    return { ...readAddress(address, defaultPort), path };
  }
  const url = parsed(text);
  if (url?.protocol !== "https:" || url.username !== "" || url.password !== "")
    throw new CommandError(
      `"${text}" is no URL that begins with https:// and has no password`,
    );
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? 443 : Number(url.port),
    path: `${url.pathname}${url.search}`,
  };
}

/** Tells whether a first word is a target and no command's name. */
export function isTarget(text: string): boolean {
  return (
    /^https:\/\//i.test(text) ||
    /^localhost(\/.*)?$/.test(text) ||
    /^[\w-]+(\.[\w-]+)+(:\d+)?(\/.*)?$/.test(text) ||
    /^[\w.-]+:\d+(\/.*)?$/.test(text) ||
    /^\[[0-9a-f:.]+\](:\d+)?(\/.*)?$/i.test(text)
  );
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** Options of openssl s_client, and what stands for them here. */
const SPELLINGS: Readonly<Record<string, string>> = {
  connect: "HOST:PORT without an option",
  host: "HOST:PORT without an option",
  port: "HOST:PORT without an option",
  servername: "--servername NAME",
  verify_hostname: "--servername NAME",
  showcerts: "--show-certs",
  CAfile: "--ca FILE",
  CRL: "--crl FILE",
  alpn: "--alpn LIST",
  cert: "--cert FILE",
  key: "--key FILE",
  starttls: "--starttls PROTOCOL",
  tls1_2: "--tls 1.2",
  tls1_3: "--tls 1.3",
  no_tls1_2: "--tls 1.3",
  no_tls1_3: "--tls 1.2",
  cipher: "--ciphers LIST",
  ciphersuites: "--ciphers LIST",
  groups: "--groups LIST",
  curves: "--groups LIST",
  sigalgs: "--sigalgs LIST",
  sess_out: "--session-out FILE",
  sess_in: "--session-in FILE",
  reconnect: "--reconnect N",
  early_data: "--early-data FILE",
  psk: "--psk FILE",
  psk_identity: "--psk FILE",
  keylogfile: "--keylog FILE",
  status: "--staple",
  dane_tlsa_domain: "--dane FILE, with --servername NAME",
  dane_tlsa_rrdata: "--dane FILE",
  dane_ee_no_namechecks: "no option: RFC 7671 has it so",
  enable_server_rpk: "--raw-key FILE",
  CApath: "--ca FILE",
  CAstore: "--ca FILE",
  verifyCAfile: "--ca FILE",
  crl_check: "--crl FILE",
  tlsextdebug: "--trace=fields",
  security_debug: "--trace",
  noservername: "--servername NAME, which is also expected",
  name: "--servername NAME",
  xmpphost: "--servername NAME",
  cert_chain: "--cert FILE, which holds the chain too",
  certform: "--cert FILE in PEM",
  keyform: "--key FILE in PEM",
  nbio: "no option: it is so by default",
  crlf: "no option: what stdin has is sent as it is",
  nocommands: "no option: Q, R and K are no commands",
  ech_config_list: "--ech FILE",
  proxy: "--proxy URL",
  unix: "--unix PATH",
  msg: "--trace",
  trace: "--trace=fields",
  debug: "--trace=hex",
  state: "--trace",
  quiet: "--quiet",
  brief: "no option: it is so by default",
  verify_return_error: "no option: it is so by default",
  ign_eof: "no option: it is so by default",
  help: "--help",
};

/**
 * Answers the spellings of openssl s_client with the ones of this program.
 *
 * @throws CommandError for the first of them
 */
export function refuseOtherSpellings(args: readonly string[]): void {
  for (const arg of args) {
    if (arg === "--") return;
    const [, name = ""] = /^-([A-Za-z][\w-]+)$/.exec(arg) ?? [];
    const own = Object.hasOwn(SPELLINGS, name) ? SPELLINGS[name] : undefined;
    if (own !== undefined)
      throw new CommandError(`-${name} is openssl's: write ${own}`);
  }
}
