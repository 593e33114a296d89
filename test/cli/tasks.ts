/**
 * Tasks of people with a TLS tool: the option of others, the command here, and
 * a text that it prints. docs/cli.md is made of these rows, and a test runs each.
 */

export interface Task {
  readonly task: string;
  /** The option of openssl s_client where nothing else is said. */
  readonly elsewhere: string;
  /** Without `puretls`. */
  readonly command: string;
  readonly prints: string;
}

type Row = readonly [
  task: string,
  elsewhere: string,
  command: string,
  prints: string,
];

const OK = "verification  ok";
const HOST = "HOST --ca ca.pem";

const CONNECTING: readonly Row[] = [
  ["connect and verify", "`-verify_return_error`", HOST, OK],
  [
    "expect another name",
    "`-servername`, `-verify_hostname`",
    `${HOST} --servername server.test`,
    OK,
  ],
  [
    "facts of a connection",
    "`-brief`, `curl -v`",
    HOST,
    "group         X25519MLKEM768",
  ],
  [
    "facts for a program",
    "`tlsx -json`, `step --format json`",
    `${HOST} --json`,
    '"version": "TLSv1.3"',
  ],
  ["timing", "`s_time`", HOST, "time          connect"],
  [
    "fetch a page",
    "`curl`",
    "https://WEB/ --ca ca.pem",
    "status        200 OK",
  ],
  [
    "the chain that the server sends",
    "`-showcerts`, `--print-cert`",
    `${HOST} --show-certs`,
    "-----BEGIN CERTIFICATE-----",
  ],
  [
    "save the chain",
    "`gnutls-cli --save-cert`",
    `${HOST} --save-chain chain.pem`,
    OK,
  ],
  [
    "STARTTLS",
    "`-starttls`, `--starttls-proto`",
    "MAIL --starttls smtp --ca ca.pem --servername localhost",
    OK,
  ],
  [
    "one version",
    "`-tls1_2`, `--tls-max`",
    `${HOST} --tls 1.2`,
    "version       TLSv1.2",
  ],
  [
    "suites",
    "`-cipher`, `-ciphersuites`",
    `${HOST} --ciphers TLS_AES_256_GCM_SHA384`,
    "TLS_AES_256_GCM_SHA384",
  ],
  [
    "groups",
    "`-groups`, `-curves`",
    `${HOST} --groups secp256r1`,
    "group         secp256r1",
  ],
  [
    "signature algorithms",
    "`-sigalgs`",
    `${HOST} --sigalgs ecdsa_secp256r1_sha256`,
    OK,
  ],
  [
    "ALPN",
    "`-alpn`",
    "WEB --ca ca.pem --alpn http/1.1 --get /",
    "alpn          http/1.1",
  ],
  [
    "a client certificate",
    "`-cert`, `-key`",
    `${HOST} --cert client.pem --key client.key`,
    OK,
  ],
  ["keep a session", "`-sess_out`", `${HOST} --session-out session`, OK],
  [
    "resume it",
    "`-sess_in`",
    `${HOST} --session-in session`,
    "session       resumed",
  ],
  [
    "connect again and again",
    "`-reconnect`, `gnutls-cli -r`",
    `${HOST} --reconnect 2`,
    "session       resumed",
  ],
  [
    "early data",
    "`-early_data`",
    `${HOST} --session-in session --early-data request`,
    "a request",
  ],
  [
    "secrets for Wireshark",
    "`-keylogfile`, `SSLKEYLOGFILE`",
    `${HOST} --keylog keys.log`,
    OK,
  ],
  ["ask for a stapled OCSP response", "`-status`", `${HOST} --staple`, OK],
  [
    "by way of a proxy",
    "`-proxy`, `curl -x`",
    `${HOST} --proxy http://PROXY`,
    OK,
  ],
  [
    "another address than the name",
    "`curl --connect-to`, `--resolve`",
    "server.test --connect-to HOST --ca ca.pem",
    OK,
  ],
  ["IPv4 alone (`-6`: IPv6)", "`-4`", `${HOST} -4`, OK],
  [
    "pin a public key",
    "`curl --pinnedpubkey`, `--tofu`",
    `${HOST} --pin PIN`,
    OK,
  ],
  [
    "DANE, with records from a resolver",
    "`-dane_tlsa_rrdata`, `gnutls-cli --dane`",
    "HOST --dane tlsa",
    "ok, by a TLSA record",
  ],
  [
    "refuse what a list revokes",
    "`-CRL`, `-crl_check`",
    `${HOST} --crl list.crl`,
    OK,
  ],
  [
    "verify nothing",
    "`gnutls-cli --insecure`",
    "HOST --insecure",
    "verification  none",
  ],
];

const WATCHING: readonly Row[] = [
  [
    "the messages of a live connection",
    "`-msg`, `-state`, `curl -v`",
    `${HOST} --trace`,
    "-- ClientHello",
  ],
  ["their fields", "`-trace`", `${HOST} --trace=fields`, "[RFC 9846 4.2.2]"],
  [
    "their bytes, and the key schedule",
    "`-debug`",
    `${HOST} --trace=hex`,
    "HKDF-Expand-Label",
  ],
  [
    "the same for a program",
    "nothing",
    `${HOST} --trace=json`,
    '"name":"ClientHello"',
  ],
  [
    "a capture, decrypted",
    "Wireshark, `tshark -o tls.keylog_file`",
    "explain capture.pcap --keylog capture.log",
    "CertificateVerify",
  ],
  ["one hello in hexadecimal", "`tshark`", "explain hello.hex", "cipher_suite"],
  [
    "what a server speaks, and how well",
    "`testssl.sh`, `sslyze`, `nmap`",
    "probe HOST --ca ca.pem --delay 0",
    "grade",
  ],
  [
    "the same for a program",
    "`testssl.sh --json`, `tlsx -json`",
    "probe HOST --ca ca.pem --delay 0 --json",
    '"grade": "A"',
  ],
  [
    "fail where a server is worse than B",
    "`testssl.sh --severity`",
    "probe HOST --ca ca.pem --delay 0 --at-least B",
    "grade           A",
  ],
  [
    "what it speaks behind STARTTLS",
    "`testssl.sh -t`, `sslyze --starttls`",
    "probe MAIL --starttls smtp --ca ca.pem --delay 0",
    "starttls        smtp",
  ],
  [
    "a whole connection without anybody else",
    "nothing",
    "demo",
    "What to try next",
  ],
];

const SERVING: readonly Row[] = [
  [
    "several certificates by name",
    "`s_server -cert2`",
    "serve 0 --cert server.pem --key server.key --cert other.pem --key other.key",
    "TLSv1.3",
  ],
  [
    "a folder of certificates that change",
    "nothing",
    "serve 0 --certs certs",
    "TLSv1.3",
  ],
  [
    "a key that has a password",
    "`s_server -pass`",
    "serve 0 --cert server.pem --key locked.key --password-file password",
    "TLSv1.3",
  ],
  [
    "ask for client certificates",
    "`s_server -Verify`",
    "serve 0 --cert server.pem --key server.key --verify required --ca ca.pem",
    "TLSv1.3",
  ],
  [
    "take early data",
    "`s_server -early_data`",
    "serve 0 --cert server.pem --key server.key --early-data",
    "hello",
  ],
  [
    "files over HTTP",
    "`s_server -WWW`",
    "serve 0 --cert server.pem --key server.key --www=site",
    "a page of the site",
  ],
  [
    "a mail server to test STARTTLS with",
    "nothing",
    "serve 0 --cert server.pem --key server.key --starttls smtp",
    "502 not known here",
  ],
  [
    "end after some connections",
    "`s_server -naccept`",
    "serve 0 --cert server.pem --key server.key --naccept 1",
    "hello",
  ],
  [
    "tell a program what happens",
    "nothing",
    "serve 0 --cert server.pem --key server.key --json",
    '"event":"connected"',
  ],
];

const CERTIFICATES: readonly Row[] = [
  [
    "make an authority and a certificate",
    "`mkcert`, `openssl req`",
    "cert make localhost --out made --force",
    "its private key",
  ],
  [
    "sign a request",
    "`openssl ca`, `step ca sign`",
    "cert sign request.csr --ca own-ca.pem --ca-key own-ca.key --out signed.pem --force",
    "valid until",
  ],
  [
    "renew a certificate that ends soon",
    "`step ca renew`",
    "cert renew signed.pem --ca own-ca.pem --ca-key own-ca.key --within 30d",
    "not renewed",
  ],
  [
    "have an authority trusted",
    "`mkcert -install`",
    "cert trust ca.pem",
    "NODE_EXTRA_CA_CERTS",
  ],
  [
    "show what a file holds, and its SPKI pin",
    "`openssl x509 -text`, `step inspect`",
    "cert show server.pem",
    "SPKI pin",
  ],
  [
    "show a request, a list, a key, a PKCS#12 file",
    "`openssl req`, `crl`, `pkey`, `pkcs12`",
    "cert show request.csr",
    "certificate request 1 of 1",
  ],
  [
    "end with 1 if it expires soon",
    "`openssl x509 -checkend`",
    "cert check server.pem --within 60s",
    "valid for",
  ],
  [
    "verify a chain",
    "`openssl verify`",
    "cert verify server.pem --ca ca.pem",
    "OK",
  ],
];

const OTHERS: readonly Row[] = [
  [
    "the suites that a cipher string selects",
    "`openssl ciphers -v`",
    "ciphers ECDHE+AESGCM",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
  ],
  [
    "completion in a shell",
    "`step completion`",
    "completion bash",
    "complete -F _puretls puretls",
  ],
  ["the options of a command", "`-help`", "help connect", "--servername NAME"],
];

function tasksOf(rows: readonly Row[]): readonly Task[] {
  return rows.map(([task, elsewhere, command, prints]) => ({
    ...{ task, elsewhere, command, prints },
  }));
}

/** By the heading that they stand under. */
export const TASKS: Readonly<Record<string, readonly Task[]>> = {
  Connecting: tasksOf(CONNECTING),
  Watching: tasksOf(WATCHING),
  Serving: tasksOf(SERVING),
  Certificates: tasksOf(CERTIFICATES),
  Others: tasksOf(OTHERS),
};

/** Returns docs/cli.md. */
export function page(): string {
  const sections = Object.entries(TASKS).map(([heading, tasks]) => {
    const rows = tasks.map(({ task, elsewhere, command, prints }) =>
      [task, elsewhere, `\`puretls ${command}\``, `\`${prints}\``].join(" | "),
    );
    return `## ${heading}

| task | elsewhere | here | prints |
| --- | --- | --- | --- |
${rows.map((row) => `| ${row} |`).join("\n")}
`;
  });
  return `<!-- Made by npm run docs:cli of test/cli/tasks.ts: change the rows there. -->

# Tasks on the command line

Tasks that people have for a TLS tool, the option of OpenSSL (\`s_client\` where nothing else is
said), GnuTLS or another program that does it, and the command here. A test runs each command of
these tables, with files and servers of its own for \`HOST\`, \`MAIL\`, \`PROXY\`, \`ca.pem\` and the like,
and looks for the text of the last column in what it prints.
[command-line.md](command-line.md) tells of the options.

${sections.join("\n")}
\`--psk\`, \`--ech\`, \`--unix\` and \`--raw-key\` answer tasks of theirs too and have tests of their own.

## Not answered

SRP (RFC 5054), which no version of TLS 1.3 has; CRLs fetched from their distribution points; keys
remembered from a first visit (\`--tofu\`), for which \`--pin\` stands; installing an authority: \`cert
trust\` prints the commands.
`;
}
