/** Cost as work grows: it should be flat per unit. */
import { RAISE_NEED, TlsEngine } from "puretls/engine";
import {
  connect,
  hollowConfigs,
  identity,
  newClientConfig,
  newServerConfig,
  takeData,
} from "../lib/fixtures.js";
import { collect, compare, timed } from "../lib/measure.js";

export const title =
  "Cost as work grows, per unit, against the first of its kind (ChaCha20)";

const KIB = 1024;
const MIB = 1024 * KIB;
/** A cost is flat while it stays below this ratio. */
const FLAT = /** @type {const} */ ({ kind: "most", value: 1.25 });

/**
 * @param {import("../lib/report.js").Report} report
 * @param {import("../lib/measure.js").Effort} effort
 */
export function run(report, effort) {
  const own = identity("ECDSA P-256");
  const options = { groups: ["x25519"] };
  const { client, server } = connect(
    newClientConfig(own, options),
    newServerConfig(own, options),
  );
  const pair = { sender: client.snapshot(), receiver: server.snapshot() };
  const { quick } = effort;
  grow(report, effort, {
    name: (mib) => `stream of ${mib} MiB, both ends`,
    unit: "ms/MiB",
    sizes: quick ? [1, 4, 16] : [1, 4, 16, 64],
    run: (mib) => stream(pair, mib),
  });
  grow(report, effort, {
    name: (mib) => `one write of ${mib} MiB, both ends`,
    unit: "ms/MiB",
    sizes: quick ? [2, 8] : [2, 8, 32],
    run: (mib) => singleWrite(pair, mib),
  });
  chunks(report, effort, pair);
  grow(report, effort, {
    name: (kilo) => `${kilo}k records of 1 byte in one receive`,
    unit: "ms/k",
    sizes: quick ? [1, 8] : [1, 8, 64],
    run: (kilo) => tinyRecords(pair, kilo),
  });
  hostile(report, effort, pair, own);
  grow(report, effort, {
    name: (count) => `${count} connections at once, no public-key work`,
    unit: "ms",
    sizes: quick ? [10, 100] : [10, 100, 1000],
    run: connections(),
  });
}

/**
 * Rows for work of growing size. Small sizes are repeated, so that all samples
 * are long enough to compare.
 */
function grow(report, { rounds }, { name, unit, sizes, run: work }) {
  const largest = Math.max(...sizes);
  const sample = (size) => {
    const times = Math.max(1, Math.floor(largest / size / 4));
    let ms = 0;
    for (let i = 0; i < times; i++) ms += work(size);
    return ms / times / size;
  };
  sample(sizes[0]);
  const series = collect(Math.min(rounds, 5), () =>
    Object.fromEntries(sizes.map((size) => [`${size}`, sample(size)])),
  );
  for (const size of sizes)
    report.add({
      name: name(size),
      unit,
      ours: series[`${size}`],
      beside: series[`${sizes[0]}`],
      ...(size !== sizes[0] && { bar: FLAT }),
    });
}

/** Writes of 64 KiB, each sent and received at once. */
function stream(pair, mib) {
  const { sender, receiver } = restored(pair);
  const block = new Uint8Array(64 * KIB).fill(7);
  return timed(() => {
    let bytes = 0;
    for (let sent = 0; sent < mib * MIB; sent += block.length) {
      sender.write(block);
      receiver.receive(sender.takeOutput());
      bytes += takeData(receiver);
    }
    expect(bytes, mib * MIB);
  });
}

function singleWrite(pair, mib) {
  const { sender, receiver } = restored(pair);
  const plaintext = new Uint8Array(mib * MIB).fill(7);
  return timed(() => {
    sender.write(plaintext);
    receiver.receive(sender.takeOutput());
    expect(takeData(receiver), plaintext.length);
  });
}

function tinyRecords(pair, kilo) {
  const { sender, receiver } = restored(pair);
  const byte = new Uint8Array(1);
  for (let i = 0; i < 1000 * kilo; i++) sender.write(byte);
  const ciphertext = sender.takeOutput();
  return timed(() => {
    receiver.receive(ciphertext);
    expect(takeData(receiver), 1000 * kilo);
  });
}

/** The same records, in pieces as a transport may cut them. */
function chunks(report, effort, { sender, receiver }) {
  const engine = TlsEngine.restore(sender);
  engine.write(new Uint8Array(MIB).fill(7));
  const ciphertext = engine.takeOutput();
  const sizes = {
    "whole records": ciphertext.length / (MIB / (16 * KIB)),
    "64 KiB": 64 * KIB,
    "16 KiB": 16 * KIB,
    "1460 bytes": 1460,
    "1 KiB": KIB,
  };
  const work = (size) => (times) => {
    const engines = Array.from({ length: times }, () =>
      TlsEngine.restore(receiver),
    );
    return () => {
      for (const opening of engines) {
        let bytes = 0;
        for (let at = 0; at < ciphertext.length; at += size) {
          opening.receive(ciphertext.subarray(at, at + size));
          bytes += takeData(opening);
        }
        expect(bytes, MIB);
      }
    };
  };
  const names = Object.keys(sizes);
  const series = compare(
    Object.fromEntries(names.map((name) => [name, work(sizes[name])])),
    effort,
  );
  for (const name of names)
    report.add({
      name: `receive 1 MiB in ${name}`,
      unit: "ms",
      ours: series[name],
      beside: series["whole records"],
      ...(name !== "whole records" && { bar: FLAT }),
    });
}

/** Measures bytes that only a hostile peer sends. */
function hostile(report, effort, pair, own) {
  const { quick } = effort;
  const piece = new Uint8Array(16 * KIB);
  grow(report, effort, {
    name: (mib) => `${mib} MiB after close_notify`,
    unit: "ms/MiB",
    sizes: quick ? [1, 4] : [1, 8],
    run: (mib) => {
      const { sender, receiver } = restored(pair);
      sender.close();
      receiver.receive(sender.takeOutput());
      return timed(() => {
        for (let i = 0; i < mib * 64; i++) receiver.receive(piece);
      });
    },
  });
  const waiting = waitingClient(own);
  const byte = new Uint8Array(1);
  grow(report, effort, {
    name: (kilo) => `${kilo}k bytes, one by one, while a need waits`,
    unit: "ms/k",
    sizes: quick ? [2, 8] : [2, 32],
    run: (kilo) => {
      const client = TlsEngine.restore(waiting);
      return timed(() => {
        for (let i = 0; i < 1000 * kilo; i++) client.receive(byte);
      });
    },
  });
}

function waitingClient(own) {
  const options = { groups: ["x25519"], verifier: RAISE_NEED };
  const client = TlsEngine.client(newClientConfig(own, options), "localhost");
  const server = TlsEngine.server(newServerConfig(own));
  server.receive(client.takeOutput());
  client.receive(server.takeOutput());
  if (client.need?.type !== "verify") throw new Error("no need was told");
  return client.snapshot();
}

/** Handshakes without public-key cryptography, all held open. */
function connections() {
  const { client, server } = hollowConfigs();
  for (let i = 0; i < 300; i++) connect(client, server);
  return (count) => {
    const held = [];
    return timed(() => {
      for (let i = 0; i < count; i++) held.push(connect(client, server));
    });
  };
}

function restored({ sender, receiver }) {
  return {
    sender: TlsEngine.restore(sender),
    receiver: TlsEngine.restore(receiver),
  };
}

function expect(bytes, wanted) {
  if (bytes !== wanted)
    throw new Error(`${bytes} bytes arrived instead of ${wanted}`);
}
