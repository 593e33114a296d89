/**
 * Values that a peer makes up and this side compares: tags, MACs, Finished,
 * binders.
 */
import { concat, fromHex, Secret } from "../../../src/bytes.ts";
import type { AeadName } from "../../../src/crypto/provider.ts";
import { verifyFinished } from "../../../src/handshake/authentication/signatures-and-finished.ts";
import { trafficSecret } from "../../../src/handshake/keys/key-schedule13.ts";
import {
  PendingTranscript,
  Transcript,
} from "../../../src/handshake/keys/transcript.ts";
import { CIPHER_SUITES } from "../../../src/engine/index.ts";
import {
  binderOf,
  boundPsk,
  externalKey,
} from "../../../src/handshake/sessions/psk.ts";
import { createRetryCookies } from "../../../src/handshake/sessions/retry-cookies.ts";
import type { Session } from "../../../src/handshake/sessions/session.ts";
import { TicketKeys } from "../../../src/handshake/sessions/ticket-keys.ts";
import type { Random } from "../random.ts";
import {
  type Class,
  failing,
  present,
  PROVIDER_NAMES,
  type ProviderName,
  PROVIDERS,
  type Row,
  type Subject,
} from "../row.ts";

const NOW = Date.UTC(2026, 0, 1);
const FIRST_OR_LAST = ["first byte wrong", "last byte wrong"] as const;

type Make = (provider: ProviderName, random: Random) => Subject;

const BY_PLACE: readonly (readonly [string, Make])[] = [
  ...(["AES-128-GCM", "AES-256-CCM", "ChaCha20-Poly1305"] as const).map(
    (name): readonly [string, Make] => [
      `${name}, tag of a record`,
      (provider, random) => aeadTag(provider, name, random),
    ],
  ),
  ["Finished of TLS 1.3", finished],
  ["PSK binder", binder],
  ["ticket, tag", ticketTag],
  ["cookie of a HelloRetryRequest, MAC", cookie],
];

export const comparisonRows: readonly Row[] = [
  ...PROVIDER_NAMES.flatMap((provider) =>
    BY_PLACE.map(([name, make]): Row => ({
      name,
      provider,
      classes: FIRST_OR_LAST,
      samples: 60_000,
      make: (random) => make(provider, random),
    })),
  ),
  ...PROVIDER_NAMES.map((provider): Row => ({
    name: "ticket, nonce chosen by a stranger",
    provider,
    classes: ["one nonce", "random nonces"],
    samples: 60_000,
    make: (random) => ticketNonce(provider, random),
  })),
  ...PROVIDER_NAMES.map((provider): Row => ({
    name: "AES-256-GCM, nonce chosen by a stranger",
    provider,
    classes: ["one nonce", "random nonces"],
    samples: 60_000,
    make: (random) => aesNonce(provider, random),
  })),
];

/** Copies right bytes, and flips a bit in the first or the last of the tag. */
function spoil(
  to: Uint8Array,
  right: Uint8Array,
  tagAt: number,
  tagLength: number,
  which: Class,
): void {
  to.set(right);
  const at = tagAt + which * (tagLength - 1);
  to[at] = (to[at] ?? 0) ^ 1;
}

function aeadTag(
  provider: ProviderName,
  name: AeadName,
  random: Random,
): Subject {
  const aead = present(PROVIDERS[provider].aeads[name]);
  const key = aead.key(random.bytes(aead.keyLength));
  const [nonce, aad, plaintext] = [12, 5, 256].map(random.bytes);
  const length = 256 + aead.tagLength;
  const [sealed, input] = [new Uint8Array(length), new Uint8Array(length)];
  const [n, a, p] = [present(nonce), present(aad), present(plaintext)];
  return {
    prepare(which) {
      random.fill(n);
      random.fill(p);
      key.seal(n, a, p, sealed);
      spoil(input, sealed, 256, aead.tagLength, which);
    },
    run() {
      if (key.open(n, a, input) !== undefined) throw new Error("was opened");
    },
  };
}

function finished(provider: ProviderName, random: Random): Subject {
  const hash = PROVIDERS[provider].hashes["SHA-256"];
  const secret = trafficSecret(hash, new Secret(random.bytes(32)), "client");
  const running = hash.create();
  running.update(random.bytes(1000));
  const transcript = new Transcript(hash, running);
  const right = secret.finished(transcript.digest());
  const verifyData = right.slice();
  const message = { raw: verifyData, verifyData };
  return {
    prepare: (which) => spoil(verifyData, right, 0, right.length, which),
    run: () => failing(() => verifyFinished(secret, transcript, message)),
  };
}

function binder(provider: ProviderName, random: Random): Subject {
  const hash = PROVIDERS[provider].hashes["SHA-256"];
  const psk = externalKey(
    {
      identity: random.bytes(16),
      key: random.bytes(32),
      hash: "SHA-256",
      imported: false,
    },
    {},
  );
  const hello = random.bytes(400);
  const wrong = new Uint8Array(32);
  const options = {
    hash,
    psk,
    index: 0,
    offered: {
      identities: [{ identity: psk.identity, obfuscatedTicketAge: 0 }],
      binders: [wrong],
    },
    before: new PendingTranscript(),
    hello,
  };
  // Two bytes of length, one of the binder's own, and the binder.
  const truncated = hello.subarray(0, hello.length - 35);
  const right = binderOf(hash, psk, options.before, truncated);
  return {
    prepare: (which) => spoil(wrong, right, 0, right.length, which),
    run: () => failing(() => boundPsk(options)),
  };
}

function ticketTag(provider: ProviderName, random: Random): Subject {
  const tickets = ticketKeys(provider, random);
  const sealed = present(tickets.seal(session(random)));
  const ticket = sealed.slice();
  return {
    prepare: (which) => spoil(ticket, sealed, sealed.length - 16, 16, which),
    run() {
      if (tickets.open(ticket) !== undefined) throw new Error("was opened");
    },
  };
}

/** A stranger knows the key's name, and nothing else. */
function ticketNonce(provider: ProviderName, random: Random): Subject {
  const tickets = ticketKeys(provider, random);
  const ticket = present(tickets.seal(session(random)));
  const [fixed, drawn] = [random.bytes(12), new Uint8Array(12)];
  return {
    prepare(which) {
      random.fill(drawn);
      random.fill(ticket.subarray(16 + 12));
      ticket.set(which === 0 ? fixed : drawn, 16);
    },
    run() {
      if (tickets.open(ticket) !== undefined) throw new Error("was opened");
    },
  };
}

/**
 * The timing that tickets would have under AES: the reason for
 * ChaCha20-Poly1305.
 */
function aesNonce(provider: ProviderName, random: Random): Subject {
  const aead = present(PROVIDERS[provider].aeads["AES-256-GCM"]);
  const key = aead.key(random.bytes(32));
  const [fixed, drawn] = [random.bytes(12), new Uint8Array(12)];
  const [nonce, aad, input] = [12, 5, 256].map(random.bytes);
  const [n, a, sealed] = [present(nonce), present(aad), present(input)];
  return {
    prepare(which) {
      random.fill(drawn);
      random.fill(sealed);
      n.set(which === 0 ? fixed : drawn);
    },
    run() {
      if (key.open(n, a, sealed) !== undefined) throw new Error("was opened");
    },
  };
}

function cookie(provider: ProviderName, random: Random): Subject {
  const cookies = createRetryCookies({
    provider: PROVIDERS[provider],
    key: random.bytes(32),
  });
  const sealed = cookies.seal(
    {
      suite: 0x1301,
      group: 29,
      earlyData: false,
      digest: random.bytes(32),
      fixed: random.bytes(32),
    },
    NOW,
  );
  const spoilt = sealed.slice();
  return {
    prepare: (which) => spoil(spoilt, sealed, sealed.length - 32, 32, which),
    run() {
      if (cookies.open(spoilt, NOW) !== undefined)
        throw new Error("was opened");
    },
  };
}

function ticketKeys(provider: ProviderName, random: Random): TicketKeys {
  return new TicketKeys({
    provider: { ...PROVIDERS[provider], now: () => NOW, random: random.bytes },
  });
}

function session(random: Random): Session {
  return {
    version: "TLSv1.3",
    cipherSuite: CIPHER_SUITES.TLS_AES_128_GCM_SHA256,
    createdAt: NOW,
    authenticatedAt: NOW,
    lifetimeSeconds: 7200,
    serverName: "localhost",
    alpnProtocol: "h2",
    sessionContext: fromHex("c0ffee"),
    peerCertificates: [],
    stapled: {},
    serverEndPoint: random.bytes(32),
    peer: undefined,
    psk: new Secret(random.bytes(32)),
    ticket: concat(),
    ageAdd: 1,
    maxEarlyData: 0,
    strikeRegister: concat(),
    ofExternalPsk: false,
  };
}
