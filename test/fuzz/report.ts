/** Counts what a run of the fuzzer has tried, and prints it. */

/** Counts by name. */
export class Tally {
  readonly counts = new Map<string, number>();

  add(name: string, count = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + count);
  }

  addAll(other: Tally): void {
    for (const [name, count] of other.counts) this.add(name, count);
  }

  get size(): number {
    return this.counts.size;
  }

  /** The most frequent first. */
  lines(): string[] {
    return [...this.counts]
      .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
      .map(([name, count]) => `${String(count).padStart(9)}  ${name}`);
  }
}

/** Counts of one target. */
export class Report {
  /** Programs run. */
  programs = 0;
  /** Arrays of bytes that an untouched engine or a parser was given. */
  inputs = 0;
  readonly sections = new Map<string, Tally>();

  tally(section: string): Tally {
    const known = this.sections.get(section) ?? new Tally();
    this.sections.set(section, known);
    return known;
  }

  lines(): string[] {
    return [...this.sections].flatMap(([title, tally]) => [
      `  ${title}:`,
      ...tally.lines(),
    ]);
  }
}
