/** A second connection to a host, its chain's signatures known already. */
import {
  CHAIN_KINDS,
  connect,
  identity,
  newClientConfig,
  newServerConfig,
  warmUp,
} from "../lib/fixtures.js";
import { collect } from "../lib/measure.js";

export const title = "Second connection to a host, client";

/**
 * @param {import("../lib/report.js").Report} report
 * @param {import("../lib/measure.js").Effort} effort
 */
export function run(report, { rounds, quick }) {
  warmUp();
  for (const kind of CHAIN_KINDS) {
    const own = identity(kind);
    const options = { groups: ["x25519"] };
    const serverSide = newServerConfig(own, options);
    const sample = (times) => {
      let first = 0;
      let second = 0;
      for (let i = 0; i < times; i++) {
        const clientSide = newClientConfig(own, options);
        first += connect(clientSide, serverSide).clientMs / times;
        second += connect(clientSide, serverSide).clientMs / times;
      }
      return { first, second };
    };
    sample(quick ? 10 : 30);
    const { first, second } = collect(rounds, () => sample(quick ? 2 : 4));
    report.add({
      name: `second against first, ${kind}, x25519`,
      unit: "ms",
      ours: second,
      beside: first,
      // RSA verifies so fast that there is little to save.
      ...(kind === "ECDSA P-256" && { bar: { kind: "most", value: 0.75 } }),
    });
  }
}
