import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PeerProcess } from "../../support/process.ts";
import type { ForeignServer } from "../run.ts";
import { folderOf } from "./accounts.ts";

const PROGRAM = existsSync("/usr/sbin/dovecot")
  ? "/usr/sbin/dovecot"
  : "dovecot";
const [user, password] = ["tester", "not-a-secret"];

/** Dovecot with one mailbox, IMAP over TLS from the first byte. */
export const dovecot: ForeignServer = {
  name: "dovecot",
  needs: {
    source: "Debian package dovecot-imapd",
    programs: [[PROGRAM, "--version"]],
    files: ["/usr/lib/dovecot/imap"],
  },
  target: { user, password },
  prepare: (given) => {
    const { folder, files } = folderOf("mail", given);
    const run = join(folder, "run");
    mkdirSync(run);
    const settingsFor = (port: number): string => `
      base_dir = ${run}
      state_dir = ${run}
      log_path = /dev/stderr
      protocols = imap
      listen = 127.0.0.1
      ssl = required
      ssl_cert = <${files.serverCert}
      ssl_key = <${files.serverKey}
      ssl_ca = <${files.ca}
      ssl_verify_client_cert = yes
      ssl_require_crl = no
      auth_ssl_require_client_cert = yes
      ssl_min_protocol = TLSv1.2
      mail_location = maildir:${folder}/mail
      mail_fsync = never
      first_valid_uid = 1
      passdb {
        driver = static
        args = password=${password}
      }
      userdb {
        driver = static
        args = uid=mail gid=mail home=${folder}
      }
      service imap-login {
        inet_listener imap {
          port = 0
        }
        inet_listener imaps {
          port = ${port}
          ssl = yes
        }
      }
    `;
    return Promise.resolve((port) => {
      const file = join(folder, "dovecot.conf");
      writeFileSync(file, settingsFor(port));
      return new PeerProcess(PROGRAM, ["-F", "-c", file], "log");
    });
  },
};
