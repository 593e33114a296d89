/**
 * Apache httpd, the one server that asks for a certificate after the handshake
 * (RFC 9846 4.7.2): only /inside wants one.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Probed, probe } from "../probe.ts";
import { serve } from "../scenarios/conduct.ts";
import type { PeerServer, ServerOptions } from "../scenarios/options.ts";
import { PeerProcess } from "../process.ts";
import { temporaryFolder } from "../temporary.ts";

const PROGRAM = "/usr/sbin/apache2";
const MODULES = "/usr/lib/apache2/modules";

/** Its version as the output, or why it is not here. */
export function findApache(): Probed {
  const found = probe({
    source: "Debian package apache2-bin",
    files: [PROGRAM, join(MODULES, "mod_ssl.so")],
    working: [[[PROGRAM, "-v"], /Apache\//]],
  });
  if ("missing" in found) return found;
  const [, version = ""] = /Apache\/([\d.]+)/.exec(found.output) ?? [];
  return { output: version };
}

const LOADED = ["mpm_event", "authz_core", "log_config", "ssl"];

/**
 * Serves `outside` as /index.html, and `inside` as /inside/index.html to
 * clients that present a certificate. Its log names the client of each request.
 */
export async function apacheServer(
  options: Pick<ServerOptions, "identity" | "ca">,
): Promise<PeerServer> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "inside"));
  writeFileSync(join(folder, "index.html"), "outside");
  writeFileSync(join(folder, "inside", "index.html"), "inside");
  // Started by root it works as somebody else.
  chmodSync(folder, 0o755);
  const { port, stop } = await serve("when told", (port) => {
    const config = join(folder, "httpd.conf");
    writeFileSync(config, configuration(folder, port, options));
    return new PeerProcess(PROGRAM, ["-f", config, "-X"], "log");
  });
  // It opens its logs by their names, which a pipe has not got.
  const log = async (expected?: RegExp): Promise<string> =>
    (await stop(expected)) + readFileSync(join(folder, "log"), "latin1");
  return { port, stop: log };
}

function configuration(
  folder: string,
  port: number,
  { identity, ca = "" }: Pick<ServerOptions, "identity" | "ca">,
): string {
  const modules = LOADED.filter((name) =>
    existsSync(join(MODULES, `mod_${name}.so`)),
  ).map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`);
  return `${modules.join("\n")}
ServerName localhost
ServerRoot ${folder}
DocumentRoot ${folder}
PidFile ${folder}/pid
Mutex pthread
User nobody
Group nogroup
Listen 127.0.0.1:${String(port)}
# As little as will do: it starts in a tenth of the time.
StartServers 1
ThreadsPerChild 4
MaxRequestWorkers 4
MinSpareThreads 1
MaxSpareThreads 4
LogLevel info
ErrorLog ${folder}/errors
SSLEngine on
SSLProtocol TLSv1.3
SSLCertificateFile ${identity.cert}
SSLCertificateKeyFile ${identity.key}
SSLCACertificateFile ${ca}
SSLVerifyDepth 2
<Location /inside>
  SSLVerifyClient require
</Location>
CustomLog ${folder}/log "%U asked by %{SSL_CLIENT_S_DN_CN}x"
`;
}
