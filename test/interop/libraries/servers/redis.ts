import { PeerProcess } from "../../support/process.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import type { ForeignServer } from "../run.ts";

/** Redis that asks each client for a certificate. */
export const redisServer: ForeignServer = {
  name: "redis",
  needs: {
    source: "Debian package redis-server",
    programs: [["redis-server", "--version"]],
  },
  prepare: (files) => {
    const folder = temporaryFolder();
    const launch = (port: number) =>
      new PeerProcess(
        "redis-server",
        [
          ...["--port", "0", "--tls-port", String(port), "--bind", "127.0.0.1"],
          ...["--dir", folder, "--save", "", "--appendonly", "no"],
          ...["--tls-cert-file", files.serverCert],
          ...["--tls-key-file", files.serverKey],
          ...["--tls-ca-cert-file", files.ca],
        ],
        "log",
      );
    return Promise.resolve(launch);
  },
};
