/**
 * Bytes over TCP to a process of its own, which runs node:tls: what our end
 * costs, beside node:tls at our end. CPU time of this process alone.
 */
import { noble } from "puretls/crypto/noble";
import { node } from "puretls/crypto/node";
import { startChild } from "../lib/child.js";
import { openBare, openOurs, openTheirs } from "../lib/ends.js";
import { identity } from "../lib/fixtures.js";
import { cpuMs } from "../lib/measure.js";

export const title = "Bulk over loopback, one end, against node:tls";

const MIB = 1024 * 1024;
/** performance.md's bars, for the provider on node:crypto. */
const BARS = { send: 0.5, receive: 0.65 };

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
  const { port, plainPort } = peer.told;
  for (const provider of [node, noble]) {
    const bytes = (quick ? 4 : 16) * (provider === node ? 4 : 1) * MIB;
    const ours = () => openOurs(provider, port, authority.pem);
    const theirs = () => openTheirs(port, authority.pem);
    const bare = () => openBare(plainPort);
    const contenders =
      provider === node ? { ours, theirs, bare } : { ours, theirs };
    for (const direction of ["send", "receive"]) {
      const measured = { ours: [], theirs: [], bare: [] };
      for (let round = -1; round < Math.min(rounds, 9); round++)
        for (const [who, open] of Object.entries(contenders)) {
          const end = await open();
          const start = cpuMs();
          await end[direction](bytes);
          const ms = cpuMs() - start;
          end.close();
          if (round >= 0) measured[who].push(bytes / 1e3 / ms);
        }
      report.add({
        name: `${provider.name}: ${direction}, AES_128_GCM`,
        unit: "MB/s",
        ours: measured.ours,
        beside: measured.theirs,
        ...(provider === node && {
          bar: { kind: "least", value: BARS[direction] },
        }),
      });
      if (measured.bare.length > 0)
        report.add({
          name: `floor: ${direction}, bare node:crypto over plain TCP`,
          unit: "MB/s",
          ours: measured.bare,
          beside: measured.theirs,
        });
    }
  }
  peer.stop();
}
