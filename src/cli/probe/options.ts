/** The options of `puretls probe`, and its help. */
import type { Values as ValuesOf } from "../command.ts";
import { STARTTLS_NAMES } from "../connect/starttls/starttls.ts";

export const HELP = `Usage: puretls probe HOST[:PORT] [OPTIONS]

Finds out what a server speaks, and how well: versions, suites, groups,
signatures, certificates, sessions, extensions, and hellos that it should bear.
It makes one connection after the other, about a hundred in all, to that host
alone, ends each of them early and sends no data. Probe your own servers, or
those whose owner agrees.

Where to:
  --servername NAME  expect this name in place of HOST, and send it as SNI
  --connect-to HOST:PORT
                     call that address, and expect HOST there
  -4, -6             call addresses of IPv4 or IPv6 alone
  --starttls PROTOCOL
                     smtp, imap, pop3, ftp, ldap, postgres, mysql, xmpp, nntp,
                     sieve, lmtp or tds: ask for TLS in its words, at its port

How:
  --ca FILE          trust these certificates (PEM); may be repeated
  --delay MS         between two connections; default 50
  --max-connections N
                     stop after so many; default 400
  --timeout SECONDS  for each connection; default 5

What to tell:
  --json             all findings as JSON on stdout
  --at-least GRADE   end with 1 for a grade below it: A, B or C
  --quiet            no progress on stderr, where there is any on terminals

The grade is A, B, C or F, or T where a certificate is not trusted. Ends with
0; with 1 where there is no TLS server, or with --at-least; with 2 for options
that are wrong; with 130 when it is interrupted.
`;

export const OPTIONS = {
  servername: { type: "string" },
  "connect-to": { type: "string" },
  ipv4: { type: "boolean", short: "4" },
  ipv6: { type: "boolean", short: "6" },
  starttls: { type: "string", choices: STARTTLS_NAMES },
  ca: { type: "string", multiple: true },
  delay: { type: "string" },
  "max-connections": { type: "string" },
  timeout: { type: "string" },
  json: { type: "boolean" },
  "at-least": { type: "string", choices: ["A", "B", "C"] },
  quiet: { type: "boolean" },
} as const;

export type Values = ValuesOf<typeof OPTIONS>;
