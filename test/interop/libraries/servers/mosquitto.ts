import { existsSync } from "node:fs";
import { temporaryFile } from "../../support/temporary.ts";
import { PeerProcess } from "../../support/process.ts";
import type { ForeignServer } from "../run.ts";

/** Debian keeps it where only root looks. */
const PROGRAM = existsSync("/usr/sbin/mosquitto")
  ? "/usr/sbin/mosquitto"
  : "mosquitto";

/** Mosquitto that asks each client for a certificate. */
export const mosquitto: ForeignServer = {
  name: "mosquitto",
  needs: { source: "Debian package mosquitto", programs: [[PROGRAM, "-h"]] },
  prepare: (files) =>
    Promise.resolve((port) => {
      const settings = [
        ...["per_listener_settings false", "allow_anonymous true", "user root"],
        ...["persistence false", `listener ${port} 127.0.0.1`],
        ...[`cafile ${files.ca}`, `certfile ${files.serverCert}`],
        ...[`keyfile ${files.serverKey}`, "require_certificate true"],
      ];
      const file = temporaryFile("mosquitto.conf", `${settings.join("\n")}\n`);
      return new PeerProcess(PROGRAM, ["-c", file], "log");
    }),
};
