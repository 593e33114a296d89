import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PeerProcess } from "../../support/process.ts";
import type { ForeignServer } from "../run.ts";
import { folderOf, runAs, runOnce } from "./accounts.ts";

const ACCOUNT = "mysql";
const [user, password] = ["tester", "not a secret"];

/** MariaDB with a user who needs a certificate. */
export const mariadb: ForeignServer = {
  name: "mariadb",
  needs: {
    source: "Debian package mariadb-server",
    programs: [
      ["mariadbd", "--version"],
      ["mariadb-install-db", "--help"],
    ],
  },
  target: { user, password },
  prepare: async (given) => {
    const { folder, files } = folderOf(ACCOUNT, given);
    const data = join(folder, "data");
    const begin = join(folder, "begin.sql");
    const quoted = `'${user}'@'%' identified by '${password}'`;
    writeFileSync(begin, `create or replace user ${quoted} require x509;\n`, {
      mode: 0o644,
    });
    const common = ["--no-defaults", `--datadir=${data}`];
    await runOnce(ACCOUNT, [
      ...["mariadb-install-db", ...common, "--skip-test-db"],
      ...["--auth-root-authentication-method=normal", `--tmpdir=${folder}`],
    ]);
    return (port) => {
      const command = [
        ...[...runAs(ACCOUNT), "mariadbd", ...common],
        ...[
          "--bind-address=127.0.0.1",
          `--port=${port}`,
          "--skip-name-resolve",
        ],
        ...[`--socket=${join(folder, "socket")}`, `--tmpdir=${folder}`],
        ...[`--pid-file=${join(folder, "pid")}`, `--init-file=${begin}`],
        ...["--max-allowed-packet=64M", "--require-secure-transport=ON"],
        ...["--innodb-flush-log-at-trx-commit=0", "--innodb-log-file-size=4M"],
        ...[`--ssl-ca=${files.ca}`, `--ssl-cert=${files.serverCert}`],
        `--ssl-key=${files.serverKey}`,
      ];
      return new PeerProcess(command[0] ?? "", command.slice(1), "log");
    };
  },
};
