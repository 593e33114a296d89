/** ECHConfig and ECHConfigList: RFC 9849 4. */
import {
  asciiBytes,
  type Bytes,
  type BytesLike,
  isByteArray,
  latin1,
  unshared,
  viewBytes,
} from "../bytes.ts";
import type { HpkeSuite } from "../crypto/hpke.ts";
import type { RawExtension } from "../handshake/extensions/spec.ts";
import { Reader } from "../wire/reader.ts";
import { Writer } from "../wire/writer.ts";

/** RFC 9849 4: the version, and the code point of the extension. */
export const ECH_VERSION = 0xfe0d;

/** One of a server's keys, as it publishes it. Arrays are views on `raw`. */
export interface EchConfig {
  /** The whole ECHConfig, as HPKE binds it. */
  readonly raw: Uint8Array;
  readonly configId: number;
  /** HpkeKemId. */
  readonly kem: number;
  readonly publicKey: Uint8Array;
  readonly suites: readonly HpkeSuite[];
  /** Longest name that the server expects, for padding. */
  readonly maximumNameLength: number;
  /** The server name that is sent in the clear. */
  readonly publicName: string;
  readonly extensions: readonly RawExtension[];
}

/** Fields of an ECHConfig. */
export type EchConfigFields = Omit<EchConfig, "raw" | "extensions"> &
  Partial<Pick<EchConfig, "extensions">>;

/**
 * One ECHConfig.
 *
 * @example
 * ```ts
 * import {
 *   createEchKey,
 *   encodeEchConfig,
 *   encodeEchConfigList,
 *   parseEchConfigList,
 * } from "puretls/ech";
 * import { noble } from "puretls/crypto/noble";
 *
 * const key = createEchKey({ provider: noble, publicName: "front.example" });
 * for (const config of parseEchConfigList(encodeEchConfigList([key.config])))
 *   encodeEchConfig({ ...config, publicName: "other.example" });
 * ```
 */
export function encodeEchConfig(fields: EchConfigFields): Bytes {
  return new Writer()
    .u16(ECH_VERSION)
    .vector16((contents) => {
      contents
        .u8(fields.configId)
        .u16(fields.kem)
        .opaque16(fields.publicKey)
        .vector16((w) => {
          for (const { kdf, aead } of fields.suites) w.u16(kdf).u16(aead);
        })
        .u8(fields.maximumNameLength)
        .opaque8(asciiBytes(fields.publicName))
        .vector16((list) => {
          for (const { type, body } of fields.extensions ?? [])
            list.u16(type).opaque16(body);
        });
    })
    .finish();
}

/**
 * ECHConfigs as the list that clients get. See {@link parseEchConfigList} for
 * an example.
 */
export function encodeEchConfigList(
  configs: readonly (EchConfig | Uint8Array)[],
): Bytes {
  return new Writer()
    .vector16((list) => {
      for (const config of configs)
        list.bytes(isByteArray(config) ? config : config.raw);
    })
    .finish();
}

/**
 * The configs of a list, best first; those of another version are passed over
 * (RFC 9849 4). The bytes are copied.
 *
 * @throws TlsError `malformed_message`
 * @example
 * ```ts
 * import { createEchKey, encodeEchConfigList, parseEchConfigList } from "puretls/ech";
 * import { noble } from "puretls/crypto/noble";
 *
 * const { config } = createEchKey({ provider: noble, publicName: "front.example" });
 * const [read] = parseEchConfigList(encodeEchConfigList([config]));
 * if (read?.publicName !== "front.example") throw new Error("not the same");
 * ```
 */
export function parseEchConfigList(list: BytesLike): readonly EchConfig[] {
  const own = viewBytes(list, "an ECHConfigList").slice();
  return Reader.all(own, "ECHConfigList", (reader) =>
    reader.list16(readConfig, 1),
  ).filter((config) => config !== undefined);
}

/**
 * The list in a DNS HTTPS or SVCB record (RFC 9460): the value of its SvcParam
 * `ech` (RFC 9848). Undefined where the record has none, or is an alias.
 *
 * @param rdata the record's RDATA
 * @throws TlsError `malformed_message`
 * @example
 * ```ts
 * import { echConfigListOfRecord } from "puretls/ech";
 *
 * // Priority 1, the owner's own name, and SvcParam 5 with three bytes.
 * const rdata = Uint8Array.of(0, 1, 0, 0, 5, 0, 3, 1, 2, 3);
 * if (echConfigListOfRecord(rdata)?.length !== 3) throw new Error();
 * ```
 */
export function echConfigListOfRecord(rdata: BytesLike): Bytes | undefined {
  const own = viewBytes(rdata, "RDATA").slice();
  return Reader.all(own, "an HTTPS record", (reader) => {
    // SvcPriority, and TargetName without compression (RFC 9460 2.2).
    reader.u16();
    while (reader.opaque8().length > 0);
    let found: Bytes | undefined;
    while (reader.left > 0) {
      const key = reader.u16();
      const value = reader.opaque16();
      if (key === SVC_PARAM_ECH) found = unshared(value);
    }
    return found;
  });
}

/** RFC 9848 3. */
const SVC_PARAM_ECH = 5;

function readConfig(reader: Reader): EchConfig | undefined {
  const version = reader.u16();
  const contents = reader.opaque16();
  if (version !== ECH_VERSION) return undefined;
  const raw = new Writer().u16(version).opaque16(contents).finish();
  return Reader.all(raw.subarray(4), "ECHConfig", (r) => ({
    raw,
    configId: r.u8(),
    kem: r.u16(),
    publicKey: r.opaque16(1),
    suites: r.list16((s) => ({ kdf: s.u16(), aead: s.u16() }), 1),
    maximumNameLength: r.u8(),
    publicName: latin1(r.opaque8(1)),
    extensions: r.list16((e) => ({ type: e.u16(), body: e.opaque16() })),
  }));
}

/**
 * RFC 9849 6.1.7: labels of letters, digits and hyphens, and no IPv4 address
 * in any of its spellings.
 */
export function isPublicName(name: string): boolean {
  const labels = name.split(".");
  return (
    name.length <= 253 &&
    labels.every((label) =>
      /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(label),
    ) &&
    !/^(\d+|0x[0-9a-f]*)$/i.test(labels[labels.length - 1] ?? "")
  );
}

/** RFC 9849 4.2: the high bit of a type says that it must be understood. */
export function hasMandatoryExtension({ extensions }: EchConfig): boolean {
  return extensions.some(({ type }) => (type & 0x8000) !== 0);
}
