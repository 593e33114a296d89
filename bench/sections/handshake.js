/**
 * Full handshakes, warm, each side by itself, against the sum of its own
 * cryptographic operations measured in the same rounds.
 */
import {
  CHAIN_KINDS,
  connect,
  identity,
  newClientConfig,
  newServerConfig,
  warmUp,
} from "../lib/fixtures.js";
import { handshakeFloor } from "../lib/floor.js";
import { collect, spread, timed } from "../lib/measure.js";

export const title =
  "Full handshake, noble provider, against its own primitives";

// TLS 1.2 has the same operations with public keys as TLS 1.3 over x25519, and a
// smaller key schedule: it is set beside the same sum.
const KEY_EXCHANGES = [
  { label: "hybrid", keyExchange: "hybrid", options: {} },
  { label: "x25519", keyExchange: "x25519", options: { groups: ["x25519"] } },
  {
    label: "x25519, 1.2",
    keyExchange: "x25519",
    options: { versions: ["TLSv1.2"], groups: ["x25519", "secp256r1"] },
  },
];
const SIDES = /** @type {const} */ (["client", "server"]);

/**
 * @param {import("../lib/report.js").Report} report
 * @param {import("../lib/measure.js").Effort} effort
 */
export function run(report, effort) {
  warmUp();
  for (const kind of CHAIN_KINDS)
    for (const { label, keyExchange, options } of KEY_EXCHANGES) {
      const series = measure(identity(kind), keyExchange, options, effort);
      for (const side of SIDES)
        report.add({
          name: `${side}, ${kind}, ${label}`,
          unit: "ms",
          ours: series[side],
          beside: series[`${side} floor`],
          bar: { kind: "most", value: 1.15 },
          note: breakdown(series, side),
        });
    }
}

function measure(own, keyExchange, options, { rounds, quick }) {
  const serverSide = newServerConfig(own, options);
  const handshake = () => connect(newClientConfig(own, options), serverSide);
  const floor = handshakeFloor(own, handshake().sent, keyExchange);
  const sample = (times) => sampleOf(handshake, floor, times);
  // Base tables are built, code is compiled.
  sample(quick ? 10 : 30);
  return collect(rounds, () => sample(quick ? 2 : 4));
}

/** Handshakes and their operations in turns, milliseconds of one of each. */
function sampleOf(handshake, floor, times) {
  /** @type {Record<string, number>} */
  const sums = {};
  const add = (name, ms) => {
    sums[name] = (sums[name] ?? 0) + ms / times;
  };
  for (let i = 0; i < times; i++) {
    const { clientMs, serverMs } = handshake();
    add("client", clientMs);
    add("server", serverMs);
    for (const side of SIDES)
      for (const [name, operation] of Object.entries(floor[side])) {
        const ms = timed(operation);
        add(`${side} ${name}`, ms);
        add(`${side} floor`, ms);
      }
  }
  return sums;
}

/** The floor's parts, as far as they can be seen. */
function breakdown(series, side) {
  return Object.entries(series)
    .filter(([name]) => name.startsWith(`${side} `) && !name.endsWith(" floor"))
    .map(([name, values]) => ({
      name: name.slice(side.length + 1),
      ms: spread(values).median,
    }))
    .sort((a, b) => b.ms - a.ms)
    .map(({ name, ms }) => `${name} ${ms.toFixed(2)}`)
    .join(", ");
}
