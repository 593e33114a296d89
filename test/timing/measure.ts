/** Takes the samples of one row under one seed. */
import { Random } from "./random.ts";
import type { Class, Row, Subject } from "./row.ts";
import { welch, type Welch } from "./welch.ts";

/** Samples' part that runs before the first counts, for the compiler. */
const WARM_UP = 0.3;

/**
 * Measures the row in nanoseconds. The class of each operation is drawn, so
 * that what others do on this machine, the compiler and the collector hit both
 * alike.
 */
export function measure(row: Row, seed: number, part = 1): Welch {
  const random = new Random(`${row.provider} ${row.name} ${String(seed)}`);
  const subject = row.make(random);
  const samples = Math.ceil(row.samples * part);
  collect(subject, random, Math.ceil(samples * WARM_UP));
  const [first, second] = collect(subject, random, samples);
  return welch(first, second);
}

function collect(
  subject: Subject,
  random: Random,
  samples: number,
): [number[], number[]] {
  const series: [number[], number[]] = [[], []];
  for (let i = 0; i < samples; i++) {
    const drawn: Class = random.u32() & 0x8000 ? 1 : 0;
    subject.prepare(drawn);
    const begin = performance.now();
    subject.run();
    const end = performance.now();
    const which = subject.classOf === undefined ? drawn : subject.classOf();
    if (which !== undefined) series[which].push(1e6 * (end - begin));
  }
  return series;
}
