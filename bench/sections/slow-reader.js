/** Memory while a slow reader receives a quarter of a gigabyte. */
import { runChildBeside, startChild } from "../lib/child.js";
import { HOST, identity } from "../lib/fixtures.js";

export const title = "Growth of RSS, 256 MiB to a slow reader, node provider";

/**
 * @param {import("../lib/report.js").Report} report
 * @param {import("../lib/measure.js").Effort} effort
 */
export async function run(report, { rounds, quick }) {
  const { leaf, authority } = identity("ECDSA P-256");
  const peer = await startChild("loopback-peer.js", {
    key: leaf.key.toPem(),
    cert: leaf.chainPem,
    ciphers: "TLS_AES_128_GCM_SHA256",
    version: "TLSv1.3",
  });
  const { port } = peer.told;
  const input = { port, host: HOST, ca: authority.pem, mib: quick ? 64 : 256 };
  const growth = { ours: [], theirs: [] };
  for (let round = 0; round < Math.min(rounds, 3); round++)
    for (const who of ["ours", "theirs"]) {
      const measured = await runChildBeside("slow-reader.js", {
        ...input,
        who,
      });
      growth[who].push(measured.growth);
    }
  peer.stop();
  report.add({
    name: "peak beyond the first MiB",
    unit: "MiB",
    ours: growth.ours,
    bar: { kind: "most", value: 40 },
  });
  report.add({
    name: "the same of node:tls",
    unit: "MiB",
    ours: growth.theirs,
  });
}
