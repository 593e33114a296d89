/**
 * Apache httpd, the one server that asks for a certificate after the handshake
 * (RFC 8446 4.6.2): only /inside wants one.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serve } from "./conduct.ts";
import type { PeerServer, ServerOptions } from "./options.ts";
import { PeerProcess } from "./process.ts";
import { temporaryFolder } from "./temporary.ts";

const PROGRAM = "/usr/sbin/apache2";
const MODULES = "/usr/lib/apache2/modules";

/** It is looked for by its path: it stands where users do not search. */
export const apacheCommand = [PROGRAM, "-v"] as const;

const LOADED = ["mpm_event", "authz_core", "ssl"];

/** Answers GET with `outside` at /, and with the client's name at /inside. */
export function apacheServer(
  options: Pick<ServerOptions, "identity" | "ca">,
): Promise<PeerServer> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "inside"));
  writeFileSync(join(folder, "index.html"), "outside");
  writeFileSync(join(folder, "inside", "index.html"), "inside");
  return serve("when told", (port) => {
    const config = join(folder, "httpd.conf");
    writeFileSync(config, configuration(folder, port, options));
    return new PeerProcess(
      PROGRAM,
      ["-f", config, "-k", "start", "-D", "FOREGROUND"],
      "log",
    );
  });
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
Mutex file:${folder}
Listen 127.0.0.1:${String(port)}
# As little as will do: it starts in a tenth of the time.
StartServers 1
ThreadsPerChild 4
MaxRequestWorkers 4
LogLevel info
ErrorLog /dev/stderr
SSLEngine on
SSLProtocol TLSv1.3
SSLCertificateFile ${identity.cert}
SSLCertificateKeyFile ${identity.key}
SSLCACertificateFile ${ca}
SSLVerifyDepth 2
<Location /inside>
SSLVerifyClient require
</Location>
LogFormat "%U asked by %{SSL_CLIENT_S_DN_CN}x"
CustomLog /dev/stdout "%U asked by %{SSL_CLIENT_S_DN_CN}x"
`;
}
