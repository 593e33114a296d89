/** The stacks that the library is played against, by their commands. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { LabVersion } from "../../../src/lab/index.ts";

/** Files that commands are given. */
export interface Files {
  readonly folder: string;
  readonly cert: string;
  readonly key: string;
  /** The lab's authority. */
  readonly ca: string;
  /** A database of NSS with all three. */
  readonly database: string;
  /** The folder of the interop tests' peers. */
  readonly peers: string;
}

export interface Stack {
  readonly name: string;
  /** A command that tells the version, and where the version is in its output. */
  readonly version: readonly [string, RegExp];
  readonly versions: readonly LabVersion[];
  /** Built once, before it is started. */
  readonly build?: (files: Files) => string;
  /** Starts a server, for many connections unless `isSingle`. */
  readonly server?: (
    files: Files,
    version: LabVersion,
    wantsCertificate: boolean,
  ) => string;
  /** Its server has one connection at a time. */
  readonly isSerial?: boolean;
  /** It serves one connection and ends. */
  readonly isSingle?: boolean;
  readonly client?: (files: Files, version: LabVersion) => string;
}

const BOTH: readonly LabVersion[] = ["tls13", "tls12"];
const DOTTED = { tls13: "1.3", tls12: "1.2" } as const;

/** Programs of the interop tests, which all have one command line. */
function own(
  command: (files: Files) => string,
): Pick<Stack, "server" | "client" | "isSingle"> {
  const options = ({ ca }: Files, version: LabVersion): string =>
    `version=TLSv${DOTTED[version]} ca=${ca}`;
  return {
    isSingle: true,
    server: (files, version, wants) =>
      `${command(files)} server port={port} cert=${files.cert} key=${files.key} ${options(files, version)} auth=${wants ? "required" : "none"}`,
    client: (files, version) =>
      `${command(files)} client port={port} name=localhost ${options(files, version)}`,
  };
}

export const STACKS: readonly Stack[] = [
  {
    name: "OpenSSL",
    isSerial: true,
    version: ["openssl version", /OpenSSL ([\d.]+)/],
    versions: BOTH,
    server: ({ cert, key, ca }, version, wants) =>
      `openssl s_server -quiet -accept {port} -cert ${cert} -key ${key} -tls1_${version === "tls13" ? "3 -early_data" : "2"} -alpn h2,http/1.1 ${wants ? `-Verify 2 -CAfile ${ca} -verify_return_error` : ""}`,
    client: ({ ca }, version) =>
      `openssl s_client -quiet -connect 127.0.0.1:{port} -servername localhost -verify_return_error -CAfile ${ca} -tls1_${version === "tls13" ? "3" : "2"}`,
  },
  {
    name: "GnuTLS",
    version: ["gnutls-cli --version", /gnutls-cli ([\d.]+)/],
    versions: BOTH,
    server: ({ cert, key, ca }, version, wants) =>
      `gnutls-serv --echo -p {port} --x509certfile ${cert} --x509keyfile ${key} --priority NORMAL:-VERS-ALL:+VERS-TLS${DOTTED[version]} --alpn h2 --alpn http/1.1 ${wants ? `--x509cafile ${ca} --require-client-cert --verify-client-cert` : "--disable-client-cert"}`,
    client: ({ ca }, version) =>
      `gnutls-cli -p {port} --x509cafile ${ca} --sni-hostname localhost --verify-hostname localhost --priority NORMAL:-VERS-ALL:+VERS-TLS${DOTTED[version]} 127.0.0.1`,
  },
  {
    name: "NSS",
    version: ["dpkg-query -W libnss3-tools", /:?([\d.]+)-/],
    versions: BOTH,
    server: ({ database }, version, wants) =>
      `selfserv -p {port} -d ${database} -n identity -V tls${DOTTED[version]}:tls${DOTTED[version]} ${version === "tls13" ? "-Z" : ""} ${wants ? "-r -r" : ""}`,
    client: ({ database }, version) =>
      `tstclnt -4 -h 127.0.0.1 -p {port} -a localhost -d ${database} -V tls${DOTTED[version]}:tls${DOTTED[version]}`,
  },
  {
    name: "BoringSSL",
    isSerial: true,
    version: ["dpkg-query -W android-boringssl", /\s([\d.]+\+r\d+)/],
    versions: BOTH,
    server: ({ cert, key }, version, wants) =>
      `bssl-tool server -loop -accept {port} -cert ${cert} -key ${key} -min-version tls${DOTTED[version]} -max-version tls${DOTTED[version]} ${version === "tls13" ? "-early-data" : ""} ${wants ? "-require-any-client-cert" : ""}`,
    client: ({ ca }, version) =>
      `bssl-tool client -connect 127.0.0.1:{port} -server-name localhost -root-certs ${ca} -min-version tls${DOTTED[version]} -max-version tls${DOTTED[version]}`,
  },
  {
    name: "Go",
    version: ["go version", /go(\d[\d.]*)/],
    versions: BOTH,
    build: ({ folder, peers }) =>
      `go build -o ${folder}/go-peer ${peers}/go/peer.go`,
    ...own(({ folder }) => `${folder}/go-peer`),
  },
  {
    name: "rustls",
    version: [
      "cat {peers}/rust/Cargo.toml",
      /dependencies\.rustls\]\s+version = "=([\d.]+)"/,
    ],
    versions: BOTH,
    ...own(({ peers }) => `${peers}/node_modules/.rust/target/release/peer`),
  },
  {
    name: "mbedTLS",
    version: [
      "grep VERSION_STRING /usr/include/mbedtls/version.h",
      /"(2\.[\d.]+)"/,
    ],
    versions: ["tls12"],
    build: ({ folder, peers }) =>
      `gcc -O1 -o ${folder}/mbedtls-peer ${peers}/mbedtls/peer.c -lmbedtls -lmbedx509 -lmbedcrypto`,
    ...own(({ folder }) => `${folder}/mbedtls-peer`),
  },
  {
    name: "Java",
    version: ["java --version", /openjdk ([\d.]+)/],
    versions: BOTH,
    build: ({ folder, peers }) => `javac -d ${folder} ${peers}/java/Peer.java`,
    ...own(
      ({ folder }) =>
        `java -XX:TieredStopAtLevel=1 -Xshare:auto -cp ${folder} Peer`,
    ),
  },
  {
    name: "Erlang",
    version: [
      `erl -noinput -eval 'io:put_chars(filename:basename(code:lib_dir(ssl))), halt(0).'`,
      /ssl-([\d.]+)/,
    ],
    versions: BOTH,
    ...own(({ peers }) => `escript ${peers}/erlang/peer.escript`),
  },
];

/** The version of a stack; undefined where it is not here. */
export function versionOf(
  { version: [command, pattern] }: Stack,
  files: Files,
): string | undefined {
  try {
    const output = execFileSync(
      "sh",
      ["-c", command.replace("{peers}", files.peers)],
      { encoding: "latin1", stdio: ["ignore", "pipe", "ignore"] },
    );
    return pattern.exec(output)?.[1];
  } catch {
    return undefined;
  }
}

/** Makes the files in a folder. */
export function makeFiles(
  folder: string,
  peers: string,
  caPem: string,
  write: (path: string, text: string) => void,
): Files {
  const [cert, key, ca] = ["cert.pem", "key.pem", "ca.pem"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  write(ca, caPem);
  const run = (command: string): void => {
    execFileSync("sh", ["-c", command], { stdio: "ignore" });
  };
  run(
    `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost -addext keyUsage=critical,digitalSignature -keyout ${key} -out ${cert}`,
  );
  const database = `sql:${folder}/nss`;
  try {
    run(
      `mkdir ${folder}/nss && certutil -N -d ${database} --empty-password && certutil -A -n lab -t CT,C, -i ${ca} -d ${database} && openssl pkcs12 -export -in ${cert} -inkey ${key} -name identity -passout pass: -out ${folder}/id.p12 && pk12util -i ${folder}/id.p12 -d ${database} -W "" -K ""`,
    );
  } catch {
    // NSS is not here.
  }
  return {
    folder,
    cert,
    key,
    ca,
    database,
    peers: existsSync(peers) ? peers : folder,
  };
}
