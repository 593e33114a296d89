import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PeerProcess } from "../../support/process.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import type { ForeignServer } from "../run.ts";

const PROGRAM = existsSync("/usr/sbin/slapd") ? "/usr/sbin/slapd" : "slapd";
const [user, password] = ["cn=tester,dc=checks", "not a secret"];

/** OpenLDAP with an empty directory below dc=checks. */
export const slapd: ForeignServer = {
  name: "slapd",
  needs: {
    source: "Debian package slapd",
    programs: [[PROGRAM, "-VV"]],
    files: ["/usr/lib/ldap/back_mdb.la"],
  },
  target: { user, password },
  prepare: (files) => {
    const folder = temporaryFolder();
    const config = join(folder, "slapd.conf");
    mkdirSync(join(folder, "data"));
    const settings = [
      ...["include /etc/ldap/schema/core.schema"],
      ...["include /etc/ldap/schema/cosine.schema"],
      ...["include /etc/ldap/schema/inetorgperson.schema"],
      ...["modulepath /usr/lib/ldap", "moduleload back_mdb"],
      ...[
        "sockbuf_max_incoming 67108864",
        "sockbuf_max_incoming_auth 67108864",
      ],
      ...[`pidfile ${folder}/pid`, `argsfile ${folder}/args`],
      ...[`TLSCACertificateFile ${files.ca}`, "TLSVerifyClient try"],
      ...[`TLSCertificateFile ${files.serverCert}`],
      ...[`TLSCertificateKeyFile ${files.serverKey}`],
      ...["database mdb", 'suffix "dc=checks"', `rootdn "${user}"`],
      ...[`rootpw "${password}"`, `directory ${folder}/data`],
      ...["maxsize 268435456", "dbnosync"],
    ];
    writeFileSync(config, `${settings.join("\n")}\n`);
    return Promise.resolve((port) => {
      const address = ["-h", `ldaps://127.0.0.1:${port}/`];
      const args = [...address, "-f", config, "-d", "0"];
      return new PeerProcess(PROGRAM, args, "log");
    });
  },
};
