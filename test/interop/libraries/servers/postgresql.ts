import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PeerProcess } from "../../support/process.ts";
import type { ForeignServer } from "../run.ts";
import { folderOf, runAs, runOnce } from "./accounts.ts";

const PACKAGES = "/usr/lib/postgresql";
const ACCOUNT = "postgres";
const [user, password] = ["tester", "not a secret"];

/** The folder of the newest version's programs. */
function programs(): string {
  const versions = existsSync(PACKAGES) ? readdirSync(PACKAGES) : [];
  const newest = versions.map(Number).sort((a, b) => b - a)[0];
  return join(PACKAGES, String(newest), "bin");
}

/** PostgreSQL that accepts TLS alone, passwords by SCRAM and certificates. */
export const postgresql: ForeignServer = {
  name: "postgresql",
  needs: {
    source: "Debian package postgresql",
    files: [join(programs(), "initdb")],
  },
  target: { user, password },
  prepare: async (given) => {
    const { folder, files } = folderOf(ACCOUNT, given);
    const data = join(folder, "data");
    const secret = join(folder, "password");
    writeFileSync(secret, password, { mode: 0o644 });
    await runOnce(ACCOUNT, [
      ...[join(programs(), "initdb"), "--pgdata", data, "--no-sync"],
      ...["--username", user, "--pwfile", secret, "--auth", "scram-sha-256"],
      ...["--no-locale", "--encoding", "UTF8"],
    ]);
    const rules = join(folder, "hba.conf");
    writeFileSync(rules, "hostssl all all 127.0.0.1/32 scram-sha-256\n");
    const settings = {
      ...{ listen_addresses: "127.0.0.1", unix_socket_directories: "" },
      ...{ hba_file: rules, fsync: "off", max_wal_senders: "0" },
      ...{ ssl: "on", ssl_ca_file: files.ca, ssl_cert_file: files.serverCert },
      ssl_key_file: files.serverKey,
    };
    return (port) => {
      const [program = "", ...args] = [
        ...[...runAs(ACCOUNT), join(programs(), "postgres"), "-D", data],
        ...["-p", String(port)],
        ...Object.entries(settings).flatMap(([name, value]) => [
          "-c",
          `${name}=${value}`,
        ]),
      ];
      return new PeerProcess(program, args, "log");
    };
  },
};
