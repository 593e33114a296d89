/** Servers that three scanners look at, each with a server of the kind to itself. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Certificates } from "../support/certificates.ts";
import { apacheServer, findApache } from "../support/programs/apache.ts";
import { PeerProcess, startServer } from "../support/process.ts";
import { temporaryFolder } from "../support/temporary.ts";

export interface Configuration {
  readonly name: string;
  /**
   * The findings of testssl.sh that are compared: five seconds of processor for versions and ALPN, ten
   * more for suites. Not at servers that are like another one in these.
   */
  readonly testssl?: "versions" | "suites";
  start(certificates: Certificates): Promise<number>;
}

type Choice = (certificates: Certificates) => readonly string[];

const rsa: Choice = ({ server: { RSA } }) => [
  "-cert",
  RSA.cert,
  "-key",
  RSA.key,
];
const ecdsa: Choice = ({ server }) => {
  const { cert, key } = server["ECDSA P-256"];
  return ["-cert", cert, "-key", key];
};
const both: Choice = (all) => {
  const { cert, key } = all.server["ECDSA P-256"];
  return [...rsa(all), "-dcert", cert, "-dkey", key];
};

function openssl(
  name: string,
  choice: Choice,
  more: readonly string[],
  scan: Pick<Configuration, "testssl"> = {},
): Configuration {
  return {
    name,
    ...scan,
    start: async (certificates) => {
      const { port } = await startServer(
        (free) =>
          new PeerProcess("openssl", [
            ...["s_server", "-accept", `127.0.0.1:${String(free)}`, "-quiet"],
            ...[
              ...choice(certificates),
              // It bears no early data beside a page.
              ...(more.includes("-early_data") ? [] : ["-www"]),
              ...more,
            ],
          ]),
      );
      return port;
    },
  };
}

const VERSIONS = { testssl: "versions" } as const;
const SUITES = { testssl: "suites" } as const;
const OLD = ["-cipher", "ALL:@SECLEVEL=0"];

/** OpenSSL's server in ten configurations. */
const OPENSSL: readonly Configuration[] = [
  openssl("default, two certificates", both, [], VERSIONS),
  openssl("the server's order", rsa, ["-serverpref"]),
  openssl("ECDSA alone", ecdsa, ["-serverpref"]),
  openssl(
    "TLS 1.2, AEAD",
    rsa,
    ["-tls1_2", "-cipher", "ECDHE+AESGCM:ECDHE+CHACHA20"],
    VERSIONS,
  ),
  openssl("TLS 1.3 alone", both, ["-tls1_3"]),
  openssl("TLS 1.0 to 1.2", rsa, ["-no_tls1_3", ...OLD], SUITES),
  openssl(
    "no encryption, no authentication",
    rsa,
    ["-tls1_2", "-cipher", "eNULL:aNULL:@SECLEVEL=0"],
    VERSIONS,
  ),
  openssl("no tickets, no cache", rsa, ["-no_ticket", "-no_cache"]),
  openssl(
    "early data and ALPN",
    ecdsa,
    ["-early_data", "-alpn", "h2,http/1.1"],
    VERSIONS,
  ),
  openssl("two groups", rsa, ["-groups", "P-384:X448"]),
];

const NGINX = "/usr/sbin/nginx";

/** nginx as Debian has it, by its own defaults of TLS. */
const nginx: Configuration = {
  name: "nginx",
  start: async ({ server: { RSA } }) => {
    const { port } = await startServer((free) => {
      const folder = temporaryFolder();
      const config = join(folder, "nginx.conf");
      writeFileSync(
        config,
        `daemon off; master_process off; pid ${folder}/pid; error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}; proxy_temp_path ${folder};
  fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  server {
    listen 127.0.0.1:${String(free)} ssl http2;
    ssl_certificate ${RSA.cert}; ssl_certificate_key ${RSA.key};
    ssl_session_cache shared:tls:1m; ssl_prefer_server_ciphers on;
    return 200 "here";
  }
}
`,
      );
      return new PeerProcess(NGINX, ["-c", config, "-p", folder], "log");
    });
    return port;
  },
};

/** Apache as it is set up for other tests: TLS 1.3 alone. */
const apache: Configuration = {
  name: "Apache",
  ...VERSIONS,
  start: async ({ server, ca }) => {
    const { port } = await apacheServer({ identity: server.RSA, ca });
    return port;
  },
};

/** Those of them that are installed. */
export function installedServers(): readonly Configuration[] {
  return [
    ...OPENSSL,
    ...(existsSync(NGINX) ? [nginx] : []),
    ...("missing" in findApache() ? [] : [apache]),
  ];
}
