/** The options of `puretls serve`, and its help. */
import type { Values as ValuesOf } from "../command.ts";
import { VERSIONS } from "../connect/options.ts";
import { PROVIDERS } from "../provider.ts";
import { DETAILS } from "../trace/live-trace.ts";
import { TRACE_HELP } from "../trace/option.ts";
import { MAIL_NAMES } from "./mail.ts";

export const HELP = `Usage: puretls serve PORT --cert FILE [OPTIONS]

Serves until it is interrupted. Port 0 takes any free one. A connection that
fails is one line on stderr; the server goes on.

Whom it is:
  --host ADDRESS     listen there; default 127.0.0.1
  --cert FILE        certificate chain (PEM); may be repeated: by the name that
                     the client asks for, or by the kind of its key. The first
                     one is for every other name
  --key FILE         its private key (PEM), in the order of --cert; default: in
                     the file of --cert
  --certs DIR        serve each NAME.pem or NAME.crt there, with its key in it
                     or in NAME.key; what comes and changes is loaded anew
  --password-file FILE
                     its first line is the password of the keys

Whom to trust:
  --verify MODE      client certificates: none, optional or required
  --ca FILE          trust these for client certificates (PEM)

What to offer:
  --tls VERSION      1.2 or 1.3 alone
  --ciphers LIST     suites of TLS 1.3 by name, for TLS 1.2 a cipher string
  --groups LIST      key exchange groups, best first
  --sigalgs LIST     signature algorithms, best first
  --alpn LIST        speak these protocols, as in http/1.1
  --tickets N        tickets after a handshake of TLS 1.3; 0: none of any kind
  --early-data       take data before the handshake is done (TLS 1.3)

What to serve:
  --echo             send back what comes (default)
  --www[=DIR]        answer HTTP/1.1 with a page about the connection, or with
                     the files of DIR
  --starttls PROTOCOL
                     be a mail server as far as tests need one: smtp or imap,
                     which turns to TLS when it is asked to
  --naccept N        end after so many connections

What to tell:
  --json             a line of JSON on stdout for each thing that happens
  --keylog FILE      append the secrets, for Wireshark and the like
${TRACE_HELP}

  --provider NAME    cryptography by noble (default) or by node (node:crypto)
`;

export const OPTIONS = {
  host: { type: "string" },
  cert: { type: "string", multiple: true },
  key: { type: "string", multiple: true },
  certs: { type: "string" },
  "password-file": { type: "string" },
  verify: { type: "string", choices: ["none", "optional", "required"] },
  ca: { type: "string" },
  tls: { type: "string", choices: VERSIONS },
  ciphers: { type: "string" },
  groups: { type: "string" },
  sigalgs: { type: "string" },
  alpn: { type: "string" },
  tickets: { type: "string" },
  "early-data": { type: "boolean" },
  echo: { type: "boolean" },
  www: { type: "string" },
  starttls: { type: "string", choices: MAIL_NAMES },
  naccept: { type: "string" },
  json: { type: "boolean" },
  keylog: { type: "string" },
  trace: { type: "string", choices: DETAILS },
  provider: { type: "string", choices: PROVIDERS },
} as const;

export type Values = ValuesOf<typeof OPTIONS>;

/** Writes `--www` as the option with a value that node:util knows; "": a page. */
export function withPages(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  const written: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    const next = args[at + 1];
    const isOption = arg === "--www" && (end === -1 || at < end);
    // A port stands behind it, or another option: there is no folder.
    const isFolder =
      next !== undefined && !next.startsWith("-") && !/^\d{1,5}$/.test(next);
    if (!isOption) written.push(arg);
    else if (isFolder) {
      written.push(`--www=${next}`);
      at++;
    } else written.push("--www=");
  }
  return written;
}
