import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PeerProcess } from "../../support/process.ts";
import type { ForeignServer } from "../run.ts";
import { folderOf, giveTo } from "./accounts.ts";

const ACCOUNT = "ftp";

/** vsftpd that wants the session of the control connection for each file. */
export const vsftpd: ForeignServer = {
  name: "vsftpd",
  needs: { source: "Debian package vsftpd", files: ["/usr/sbin/vsftpd"] },
  target: { user: "anonymous", password: "tester@example.org" },
  prepare: (given) => {
    const { folder, files } = folderOf("root", given);
    const [root, empty] = [join(folder, "root"), join(folder, "empty")];
    const inbox = join(root, "inbox"); // The root must not be writable.
    for (const path of [root, empty, inbox]) mkdirSync(path);
    chmodSync(folder, 0o755);
    giveTo(ACCOUNT, inbox);
    return Promise.resolve((port) => {
      const settings = {
        ...{ listen: "YES", listen_address: "127.0.0.1", listen_port: port },
        ...{ background: "NO", anonymous_enable: "YES", write_enable: "YES" },
        ...{ anon_root: root, anon_upload_enable: "YES", anon_umask: "022" },
        ...{ anon_other_write_enable: "YES", anon_world_readable_only: "NO" },
        ...{ secure_chroot_dir: empty, seccomp_sandbox: "NO", isolate: "NO" },
        ...{
          isolate_network: "NO",
          xferlog_enable: "NO",
          session_support: "NO",
        },
        ...{
          ssl_enable: "YES",
          allow_anon_ssl: "YES",
          require_ssl_reuse: "YES",
        },
        ...{ force_anon_logins_ssl: "YES", force_anon_data_ssl: "YES" },
        ...{
          rsa_cert_file: files.serverCert,
          rsa_private_key_file: files.serverKey,
        },
        ...{
          ca_certs_file: files.ca,
          ssl_request_cert: "YES",
          ssl_ciphers: "HIGH",
        },
        ...{ ftp_username: ACCOUNT },
      };
      const file = join(folder, "vsftpd.conf");
      const lines = Object.entries(settings).map(
        ([name, value]) => `${name}=${value}\n`,
      );
      writeFileSync(file, lines.join(""));
      return new PeerProcess("/usr/sbin/vsftpd", [file], "log");
    });
  },
};
