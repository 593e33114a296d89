/**
 * Measuring on a machine that others use too: CPU time of this process and not
 * the clock on the wall, contenders in turns, medians of several rounds, and
 * ratios taken within a round, where both sides met the same machine.
 */

/**
 * The length and number of the samples.
 *
 * @typedef {object} Effort
 * @property {number} rounds
 * @property {number} sampleMs CPU milliseconds of one sample
 * @property {boolean} quick
 */

/** @typedef {{ median: number, low: number, high: number }} Spread */

/** CPU milliseconds of this process so far, its helper threads included. */
export function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * @param {() => unknown} run
 * @returns {number} CPU milliseconds
 */
export function timed(run) {
  const start = cpuMs();
  run();
  return cpuMs() - start;
}

/** Adds up what one side costs while the other side takes its turns. */
export class Stopwatch {
  ms = 0;

  /**
   * @template T
   * @param {() => T} work
   * @returns {T}
   */
  run(work) {
    const start = cpuMs();
    const result = work();
    this.ms += cpuMs() - start;
    return result;
  }
}

/**
 * The measurements, by name and round.
 *
 * @typedef {Record<string, number[]>} Series
 */

/**
 * Takes one sample a round of whatever `sample` measures.
 *
 * @param {number} rounds
 * @param {(round: number) => Record<string, number>} sample
 * @returns {Series}
 */
export function collect(rounds, sample) {
  /** @type {Series} */
  const series = {};
  for (let round = 0; round < rounds; round++)
    for (const [name, value] of Object.entries(sample(round)))
      (series[name] ??= []).push(value);
  return series;
}

/**
 * Work that can be repeated: prepares for so many operations, unmeasured, and
 * returns what is to be measured.
 *
 * @typedef {(times: number) => () => unknown} Work
 */

/**
 * CPU milliseconds per operation of each contender. A sample is taken in short
 * turns, so that a neighbour's burst of work hits all contenders alike.
 *
 * @param {Record<string, Work>} contenders
 * @param {Effort} effort
 * @returns {Series}
 */
export function compare(contenders, { rounds, sampleMs }) {
  const plans = Object.entries(contenders).map(([name, work]) => {
    // The second time the code is compiled.
    calibrate(work, WARM_UP * sampleMs);
    return { name, work, times: calibrate(work, sampleMs / TURNS) };
  });
  return collect(rounds, (round) => {
    const order = round % 2 === 0 ? plans : [...plans].reverse();
    const sums = Object.fromEntries(plans.map(({ name }) => [name, 0]));
    for (let turn = 0; turn < TURNS; turn++)
      for (const { name, work, times } of order)
        sums[name] += timed(work(times)) / times / TURNS;
    return sums;
  });
}

/** Turns of each contender in one round. */
const TURNS = 5;
/** Samples' worth of work before the first sample counts. */
const WARM_UP = 10;

/**
 * Finds how many runs fill a sample of that length.
 *
 * @param {Work} work
 * @param {number} sampleMs
 */
function calibrate(work, sampleMs) {
  for (let times = 1; ; times *= 2) {
    const ms = timed(work(times));
    if (ms >= sampleMs / 2)
      return Math.max(1, Math.round((times * sampleMs) / ms));
  }
}

/**
 * Median and quartiles: the quartiles are the noise band.
 *
 * @param {readonly number[]} values
 * @returns {Spread}
 */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    low: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    high: quantile(sorted, 0.75),
  };
}

/**
 * Ratios round by round.
 *
 * @param {readonly number[] | undefined} above
 * @param {readonly number[] | undefined} below
 * @returns {number[]}
 */
export function ratios(above = [], below = []) {
  return above.map((value, round) => value / (below[round] ?? Number.NaN));
}

/**
 * @param {readonly number[]} sorted
 * @param {number} part
 */
function quantile(sorted, part) {
  const at = part * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}
