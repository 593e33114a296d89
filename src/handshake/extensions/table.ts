/**
 * The extensions that a config knows, and the functions that read and write a
 * message's extensions by them.
 */
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import { Reader } from "../../wire/reader.ts";
import type { Writer } from "../../wire/writer.ts";
import { X509_ALONE } from "../registries/certificate-types.ts";
import { isGrease } from "../registries/grease.ts";
import type {
  AgreeContext,
  Agreed,
  AnswerContext,
  Answering,
  Answers,
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
    // RFC 9846 4.3.11: pre_shared_key "MUST be the last extension".
    const isLast = ({ type }: ExtensionSpec): boolean =>
      type === ExtensionType.pre_shared_key;
    // [9846-4.3-08] [9846-4.3.11-15]
    this.rows = [...rows.filter((row) => !isLast(row)), ...rows.filter(isLast)];
    this.#byType = new Map(this.rows.map((row) => [row.type, row]));
  }

  rowOf(type: number): ExtensionSpec | undefined {
    return this.#byType.get(type);
  }
}

/** Content of a message's extensions. */
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
    // [5246-7.4.1.4-04] [9846-4.3-09b] [9846-6-07b]
    if (seen.has(type))
      throw new TlsError(
        HELLOS.has(carrier)
          ? reason.duplicate_extension
          : reason.repeated_extension,
        { detail: `type ${type}` },
      );
    seen.add(type);
    const spec = table.rowOf(type);
    // [5746-3.6-05] [9846-4.2.2-17] [9846-4.4.2-07] [9846-4.5.1.1-02]
    // [9846-4.5.1.1-03] [9846-4.7.1-16] [9846-9.3-05] [9846-9.3-06]
    if (spec === undefined) return;
    const cell = spec.carriers[carrier];
    // [9846-4.3-07a] [9846-4.4.1-02]
    if (cell === undefined) throw misplaced(carrier, spec.name);
    // [9846-4.3-02]
    Reader.all(body, spec.name, (r) => cell.read(r, known));
  });
  return { known, types: [...seen] };
}

/** RFC 9846 4.3 has no alert for it: these are read as BoringSSL reads them. */
const HELLOS: ReadonlySet<Carrier> = new Set([
  "client_hello",
  "server_hello",
  "server_hello12",
  "encrypted_extensions",
]);

/** RFC 9846 4.3; in RFC 5246 7.4.1.4 there is one alert for all of these. */
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
  // [9846-4.2.2-18]
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
      // [9846-4.3-01]
      list.u16(type).vector16(body);
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

/** Changes to a message's extensions as puretls would write them. */
export interface ExtensionShape {
  /** Written as they are, in place of those of the same type. */
  readonly verbatim?: readonly RawExtension[];
  /**
   * Types in the order wanted; those not named follow behind, and pre_shared_key
   * of a ClientHello comes last (RFC 9846 4.3.11).
   */
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
  const list = verbatim.map(asItIs);
  for (const { type, carriers } of table.rows) {
    const cell = carriers[carrier];
    if (!cell?.has(bodies)) continue;
    // [9846-4.3-09a]
    if (omit.includes(type) || verbatim.some((one) => one.type === type))
      continue;
    list.push({ type, body: (w) => cell.write(w, bodies) });
  }
  if (order !== undefined) {
    const rank = new Map(order.map((type, index) => [type, index]));
    const isLast = (type: number): boolean =>
      carrier === "client_hello" && type === ExtensionType.pre_shared_key;
    const rankOf = ({ type }: WritableExtension): number =>
      isLast(type) ? order.length + 1 : (rank.get(type) ?? order.length);
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

// [9846-9.2-02]
/** Returns the extensions that a client offers, row by row. */
export function offerExtensions(
  table: ExtensionTable,
  context: OfferContext,
): Extensions<"client_hello"> {
  const bodies: Partial<ExtensionBodies["client_hello"]> = {};
  for (const spec of table.rows) spec.offer?.(context, bodies);
  return bodies;
}

/** Returns a server's answers, row by row, and the agreement that follows. */
export function answerExtensions(
  table: ExtensionTable,
  message: Answering,
  context: AnswerContext,
): { readonly answers: Answers; readonly agreed: Readonly<Agreed> } {
  const answers: Answers = {};
  const agreed = nothingAgreed();
  for (const { carriers, answer } of table.rows)
    // [9846-4.3-05]
    if (carriers[message]) answer?.(context, answers, agreed);
  return { answers, agreed };
}

/**
 * Returns a client's agreement by a server's answer, row by row.
 *
 * @throws TlsError for an answer that does not fit the offer, or for want of one
 */
export function agreeExtensions(
  table: ExtensionTable,
  message: Answering,
  said: Answers,
  context: AgreeContext,
): Readonly<Agreed> {
  const agreed = nothingAgreed();
  for (const { carriers, agree } of table.rows)
    if (carriers[message]) agree?.(said, context, agreed);
  return agreed;
}

function nothingAgreed(): Agreed {
  return { alpnProtocol: undefined, certificateTypes: X509_ALONE };
}

/** Returns the extensions of a server's CertificateRequest, row by row. */
export function requestExtensions(
  table: ExtensionTable,
  config: AskingConfig,
): Extensions<"certificate_request"> {
  const bodies: Partial<ExtensionBodies["certificate_request"]> = {};
  for (const spec of table.rows) spec.request?.(config, bodies);
  return bodies;
}

/** Returns the extensions of a leaf certificate, row by row: RFC 9846 4.5.1. */
export function stapleExtensions(
  table: ExtensionTable,
  credential: Stapled,
  asked: CertificateAsked,
): Extensions<"certificate"> {
  const bodies: Partial<ExtensionBodies["certificate"]> = {};
  // [9846-4.5.1-06] [9846-4.5.1-07]
  for (const spec of table.rows) spec.staple?.(credential, asked, bodies);
  return bodies;
}

/**
 * Checks that each extension of an answer was offered (RFC 9846 4.3). Reserved
 * values (RFC 8701 3.1, 4.1) are in the offer, and never in an answer.
 *
 * @throws TlsError `unsolicited_extension`
 */
export function checkSolicited(
  types: readonly number[],
  offered: ReadonlySet<number>,
): void {
  for (const type of types)
    // [9846-4.3-06]
    if (!offered.has(type) || isGrease(type))
      throw new TlsError(reason.unsolicited_extension, {
        detail: `type ${type}`,
      });
}
