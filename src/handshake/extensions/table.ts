/**
 * The extensions that a config knows, and the functions that read and write a
 * message's extensions by them.
 */
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import { Reader } from "../../wire/reader.ts";
import type { Writer } from "../../wire/writer.ts";
import type {
  AskingConfig,
  Carrier,
  CertificateAsked,
  ExtensionBodies,
  Extensions,
  ExtensionSpec,
  OfferContext,
  RawExtension,
  Stapled,
} from "./spec.ts";

/**
 * Rows in the order in which a ClientHello carries them. What has no row is as
 * a peer that never heard of it has it: ignored, and never said.
 */
export class ExtensionTable {
  readonly rows: readonly ExtensionSpec[];
  readonly #byType: ReadonlyMap<number, ExtensionSpec>;

  constructor(rows: readonly ExtensionSpec[]) {
    // RFC 8446 4.2.11: pre_shared_key "MUST be the last extension".
    const isLast = ({ type }: ExtensionSpec): boolean =>
      type === ExtensionType.pre_shared_key;
    this.rows = [...rows.filter((row) => !isLast(row)), ...rows.filter(isLast)];
    this.#byType = new Map(this.rows.map((row) => [row.type, row]));
  }

  rowOf(type: number): ExtensionSpec | undefined {
    return this.#byType.get(type);
  }
}

/** What a message's extensions said. */
export interface ReadExtensions<C extends Carrier> {
  readonly known: Extensions<C>;
  /** Types in the order in which they came, the unknown ones too. */
  readonly types: readonly number[];
}

/**
 * Reads `Extension extensions<..>` of a message.
 *
 * @throws TlsError for a duplicate, or one that has no place in that message
 */
export function readExtensions<C extends Carrier>(
  table: ExtensionTable,
  reader: Reader,
  carrier: C,
): ReadExtensions<C> {
  const known: Partial<ExtensionBodies[C]> = {};
  const seen = new Set<number>();
  reader.list16((entry) => {
    const type = entry.u16();
    const body = entry.opaque16();
    if (seen.has(type))
      throw new TlsError(
        HELLOS.has(carrier)
          ? reason.duplicate_extension
          : reason.repeated_extension,
        { detail: `type ${type}` },
      );
    seen.add(type);
    const spec = table.rowOf(type);
    if (spec === undefined) return;
    const cell = spec.carriers[carrier];
    if (cell === undefined) throw misplaced(carrier, spec.name);
    Reader.all(body, spec.name, (r) => cell.read(r, known));
  });
  return { known, types: [...seen] };
}

/** RFC 8446 4.2 has no alert for it: these are read as BoringSSL reads them. */
const HELLOS: ReadonlySet<Carrier> = new Set([
  "client_hello",
  "server_hello",
  "server_hello12",
  "encrypted_extensions",
]);

/** RFC 8446 4.2; in RFC 5246 7.4.1.4 there is one alert for all of these. */
function misplaced(carrier: Carrier, name: string): TlsError {
  const why =
    carrier === "server_hello12"
      ? reason.unsolicited_extension
      : reason.misplaced_extension;
  return new TlsError(why, { detail: `${name} in ${carrier}` });
}

/** RFC 5246 7.4.1.2: before TLS 1.3 a hello may have no extensions at all. */
export function readOptionalExtensions<C extends Carrier>(
  table: ExtensionTable,
  reader: Reader,
  carrier: C,
): ReadExtensions<C> {
  const none: Partial<ExtensionBodies[C]> = {};
  return reader.left === 0
    ? { known: none, types: [] }
    : readExtensions(table, reader, carrier);
}

/**
 * Writes a message's extensions in the order of the table, with `verbatim`
 * ones in place of those of the same type, or first when the table has none.
 */
export function writeExtensions<C extends Carrier>(
  table: ExtensionTable,
  writer: Writer,
  carrier: C,
  bodies: Extensions<C>,
  shape: ExtensionShape = {},
): void {
  writer.vector16((list) => {
    for (const { type, body } of listExtensions(table, carrier, bodies, shape))
      list.u16(type).vector16((w) => body(w));
  });
}

/** The types that {@link writeExtensions} writes, in that order. */
export function extensionTypes<C extends Carrier>(
  table: ExtensionTable,
  carrier: C,
  bodies: Extensions<C>,
  shape: ExtensionShape = {},
): readonly number[] {
  return listExtensions(table, carrier, bodies, shape).map(({ type }) => type);
}

/** How a message's extensions depart from what puretls would write. */
export interface ExtensionShape {
  /** Written as they are, in place of those of the same type. */
  readonly verbatim?: readonly RawExtension[];
  /** Types in the order wanted; those not named follow behind. */
  readonly order?: readonly number[];
  /** Types that are left out. */
  readonly omit?: readonly number[];
  /** Before all others, and behind all but pre_shared_key. */
  readonly around?: readonly [RawExtension, RawExtension];
}

interface WritableExtension {
  readonly type: number;
  readonly body: (writer: Writer) => void;
}

function listExtensions<C extends Carrier>(
  table: ExtensionTable,
  carrier: C,
  bodies: Extensions<C>,
  { verbatim = [], order, omit = [], around }: ExtensionShape,
): readonly WritableExtension[] {
  const replaced = new Set([...verbatim.map(({ type }) => type), ...omit]);
  const list = verbatim.map(asItIs);
  for (const spec of table.rows) {
    const cell = spec.carriers[carrier];
    if (cell?.has(bodies) && !replaced.has(spec.type))
      list.push({ type: spec.type, body: (w) => cell.write(w, bodies) });
  }
  if (order !== undefined) {
    const rank = new Map(order.map((type, index) => [type, index]));
    const rankOf = ({ type }: WritableExtension): number =>
      rank.get(type) ?? order.length;
    list.sort((a, b) => rankOf(a) - rankOf(b));
  }
  if (around === undefined) return list;
  const isPsk = ({ type }: WritableExtension): boolean =>
    type === ExtensionType.pre_shared_key;
  const [first, last] = around;
  return [
    asItIs(first),
    ...list.filter((one) => !isPsk(one)),
    asItIs(last),
    ...list.filter(isPsk),
  ];
}

function asItIs({ type, body }: RawExtension): WritableExtension {
  return { type, body: (w) => w.bytes(body) };
}

/** What a client offers, row by row. */
export function offerExtensions(
  table: ExtensionTable,
  context: OfferContext,
): Extensions<"client_hello"> {
  const bodies: Partial<ExtensionBodies["client_hello"]> = {};
  for (const spec of table.rows) spec.offer?.(context, bodies);
  return bodies;
}

/** What a server asks a client for beside a signature, row by row. */
export function requestExtensions(
  table: ExtensionTable,
  config: AskingConfig,
): Extensions<"certificate_request"> {
  const bodies: Partial<ExtensionBodies["certificate_request"]> = {};
  for (const spec of table.rows) spec.request?.(config, bodies);
  return bodies;
}

/** What goes beside a leaf certificate, row by row: RFC 8446 4.4.2. */
export function stapleExtensions(
  table: ExtensionTable,
  credential: Stapled,
  asked: CertificateAsked,
): Extensions<"certificate"> {
  const bodies: Partial<ExtensionBodies["certificate"]> = {};
  for (const spec of table.rows) spec.staple?.(credential, asked, bodies);
  return bodies;
}

/**
 * RFC 8446 4.2: an answer to what was not offered ends the connection.
 *
 * @throws TlsError
 */
export function checkSolicited(
  types: readonly number[],
  offered: ReadonlySet<number>,
): void {
  for (const type of types)
    if (!offered.has(type))
      throw new TlsError(reason.unsolicited_extension, {
        detail: `type ${type}`,
      });
}
