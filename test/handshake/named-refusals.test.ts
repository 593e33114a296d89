/** Details of refusals that no program at hand brings about; see test/interop/refusals. */
import { describe, expect, it } from "vitest";
import { NO_BYTES } from "../../src/bytes.ts";
import type { ServerOptions } from "../../src/engine/index.ts";
import { advanceByMessage } from "../../src/engine/connection-state.ts";
import type { TlsError } from "../../src/errors.ts";
import { EVERY_EXTENSION } from "../../src/handshake/features/every-feature.ts";
import {
  type ClientHello,
  encodeClientHello,
  readClientHello,
} from "../../src/handshake/messages/client-hello.ts";
import {
  listed,
  listedCodes,
  listedProtocols,
  versionText,
} from "../../src/handshake/registries/listing.ts";
import { testClientConfig, testServerConfig } from "../support/engines.ts";
import {
  MACHINES,
  message,
  runMachines,
  silentIo,
} from "../support/machines.ts";

/** The error of a server, or of its client, where the hello was changed. */
function refusal(
  change: (hello: ClientHello) => Partial<ClientHello>,
  options: Partial<ServerOptions> = {},
): TlsError | undefined {
  const { failed } = runMachines(
    testClientConfig({ grease: false }),
    testServerConfig(options),
    (name, raw) => {
      if (name !== "client_hello") return [raw];
      const hello = readClientHello(
        { type: 1, body: raw.subarray(4), raw },
        EVERY_EXTENSION,
      );
      const changed = { ...hello, ...change(hello) };
      return [encodeClientHello(EVERY_EXTENSION, changed)];
    },
  );
  return failed?.error;
}

describe("lists in errors", () => {
  it("are bounded, without GREASE, and count what has no name here", () => {
    const names = Array.from({ length: 9 }, (_, i) => `n${i.toString()}`);
    expect(listed(names)).toBe("n0, n1, n2, n3, n4, n5 and 3 more");
    expect(listed(["a"])).toBe("a");
    expect(listed([])).toBe("none");
    const table = new Map([[7, "seven"]]);
    expect(listedCodes([0x1a1a, 7, 7, 8, 9], table)).toBe(
      "seven and 2 that are not known here",
    );
    expect(listedCodes([8], table)).toBe("1 that is not known here");
    const many = Array.from({ length: 60_000 }, (_, i) => i);
    expect(listedCodes(many, table).length).toBeLessThan(60);
  });

  it("have a peer's text in ASCII, and not much of it", () => {
    const text = listedProtocols(["\u001b[2J\n", "x".repeat(255)]);
    expect(text).toMatch(/^"\\x1b\[2J\\x0a" and "x{40}…"$/);
  });

  it("name versions", () => {
    expect([0x0300, 0x0301, 0x0302, 0x0304, 0x7f1c].map(versionText)).toEqual([
      "SSL 3.0",
      "TLS 1.0",
      "TLS 1.1",
      "TLS 1.3",
      "version 7f1c",
    ]);
  });
});

describe("a server's refusal", () => {
  it("names the versions of supported_versions", () => {
    const error = refusal(({ extensions }) => ({
      extensions: {
        ...extensions,
        supported_versions: [0x3a3a, 0x0302, 0x0301, 0x7f1c],
      },
    }));
    expect(error?.reason).toBe("unsupported_protocol");
    expect(error?.detail).toBe(
      "the client offers TLS 1.1, TLS 1.0 and version 7f1c alone; TLSv1.3 and TLSv1.2 are enabled here",
    );
    expect(error?.remedy).toBeUndefined();
  });

  it("names the version of a client that falls back", () => {
    const error = refusal(({ extensions, cipherSuites }) => {
      const { supported_versions: _none, ...rest } = extensions;
      return {
        legacyVersion: 0x0302,
        extensions: rest,
        cipherSuites: [...cipherSuites, 0x5600],
      };
    });
    expect(error?.reason).toBe("inappropriate_fallback");
    expect(error?.detail).toMatch(/^the client speaks TLS 1\.1 at most; /);
  });

  it("names SSL 3.0", () => {
    const error = refusal(() => ({ legacyVersion: 0x0300 }));
    expect(error?.detail).toBe("the client speaks SSL 3.0 at most");
  });

  it("names no setting for suites that its provider has not", () => {
    const { provider } = testServerConfig();
    const error = refusal(
      ({ extensions }) => {
        const { supported_versions: _none, ...rest } = extensions;
        return { extensions: rest, cipherSuites: [0xc013, 0x002f] };
      },
      { provider: { ...provider, cbcs: {} } },
    );
    expect(error?.reason).toBe("no_shared_cipher");
    expect(error?.detail).toContain("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA");
    expect(error?.remedy).toBeUndefined();
  });
});

describe("a client's refusal", () => {
  it("prints the protocol that was chosen, escaped", () => {
    const { failed } = runMachines(
      testClientConfig({ alpnProtocols: ["h2"] }),
      testServerConfig({ alpnProtocols: ["h2"] }),
      (name, raw) => {
        if (name !== "encrypted_extensions") return [raw];
        const changed = raw.slice();
        const at = changed.findIndex(
          (byte, i) => byte === 0x68 && changed[i + 1] === 0x32,
        );
        changed[at] = 0x1b;
        return [changed];
      },
    );
    expect(failed?.error.reason).toBe("wrong_protocol_returned");
    expect(failed?.error.detail).toBe(
      'it chose "\\x1b2"; this client offers "h2"',
    );
  });
});

describe("renegotiation after TLS 1.3", () => {
  const { client, server } = runMachines(
    testClientConfig(),
    testServerConfig(),
  );

  it.each([
    ["client", "hello_request", client],
    ["server", "client_hello", server],
  ] as const)("is named by a %s that gets a %s", (_role, name, state) => {
    const raw = message(name, NO_BYTES);
    const received = { type: raw[0] ?? 0, body: raw.subarray(4), raw };
    expect(() =>
      advanceByMessage(MACHINES, state, received, silentIo({})),
    ).toThrow(
      `a handshake message is not allowed in this state (${name} in state CONNECTED: the peer wants to renegotiate, which TLS 1.3 does not have)`,
    );
    // What no one takes for one is not called so.
    const other = { ...received, type: 8 };
    expect(() =>
      advanceByMessage(MACHINES, state, other, silentIo({})),
    ).toThrow(/\(encrypted_extensions in state CONNECTED\)$/);
  });
});
