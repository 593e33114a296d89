/** Joins TCP segments into streams: RFC 9293 3.4, as far as a watcher can. */
import type { Segment } from "./segments.ts";

/** Takes the bytes of a stream in their order. */
export interface StreamSink {
  data(from: string, bytes: Uint8Array, time: number): void;
}

/** One connection, by the order of their first packets. */
export interface Stream {
  readonly number: number;
  /** ADDRESS:PORT of the side that began, as far as can be seen. */
  readonly client: string;
  readonly server: string;
  /** Milliseconds since 1970. */
  readonly began: number;
}

/** Bytes and segments of one direction that wait for one before them. */
const MOST_WAITING = 8 * 2 ** 20;
const MOST_SEGMENTS = 4096;
/** Streams that are followed; more are counted and left out. */
const MOST_STREAMS = 65_536;

interface Half {
  /** The sequence number of the next byte; undefined before the first. */
  next: number | undefined;
  waiting: Segment[];
  waitingBytes: number;
  /** The capture lacks a segment, and what follows is not read. */
  lost: boolean;
}

interface Open {
  readonly stream: Stream;
  readonly sink: StreamSink;
  readonly halves: Map<string, Half>;
  firstSequence: number;
  ended: boolean;
}

export class Streams {
  readonly #begin: (stream: Stream) => StreamSink;
  readonly #open = new Map<string, Open>();
  #count = 0;
  /** Streams that were too many. */
  leftOut = 0;

  constructor(begin: (stream: Stream) => StreamSink) {
    this.#begin = begin;
  }

  take(segment: Segment): void {
    const open = this.#streamOf(segment);
    if (open === undefined) return;
    const half = open.halves.get(segment.from);
    if (half === undefined || half.lost) return;
    if (segment.ends) open.ended = true;
    // One that comes again, behind data, changes nothing.
    if (segment.syn) half.next ??= (segment.sequence + 1) >>> 0;
    if (segment.data.length === 0) return;
    half.next ??= segment.sequence;
    // With a SYN, data begins after it.
    const at = segment.syn ? (segment.sequence + 1) >>> 0 : segment.sequence;
    this.#arrive(open, half, { ...segment, sequence: at });
  }

  /** Returns the sides of a stream whose segments wait for one that is not there. */
  incomplete(number: number): readonly string[] {
    const { halves = new Map<string, Half>() } = this.#all[number] ?? {};
    return [...halves].flatMap(([side, half]) =>
      half.lost || half.waiting.length > 0 ? [side] : [],
    );
  }

  readonly #all: Open[] = [];

  #streamOf({ from, to, syn, ack, sequence, time }: Segment): Open | undefined {
    const key = from < to ? `${from} ${to}` : `${to} ${from}`;
    const known = this.#open.get(key);
    const isNew =
      syn && !ack && known?.ended === true && known.firstSequence !== sequence;
    if (known !== undefined && !isNew) return known;
    if (this.#count >= MOST_STREAMS) {
      this.leftOut++;
      return undefined;
    }
    // A SYN with an ACK is the answer of a server.
    const [client, server] = syn && ack ? [to, from] : [from, to];
    const stream = { number: this.#count++, client, server, began: time };
    const open = {
      ...{ stream, sink: this.#begin(stream), ended: false },
      halves: new Map([
        [from, newHalf()],
        [to, newHalf()],
      ]),
      firstSequence: sequence,
    };
    this.#open.set(key, open);
    this.#all.push(open);
    return open;
  }

  #arrive(open: Open, half: Half, segment: Segment): void {
    const before = half.next;
    if (this.#deliver(open, half, segment)) {
      if (half.next !== before) this.#drain(open, half);
      return;
    }
    half.waiting.push(segment);
    half.waitingBytes += segment.data.length;
    half.lost =
      half.waitingBytes > MOST_WAITING || half.waiting.length > MOST_SEGMENTS;
    if (half.lost) half.waiting = [];
  }

  /** Segments that waited, from the first: each may free the next. */
  #drain(open: Open, half: Half): void {
    if (half.waiting.length === 0) return;
    const { next = 0 } = half;
    half.waiting.sort(
      (one, other) =>
        distance(one.sequence, next) - distance(other.sequence, next),
    );
    const rest = half.waiting.findIndex(
      (segment) => !this.#deliver(open, half, segment),
    );
    half.waiting = rest < 0 ? [] : half.waiting.slice(rest);
    half.waitingBytes = half.waiting.reduce(
      (sum, { data }) => sum + data.length,
      0,
    );
  }

  /** @returns false where bytes before it are yet to come */
  #deliver(
    open: Open,
    half: Half,
    { sequence, data, from, time }: Segment,
  ): boolean {
    const { next = sequence } = half;
    const ahead = distance(sequence, next);
    if (ahead > 0) return false;
    // What was there before came again.
    const fresh = data.subarray(-ahead);
    if (fresh.length === 0) return true;
    half.next = (next + fresh.length) >>> 0;
    open.sink.data(from, fresh, time);
    return true;
  }
}

/** The bytes from a sequence number to a later one: they count modulo 2^32. */
function distance(sequence: number, from: number): number {
  return (sequence - from) | 0;
}

function newHalf(): Half {
  return { next: undefined, waiting: [], waitingBytes: 0, lost: false };
}
