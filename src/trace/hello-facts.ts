/** Reads of the hellos what decides the keys, whatever else they hold. */
import { equal } from "../bytes.ts";
import { TlsError } from "../errors.ts";
import { HELLO_RETRY_RANDOM } from "../handshake/messages/server-hello.ts";
import { ExtensionType } from "../wire/code-points.ts";
import { Reader } from "../wire/reader.ts";

export interface ClientHelloFacts {
  readonly random: Uint8Array;
  readonly cipherSuites: readonly number[];
  readonly offersEarlyData: boolean;
  readonly offersEch: boolean;
}

export interface ServerHelloFacts {
  readonly random: Uint8Array;
  readonly cipherSuite: number;
  readonly isRetry: boolean;
  readonly encryptThenMac: boolean;
}

/** @returns undefined for a body that is no ClientHello */
export function clientHelloFacts(
  body: Uint8Array,
): ClientHelloFacts | undefined {
  return lenient(body, "ClientHello", (reader) => {
    reader.u16();
    const random = reader.bytes(32).slice();
    reader.opaque8();
    const cipherSuites = reader.list16((item) => item.u16());
    reader.opaque8();
    const types = extensionsOf(reader);
    const offersEarlyData = types.has(ExtensionType.early_data);
    const offersEch = types.has(ExtensionType.encrypted_client_hello);
    return { random, cipherSuites, offersEarlyData, offersEch };
  });
}

/** @returns undefined for a body that is no ServerHello */
export function serverHelloFacts(
  body: Uint8Array,
): ServerHelloFacts | undefined {
  return lenient(body, "ServerHello", (reader) => {
    reader.u16();
    const random = reader.bytes(32).slice();
    reader.opaque8();
    const cipherSuite = reader.u16();
    reader.u8();
    const extensions = extensionsOf(reader);
    return {
      ...{ random, cipherSuite },
      isRetry: equal(random, HELLO_RETRY_RANDOM),
      encryptThenMac: extensions.has(ExtensionType.encrypt_then_mac),
    };
  });
}

function extensionsOf(reader: Reader): ReadonlySet<number> {
  if (reader.left === 0) return new Set();
  return new Set(
    reader.list16((item) => {
      const type = item.u16();
      item.opaque16();
      return type;
    }),
  );
}

function lenient<T>(
  body: Uint8Array,
  what: string,
  read: (reader: Reader) => T,
): T | undefined {
  try {
    return read(new Reader(body, what));
  } catch (error) {
    if (!(error instanceof TlsError)) throw error;
    return undefined;
  }
}
