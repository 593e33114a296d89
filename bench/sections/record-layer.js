/** The record layer through the engine, against the bare AEAD of noble. */
import { gcm } from "@noble/ciphers/aes.js";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { TlsEngine } from "puretls/engine";
import {
  connect,
  identity,
  newClientConfig,
  newServerConfig,
  takeData,
} from "../lib/fixtures.js";
import { compare } from "../lib/measure.js";

export const title = "Record layer, noble provider, against the bare AEAD";

const SIZES = [64, 1024, 16 * 1024];
const SUITES = [
  { name: "TLS_AES_128_GCM_SHA256", cipher: gcm, keyLength: 16 },
  { name: "TLS_AES_256_GCM_SHA384", cipher: gcm, keyLength: 32 },
  {
    name: "TLS_CHACHA20_POLY1305_SHA256",
    cipher: chacha20poly1305,
    keyLength: 32,
  },
];

/**
 * @param {import("../lib/report.js").Report} report
 * @param {import("../lib/measure.js").Effort} effort
 */
export function run(report, effort) {
  for (const suite of SUITES) {
    const pair = connectedPair(suite.name);
    for (const size of SIZES) {
      const bare = bareWork(suite, size);
      const engine = engineWork(pair, size);
      for (const direction of ["seal", "open"]) {
        const series = compare(
          { engine: engine[direction], bare: bare[direction] },
          effort,
        );
        const perSecond = (ms) => size / 1e3 / ms;
        report.add({
          name: `${direction} ${sizeName(size)} ${suite.name.slice(4)}`,
          unit: "MB/s",
          ours: series.engine.map(perSecond),
          beside: series.bare.map(perSecond),
          ...(size === 16 * 1024 && { bar: { kind: "least", value: 0.85 } }),
        });
      }
    }
  }
}

function connectedPair(suiteName) {
  const own = identity("ECDSA P-256");
  const options = { groups: ["x25519"], cipherSuites: [suiteName] };
  const { client, server } = connect(
    newClientConfig(own, options),
    newServerConfig(own, options),
  );
  return { sender: client.snapshot(), receiver: server.snapshot() };
}

/** The engine, each record on its own: sealed and sent, received and taken. */
function engineWork({ sender, receiver }, size) {
  const plaintext = new Uint8Array(size).fill(7);
  const sealing = TlsEngine.restore(sender);
  /** Records that follow each other, for receivers that start again. */
  const recording = TlsEngine.restore(sender);
  const records = [];
  return {
    seal: (times) => () => {
      for (let i = 0; i < times; i++) {
        sealing.write(plaintext);
        sealing.takeOutput();
      }
    },
    open: (times) => {
      while (records.length < times) {
        recording.write(plaintext);
        records.push(recording.takeOutput());
      }
      const opening = TlsEngine.restore(receiver);
      return () => {
        let bytes = 0;
        for (let i = 0; i < times; i++) {
          opening.receive(records[i]);
          bytes += takeData(opening);
        }
        if (bytes !== times * size) throw new Error("data went astray");
      };
    },
  };
}

/** noble with a key and nonce of its own for each call, as its API has it. */
function bareWork({ cipher, keyLength }, size) {
  const key = new Uint8Array(keyLength).fill(1);
  const nonce = new Uint8Array(12).fill(2);
  const aad = new Uint8Array(5).fill(3);
  const plaintext = new Uint8Array(size).fill(7);
  const sealed = new Uint8Array(size + 16);
  const opened = new Uint8Array(size);
  const ciphertext = cipher(key, nonce, aad).encrypt(plaintext);
  // Only ChaCha20-Poly1305 takes a destination.
  const [into, outOf] = cipher === gcm ? [[], []] : [[sealed], [opened]];
  return {
    seal: (times) => () => {
      for (let i = 0; i < times; i++)
        cipher(key, nonce, aad).encrypt(plaintext, ...into);
    },
    open: (times) => () => {
      for (let i = 0; i < times; i++)
        cipher(key, nonce, aad).decrypt(ciphertext, ...outOf);
    },
  };
}

function sizeName(bytes) {
  return bytes < 1024 ? `${bytes} B` : `${bytes / 1024} KiB`;
}
