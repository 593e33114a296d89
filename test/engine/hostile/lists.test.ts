/** Lists of a peer's choice: twice as long, they are twice the work. */
import { describe, expect, it } from "vitest";
import { concat, utf8Bytes } from "../../../src/bytes.ts";
import {
  type ClientOptions,
  type ServerOptions,
  TlsEngine,
} from "../../../src/engine/index.ts";
import type { Extensions } from "../../../src/handshake/extensions/spec.ts";
import { EVERY_EXTENSION } from "../../../src/handshake/features/every-feature.ts";
import { encodeCertificateRequest13 } from "../../../src/handshake/messages/certificate-request13.ts";
import { encodeClientHello } from "../../../src/handshake/messages/client-hello.ts";
import { listSteps } from "../../support/counting.ts";
import { testCredential, testServerConfig } from "../../support/engines.ts";
import { forgeable } from "../../support/forger.ts";
import { framed } from "../../support/records12.ts";

const numbers = (count: number, from = 0x4000): number[] =>
  Array.from({ length: count }, (_, i) => from + i);

/** Unassigned numbers, followed by one that is known. */
const andLast = (last: number, count: number): number[] => [
  ...numbers(count),
  last,
];

interface Hello {
  readonly cipherSuites?: readonly number[];
  readonly extensions?: Extensions<"client_hello">;
  readonly unknown?: number;
}

/** A ClientHello in as many records as it needs. */
function helloOf({ cipherSuites = [0x1301], extensions, unknown = 0 }: Hello) {
  const message = encodeClientHello(
    EVERY_EXTENSION,
    {
      legacyVersion: 0x0303,
      random: new Uint8Array(32).fill(1),
      legacySessionId: new Uint8Array(0),
      cipherSuites,
      extensions: {
        supported_versions: [0x0304],
        supported_groups: [0x001d],
        signature_algorithms: [0x0403],
        key_share: [share(0x001d)],
        ...extensions,
      },
    },
    {
      verbatim: numbers(unknown).map((type) => ({
        type,
        body: new Uint8Array(0),
      })),
    },
  );
  return inRecords(message);
}

function inRecords(message: Uint8Array): Uint8Array {
  const records: Uint8Array[] = [];
  for (let at = 0; at < message.length; at += 16_384)
    records.push(framed(22, message.subarray(at, at + 16_384)));
  return concat(...records);
}

const share = (group: number) => ({
  group,
  share: new Uint8Array(group === 0x001d ? 32 : 1).fill(9),
});

const TLS12 = { supported_versions: [0x0303], supported_groups: [0x1d, 0x17] };

/**
 * A hello with a list of so many elements, for each list; and the server's
 * options.
 */
const HELLOS: readonly (readonly [
  string,
  (count: number) => Hello,
  Partial<ServerOptions>?,
])[] = [
  [
    "key shares and groups",
    (n) => ({
      extensions: {
        supported_groups: andLast(0x001d, n),
        key_share: [...numbers(n).reverse().map(share), share(0x001d)],
      },
    }),
  ],
  // [9846-4.2.2-12]
  ["cipher suites", (n) => ({ cipherSuites: andLast(0x1301, n) })],
  [
    "cipher suites in the client's order",
    (n) => ({ cipherSuites: [...numbers(n), 0x1303, 0x1302, 0x1301] }),
    { cipherPreference: "client" },
  ],
  [
    "cipher suites of TLS 1.2",
    (n) => ({
      cipherSuites: [...numbers(n), 0xc02c, 0xcca9, 0xc02b],
      extensions: TLS12,
    }),
    { cipherPreference: "client" },
  ],
  [
    "signature schemes",
    (n) => ({ extensions: { signature_algorithms: andLast(0x0403, n) } }),
  ],
  [
    "signature schemes of TLS 1.2",
    (n) => ({
      cipherSuites: [0xc02b],
      extensions: { ...TLS12, signature_algorithms: andLast(0x0403, n) },
    }),
  ],
  [
    "signature schemes of certificates",
    (n) => ({ extensions: { signature_algorithms_cert: numbers(n) } }),
  ],
  [
    "protocols",
    (n) => ({
      extensions: {
        application_layer_protocol_negotiation: [
          ...numbers(n).map(String),
          "h2",
        ],
      },
    }),
    { alpnProtocols: ["other", "h2"] },
  ],
  [
    "PSK identities and binders",
    (n) => ({
      extensions: {
        psk_key_exchange_modes: [1],
        pre_shared_key: {
          identities: numbers(n).map((one) => ({
            identity: utf8Bytes(`device ${one}`),
            obfuscatedTicketAge: 0,
          })),
          binders: numbers(n).map(() => new Uint8Array(32)),
        },
      },
    }),
    { psk: () => undefined },
  ],
  ["extensions", (n) => ({ unknown: n })],
  [
    "authorities",
    (n) => ({
      extensions: {
        certificate_authorities: numbers(n).map((one) => name(one)),
      },
    }),
  ],
  [
    "schemes of delegated credentials",
    (n) => ({ extensions: { delegated_credential: numbers(n) } }),
  ],
];

/** DER of an unknown name, as long as that of the tests' authority. */
function name(number: number): Uint8Array {
  return new Uint8Array(40).fill(number & 255);
}

/** Holds the work to the length: what a list adds, twice the list adds twice. */
function expectLinear(steps: (count: number) => number): void {
  // What is made once for all connections is none of the peer's work.
  const least = (count: number): number =>
    Math.min(steps(count), steps(count), steps(count));
  const [none, once, twice] = [least(1), least(400), least(800)];
  expect(twice - once).toBeLessThan(1.3 * (once - none) + 100);
  // And it is no great number an element.
  expect(once - none).toBeLessThan(400 * 120);
}

// [9846-9.2-01]
describe("lists of a ClientHello", () => {
  for (const [what, hello, options = {}] of HELLOS)
    it(what, () => {
      const config = testServerConfig(options);
      expectLinear((count) => {
        const bytes = helloOf(hello(count));
        const server = TlsEngine.server(config);
        const steps = listSteps(() => server.receive(bytes));
        expect(server.error).toBeUndefined();
        return steps;
      });
    });
});

it.each([
  ["TLS 1.3", 0x1301, {}],
  ["TLS 1.2", 0xc02b, TLS12],
])(
  "schemes of %s that fit nothing are walked once for all certificates",
  (_what, suite, base) => {
    const bytes = helloOf({
      cipherSuites: [suite],
      extensions: { ...base, signature_algorithms: numbers(2000) },
    });
    const stepsWith = (count: number): number => {
      const credentials = Array.from({ length: count }, () => testCredential());
      const server = TlsEngine.server(testServerConfig({ credentials }));
      const steps = listSteps(() => server.receive(bytes));
      expect(server.error?.reason).toMatch(/^no_shared_/);
      return steps;
    };
    stepsWith(1);
    expect(stepsWith(8) - stepsWith(1)).toBeLessThan(2000);
  },
);

describe("lists of a CertificateRequest", () => {
  const client: Partial<ClientOptions> = {
    postHandshakeAuth: true,
    credentials: [testCredential("ec-p256", "client")],
  };
  const REQUESTS: readonly (readonly [
    string,
    (count: number) => Extensions<"certificate_request">,
  ])[] = [
    [
      "authorities",
      (n) => ({ certificate_authorities: numbers(n).map((one) => name(one)) }),
    ],
    ["signature schemes", (n) => ({ signature_algorithms: numbers(n) })],
    [
      "schemes of certificates",
      (n) => ({ signature_algorithms_cert: numbers(n) }),
    ],
  ];
  for (const [what, extensions] of REQUESTS)
    it(what, () => {
      expectLinear((count) => {
        const forged = forgeable({ client });
        const request = encodeCertificateRequest13(
          EVERY_EXTENSION,
          Uint8Array.of(1),
          { signature_algorithms: [0x0403], ...extensions(count) },
        );
        const records: Uint8Array[] = [];
        for (let at = 0; at < request.length; at += 16_384)
          records.push(
            forged.forge("server", 22, request.subarray(at, at + 16_384)),
          );
        const steps = listSteps(() =>
          forged.client.receive(concat(...records)),
        );
        expect(forged.client.error).toBeUndefined();
        return steps;
      });
    });
});
