/** The options of `puretls connect`, and its help. */
import type { Values as ValuesOf } from "../command.ts";
import { PROVIDERS } from "../provider.ts";
import { DETAILS } from "../trace/live-trace.ts";
import { TRACE_HELP } from "../trace/option.ts";
import { STARTTLS_NAMES } from "./starttls/starttls.ts";

export const HELP = `Usage: puretls connect HOST[:PORT] [OPTIONS]
       puretls HOST[:PORT]
       puretls https://HOST[:PORT]/PATH

Connects (port 443 by default), tells on stderr what was agreed, and then
carries stdin to the server and what the server says to stdout. An end of stdin
ends this side only; the command ends when the server does. https:// fetches.

Where to:
  --servername NAME  expect this name in place of HOST, and send it as SNI
  --connect-to HOST:PORT
                     call that address, and expect HOST there
  --unix PATH        call that socket, and expect HOST there
  -4, -6             call addresses of IPv4 or IPv6 alone
  --proxy URL        by way of http://HOST:PORT or socks5://HOST:PORT
  --starttls PROTOCOL
                     smtp, imap, pop3, ftp, ldap, postgres, mysql, xmpp, nntp,
                     sieve, lmtp or tds: ask for TLS in its words, at its port
  --timeout SECONDS  for all until the handshake is done

Whom to trust:
  --ca FILE          trust these certificates (PEM) and no others
  --crl FILE         refuse what this list (PEM or DER) revokes; may be repeated
  --dane FILE        believe its TLSA records (RFC 7671), one a line as dig has
                     them: 3 1 1 HEX; usages 0 and 1 need a trusted path too
  --raw-key FILE     accept this public key (PEM) without a certificate
  --pin PIN          accept this public key alone: curl's sha256//BASE64, or the
                     SPKI pin of "cert show"; may be repeated
  --staple           ask for a stapled OCSP response, and validate it
  --insecure         verify nothing: for tests

What to offer:
  --tls VERSION      1.2 or 1.3 alone
  --ciphers LIST     suites of TLS 1.3 by name, for TLS 1.2 a cipher string
  --groups LIST      key exchange groups, best first
  --sigalgs LIST     signature algorithms, best first
  --alpn LIST        protocols, as in h2,http/1.1
  --cert FILE        certificate chain of this client (PEM)
  --key FILE         its private key (PEM); default: in the file of --cert
  --psk FILE         a pre-shared key: a line NAME:HEXKEY, as psktool writes it
  --ech FILE         hide the name by Encrypted Client Hello: an ECHConfigList,
                     as it is or in base64 ("ech" in the host's HTTPS record)

Sessions:
  --session-out FILE keep the session there, as secret as a private key
  --session-in FILE  resume the session from there
  --reconnect N      connect N times more, each time resuming
  --early-data FILE  send this with the first flight of a resumed session;
                     anyone who records it can send it again

What to tell:
  --show-certs       the certificates that the server sent, as PEM, on stderr
  --save-chain FILE  write them there
  --json             what was agreed, as JSON on stdout; carries no data
  --keylog FILE      append the secrets, for Wireshark and the like
${TRACE_HELP}
  --get PATH         fetch PATH by HTTP/1.1 and print the body
  --quiet            tell nothing

  --provider NAME    cryptography by noble (default) or by node (node:crypto)

Ends with 0; with 1 and one line on stderr: the reason and the alert; with 2
for options that are wrong; with 130 after close_notify when it is interrupted.
`;

/** The choices of `--tls`. */
export const VERSIONS = ["1.2", "1.3"] as const;

export const OPTIONS = {
  servername: { type: "string" },
  "connect-to": { type: "string" },
  unix: { type: "string" },
  ipv4: { type: "boolean", short: "4" },
  ipv6: { type: "boolean", short: "6" },
  proxy: { type: "string" },
  starttls: { type: "string", choices: STARTTLS_NAMES },
  timeout: { type: "string" },
  ca: { type: "string" },
  crl: { type: "string", multiple: true },
  dane: { type: "string" },
  "raw-key": { type: "string", multiple: true },
  pin: { type: "string", multiple: true },
  staple: { type: "boolean" },
  insecure: { type: "boolean" },
  tls: { type: "string", choices: VERSIONS },
  ciphers: { type: "string" },
  groups: { type: "string" },
  sigalgs: { type: "string" },
  alpn: { type: "string" },
  cert: { type: "string" },
  key: { type: "string" },
  psk: { type: "string" },
  ech: { type: "string" },
  "session-out": { type: "string" },
  "session-in": { type: "string" },
  reconnect: { type: "string" },
  "early-data": { type: "string" },
  "show-certs": { type: "boolean" },
  "save-chain": { type: "string" },
  json: { type: "boolean" },
  keylog: { type: "string" },
  trace: { type: "string", choices: DETAILS },
  get: { type: "string" },
  quiet: { type: "boolean" },
  provider: { type: "string", choices: PROVIDERS },
} as const;

export type Values = ValuesOf<typeof OPTIONS>;
