/**
 * A fresh process: import and first full handshake of one side alone. The
 * other side's bytes were recorded, so it warms nothing up.
 */
import { noble } from "puretls/crypto/noble";
import { runChild, runChildBeside, startChild } from "../lib/child.js";
import {
  connect,
  HOST,
  identity,
  newClientConfig,
  newServerConfig,
} from "../lib/fixtures.js";
import { collect } from "../lib/measure.js";
import { FILES, packageFile } from "../lib/packages.js";
import { scriptedRandom } from "../lib/scripted-random.js";

export const title = "Cold start, fresh process, noble provider, ECDSA P-256";

/**
 * @param {import("../lib/report.js").Report} report
 * @param {import("../lib/measure.js").Effort} effort
 */
export async function run(report, { rounds, quick }) {
  const times = quick ? 3 : Math.min(rounds, 9);
  for (const groups of [undefined, ["x25519"]]) {
    const script = record(groups);
    const series = collect(times, () => ({
      ...named(
        "client",
        runChild("cold-start.js", { ...script, side: "client" }),
      ),
      ...named(
        "server",
        runChild("cold-start.js", { ...script, side: "server" }),
      ),
    }));
    const exchange = groups === undefined ? "hybrid" : "x25519";
    for (const side of ["client", "server"]) {
      report.add({
        name: `${side}, import, ${exchange}`,
        unit: "ms",
        ours: series[`${side} import`],
      });
      report.add({
        name: `${side}, first handshake, ${exchange}`,
        unit: "ms",
        ours: series[`${side} handshake`],
        beside: series[`${side} second`],
        note: "beside: the second in that process, same bytes",
      });
    }
  }
  await againstReclaim(report, times);
}

/** Both with a server of node:tls in another process. */
async function againstReclaim(report, times) {
  const name = "client, import and first handshake, against reclaim pure-js";
  if (packageFile(...FILES.reclaim) === undefined) {
    report.skip(name, "not installed (npm ci --prefix bench/peers)");
    return;
  }
  const { leaf, authority } = identity("ECDSA P-256");
  const peer = await startChild("loopback-peer.js", {
    key: leaf.key.toPem(),
    cert: leaf.chainPem,
    version: "TLSv1.3",
  });
  const { port } = peer.told;
  const input = { port, host: HOST, root: authority.pem };
  const ours = [];
  const theirs = [];
  for (let round = 0; round < times; round++) {
    ours.push(
      (await runChildBeside("cold-client.js", { ...input, who: "ours" })).ms,
    );
    theirs.push(
      (await runChildBeside("cold-client.js", { ...input, who: "reclaim" })).ms,
    );
  }
  peer.stop();
  report.add({
    name,
    unit: "ms",
    ours,
    beside: theirs,
    bar: { kind: "most", value: 0.35 },
  });
}

function named(side, measured) {
  return Object.fromEntries(
    Object.entries(measured).map(([what, ms]) => [`${side} ${what}`, ms]),
  );
}

/** A handshake with scripted randomness, for either side to be replayed. */
function record(groups) {
  const own = identity("ECDSA P-256");
  const options = groups === undefined ? {} : { groups };
  const provided = (seed) => ({
    ...options,
    provider: { ...noble, random: scriptedRandom(seed) },
  });
  const { sent } = connect(
    newClientConfig(own, provided("client")),
    newServerConfig(own, provided("server")),
  );
  const hex = (bytes) => Buffer.from(bytes).toString("hex");
  return {
    host: HOST,
    options,
    sent: { client: sent.client.map(hex), server: sent.server.map(hex) },
    root: own.authority.pem,
    chain: own.leaf.chainPem,
    key: own.leaf.key.toPem(),
  };
}
