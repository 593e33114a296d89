/** Resumed handshakes against full ones, each side by itself, warm. */
import { MemorySessionStore } from "puretls/engine";
import {
  connect,
  identity,
  newClientConfig,
  newServerConfig,
  warmUp,
} from "../lib/fixtures.js";
import { collect } from "../lib/measure.js";

export const title = "Resumed handshake, noble provider, against the full one";

/**
 * @param {import("../lib/report.js").Report} report
 * @param {import("../lib/measure.js").Effort} effort
 */
export function run(report, { rounds, quick }) {
  warmUp();
  const own = identity("ECDSA P-256");
  const options = { groups: ["x25519"] };
  const serverSide = newServerConfig(own, {
    ...options,
    sessionStore: new MemorySessionStore(),
  });
  const sample = (times) => {
    /** @type {Record<string, number>} */
    const sums = { client: 0, server: 0, "full client": 0, "full server": 0 };
    for (let i = 0; i < times; i++) {
      const clientSide = newClientConfig(own, options);
      const full = connect(clientSide, serverSide);
      const session = full.session;
      const resumed = connect({ ...clientSide, session }, serverSide);
      if (!resumed.client.info?.resumed) throw new Error("not resumed");
      sums["full client"] += full.clientMs / times;
      sums["full server"] += full.serverMs / times;
      sums.client += resumed.clientMs / times;
      sums.server += resumed.serverMs / times;
    }
    return {
      ...sums,
      both: sums.client + sums.server,
      "full both": sums["full client"] + sums["full server"],
    };
  };
  sample(quick ? 10 : 30);
  const series = collect(rounds, () => sample(quick ? 2 : 4));
  for (const side of ["client", "server", "both"])
    report.add({
      name: `${side}, ECDSA P-256, x25519`,
      unit: "ms",
      ours: series[side],
      beside: series[`full ${side}`],
      ...(side === "both" && { bar: { kind: "most", value: 0.5 } }),
    });
}
