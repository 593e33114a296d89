/** Checks that nothing is left once all connections are gone. */
import { getActiveResourcesInfo, memoryUsage } from "node:process";
import { Finding } from "./run.ts";

/** Bytes of heap that a soak may grow by after its first rounds. */
const GROWTH = 24 * 1024 * 1024;
/** Rounds in which caches fill and code is compiled. */
const WARM_UP = 3;
/** Sockets that linger are given this long. */
const PATIENCE = 15_000;

/** Handles by type, and the heap, compared from round to round. */
export class LeakCheck {
  readonly #handles: ReadonlyMap<string, number>;
  readonly #gc: (() => void) | undefined;
  #heap: number | undefined;
  #rounds = 0;
  /** The heap after the last round, and the growth since the first ones. */
  last = { heap: 0, growth: 0 };

  constructor() {
    const gc: unknown = Reflect.get(globalThis, "gc");
    this.#gc =
      typeof gc === "function"
        ? () => void Reflect.apply(gc, undefined, [])
        : undefined;
    this.#handles = handles();
  }

  /** @throws Finding for what is left */
  async check(): Promise<void> {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const more = this.#more();
      if (more.length === 0) break;
      if (Date.now() > end) throw new Finding(`left: ${more.join(", ")}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    this.#checkHeap();
  }

  #more(): string[] {
    return [...handles()].flatMap(([type, count]) => {
      const before = this.#handles.get(type) ?? 0;
      return count > before ? [`${String(count - before)} ${type}`] : [];
    });
  }

  #checkHeap(): void {
    if (this.#gc === undefined) return;
    this.#gc();
    this.#gc();
    const { heapUsed, external } = memoryUsage();
    const heap = heapUsed + external;
    if (++this.#rounds <= WARM_UP) this.#heap = heap;
    const growth = heap - (this.#heap ?? heap);
    this.last = { heap, growth };
    if (growth > GROWTH)
      throw new Finding(
        `the heap has grown by ${String(Math.round(growth / 2 ** 20))} MiB since round ${String(WARM_UP)}`,
      );
  }
}

/** A timer of the waiting itself is no leak. */
const IGNORED: readonly string[] = ["CloseReq"];

function handles(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const type of getActiveResourcesInfo())
    if (!IGNORED.includes(type)) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}
