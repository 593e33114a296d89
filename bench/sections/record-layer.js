/** The record layer through the engine, against the bare AEAD of its provider. */
import { createCipheriv, createDecipheriv, createSecretKey } from "node:crypto";
import { gcm } from "@noble/ciphers/aes.js";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { noble } from "puretls/crypto/noble";
import { node } from "puretls/crypto/node";
import { TlsEngine } from "puretls/engine";
import {
  connect,
  identity,
  newClientConfig,
  newServerConfig,
  takeData,
} from "../lib/fixtures.js";
import { compare } from "../lib/measure.js";

export const title = "Record layer, against the bare AEAD of the provider";

const SIZES = [64, 1024, 16 * 1024];
/** Those of TLS 1.2 with AEADs cost what those of 1.3 do. */
const SUITES = [
  {
    name: "TLS_AES_128_GCM_SHA256",
    cipher: gcm,
    openssl: "aes-128-gcm",
    keyLength: 16,
  },
  {
    name: "TLS_AES_256_GCM_SHA384",
    cipher: gcm,
    openssl: "aes-256-gcm",
    keyLength: 32,
  },
  {
    name: "TLS_CHACHA20_POLY1305_SHA256",
    cipher: chacha20poly1305,
    openssl: "chacha20-poly1305",
    keyLength: 32,
  },
  {
    name: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    version: "TLSv1.2",
    cipher: gcm,
    openssl: "aes-128-gcm",
    keyLength: 16,
  },
  {
    name: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    version: "TLSv1.2",
    cipher: chacha20poly1305,
    openssl: "chacha20-poly1305",
    keyLength: 32,
  },
];

/**
 * @param {import("../lib/report.js").Report} report
 * @param {import("../lib/measure.js").Effort} effort
 */
export function run(report, effort) {
  for (const provider of [noble, node])
    for (const suite of SUITES) {
      const pair = connectedPair(provider, suite);
      for (const size of SIZES) {
        const bare =
          provider === node ? bareNode(suite, size) : bareNoble(suite, size);
        const engine = engineWork(pair, size);
        const series = compare(
          {
            seal: engine.seal,
            bareSeal: bare.seal,
            open: engine.open,
            bareOpen: bare.open,
          },
          effort,
        );
        const perSecond = (ms) => size / 1e3 / ms;
        const both = (one, two) => one.map((ms, round) => ms + two[round]);
        const what = `${sizeName(size)} ${shortName(suite.name)}`;
        const add = (direction, ours, beside, bar) =>
          report.add({
            name: `${provider.name}: ${direction} ${what}`,
            unit: "MB/s",
            ours: ours.map(perSecond),
            beside: beside.map(perSecond),
            ...(size === 16 * 1024 && bar !== undefined
              ? { bar: { kind: "least", value: bar } }
              : {}),
          });
        const { each, sum } = barsOf(provider, suite);
        add("seal", series.seal, series.bareSeal, each);
        add("open", series.open, series.bareOpen, each);
        add(
          "seal + open",
          both(series.seal, series.open),
          both(series.bareSeal, series.bareOpen),
          sum,
        );
      }
    }
}

/** performance.md's bars, for records of 16 KiB. */
function barsOf(provider, { name }) {
  if (provider === noble) return { each: 0.9 };
  return /AES_128_GCM/.test(name) ? { sum: 0.85 } : {};
}

function shortName(suite) {
  const [, is12, cipher] = /^TLS_(ECDHE_.*_WITH_)?(.*)_SHA\d+$/.exec(suite);
  return is12 ? `${cipher} of 1.2` : cipher;
}

function connectedPair(provider, { name, version = "TLSv1.3" }) {
  const own = identity("ECDSA P-256");
  const options = {
    provider,
    // RFC 8422 4: in TLS 1.2 the certificate's curve is among them.
    groups: ["x25519", "secp256r1"],
    cipherSuites: [name],
    versions: [version],
  };
  const { client, server } = connect(
    newClientConfig(own, options),
    newServerConfig(own, options),
  );
  return { sender: client.snapshot(), receiver: server.snapshot() };
}

/**
 * The engine, each record on its own: sealed and sent, received and read. As
 * with a socket, the buffer of a record that was sent serves for the next.
 */
function engineWork({ sender, receiver }, size) {
  const room = new Uint8Array(size + 512);
  const plaintext = new Uint8Array(size).fill(7);
  const sealing = TlsEngine.restore(sender);
  /** Records that follow each other, for receivers that start again. */
  const recording = TlsEngine.restore(sender);
  const records = [];
  return {
    seal: (times) => () => {
      for (let i = 0; i < times; i++) {
        sealing.write(plaintext, room);
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
function bareNoble({ cipher, keyLength }, size) {
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
    open: (times) => {
      const received = copies(ciphertext, times);
      return () => {
        for (let i = 0; i < times; i++)
          cipher(key, nonce, aad).decrypt(received[i], ...outOf);
      };
    },
  };
}

/** The engine reads each record from another place in memory: so do these. */
function copies(bytes, times) {
  return Array.from({ length: times }, () => new Uint8Array(bytes));
}

/** node:crypto with a key object, the body and the tag as they come. */
function bareNode({ openssl, keyLength }, size) {
  const key = createSecretKey(new Uint8Array(keyLength).fill(1));
  const nonce = new Uint8Array(12).fill(2);
  const aad = new Uint8Array(5).fill(3);
  const plaintext = new Uint8Array(size).fill(7);
  const options = { authTagLength: 16 };
  const aadOptions = { plaintextLength: size };
  const seal = () => {
    const cipher = createCipheriv(openssl, key, nonce, options);
    cipher.setAAD(aad, aadOptions);
    const body = cipher.update(plaintext);
    cipher.final();
    return [body, cipher.getAuthTag()];
  };
  const [body, tag] = seal();
  const open = (received) => {
    const cipher = createDecipheriv(openssl, key, nonce, options);
    cipher.setAAD(aad, aadOptions);
    cipher.setAuthTag(tag);
    const opened = cipher.update(received);
    cipher.final();
    return opened;
  };
  return {
    seal: (times) => () => {
      for (let i = 0; i < times; i++) seal();
    },
    open: (times) => {
      const received = copies(body, times);
      return () => {
        for (let i = 0; i < times; i++) open(received[i]);
      };
    },
  };
}

function sizeName(bytes) {
  return bytes < 1024 ? `${bytes} B` : `${bytes / 1024} KiB`;
}
