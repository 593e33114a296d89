import { temporaryFile } from "../../support/temporary.ts";
import { PeerProcess } from "../../support/process.ts";
import type { ForeignServer } from "../run.ts";

/** NATS that asks each client for a certificate. */
export const nats: ForeignServer = {
  name: "nats",
  needs: {
    source: "Debian package nats-server",
    programs: [["nats-server", "--version"]],
  },
  prepare: (files) =>
    Promise.resolve((port) => {
      const settings = [
        ...[`listen: "127.0.0.1:${port}"`, "max_payload: 8MB"],
        ...["max_pending: 64MB", "tls {", `cert_file: "${files.serverCert}"`],
        ...[`key_file: "${files.serverKey}"`, `ca_file: "${files.ca}"`],
        ...["verify: true", "timeout: 5", "}"],
      ];
      const file = temporaryFile("nats.conf", `${settings.join("\n")}\n`);
      return new PeerProcess("nats-server", ["-c", file], "log");
    }),
};
