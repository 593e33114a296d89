/** The table for people and the same figures for programs. */
import { ratios, spread } from "./measure.js";

/** @typedef {import("./measure.js").Spread} Spread */

/**
 * @typedef {object} Bar
 * @property {"least" | "most"} kind
 * @property {number} value
 */

/**
 * One line of the table.
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {readonly number[]} ours one figure a round
 * @property {string} unit
 * @property {readonly number[]} [beside] what it is compared with, by round
 * @property {Bar} [bar] of the ratio ours / beside; of ours without beside
 * @property {string} [note]
 */

/** @typedef {Row & { section: string }} PlacedRow */

const WIDTHS = [46, 16, 16, 7, 13, 8, 9];
const HEADINGS = ["", "ours", "beside", "ratio", "band", "bar", ""];

/** Prints rows as they come and keeps them. */
export class Report {
  /** @type {PlacedRow[]} */
  #rows = [];
  #section = "";
  /** @type {string[]} */
  #skipped = [];

  /** @param {string} title */
  section(title) {
    this.#section = title;
    console.log(`\n${title}`);
    console.log(line(HEADINGS));
  }

  /** @param {Row} row */
  add(row) {
    this.#rows.push({ section: this.#section, ...row });
    const { figure, beside, ratio, verdict, bar } = judge(row);
    console.log(
      line([
        `  ${row.name}`,
        `${number(figure.median)} ${row.unit}`,
        beside ? `${number(beside.median)} ${row.unit}` : "",
        ratio ? ratio.median.toFixed(2) : "",
        ratio ? `${ratio.low.toFixed(2)}-${ratio.high.toFixed(2)}` : "",
        bar,
        verdict,
      ]) + (row.note === undefined ? "" : `  ${row.note}`),
    );
  }

  /**
   * Says by name what was not measured, and why.
   *
   * @param {string} name
   * @param {string} why
   */
  skip(name, why) {
    this.#skipped.push(`${this.#section}: ${name}: ${why}`);
    console.log(`  ${name}: not measured, ${why}`);
  }

  /** Counts the bars that were met and missed, in one line each. */
  summary() {
    const judged = this.#rows
      .map((row) => ({ row, ...judge(row) }))
      .filter(({ verdict }) => verdict !== "");
    const met = judged.filter(({ verdict }) => verdict === "met").length;
    const missed = judged.filter(({ verdict }) => verdict !== "met");
    return [
      `${met} of ${judged.length} bars met`,
      ...missed.map(
        ({ row, verdict }) => `${verdict}: ${row.section}: ${row.name}`,
      ),
    ].join("\n");
  }

  /** Tells whether a bar was missed by more than the noise of this run. */
  get hasMissed() {
    return this.#rows.some((row) => judge(row).verdict === "MISSED");
  }

  /** @param {object} run what to say of the run as a whole */
  toJson(run) {
    const rows = this.#rows.map((row) => {
      const { figure, beside, ratio, verdict } = judge(row);
      const { section, name, unit, bar, note } = row;
      return { section, name, unit, figure, beside, ratio, bar, verdict, note };
    });
    return JSON.stringify({ ...run, rows, skipped: this.#skipped }, null, 2);
  }
}

/** @param {Row} row */
function judge(row) {
  const ratio = row.beside && spread(ratios(row.ours, row.beside));
  const figure = spread(row.ours);
  return {
    figure,
    beside: row.beside && spread(row.beside),
    ratio,
    bar: row.bar
      ? `${row.bar.kind === "least" ? ">=" : "<="} ${row.bar.value}`
      : "",
    verdict: row.bar ? verdict(ratio ?? figure, row.bar) : "",
  };
}

/**
 * "noise": the bar is missed, and lies within the band.
 *
 * @param {Spread} measured
 * @param {Bar} bar
 */
function verdict({ low, median, high }, { kind, value }) {
  if (kind === "least")
    return median >= value ? "met" : high >= value ? "noise" : "MISSED";
  return median <= value ? "met" : low <= value ? "noise" : "MISSED";
}

/** @param {number} value */
function number(value) {
  if (!Number.isFinite(value)) return "-";
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** @param {readonly string[]} cells */
function line(cells) {
  return cells
    .map((cell, i) =>
      i === 0 ? cell.padEnd(WIDTHS[i] ?? 0) : cell.padStart(WIDTHS[i] ?? 0),
    )
    .join(" ");
}
