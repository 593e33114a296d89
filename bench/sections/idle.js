/** Memory of connections that are open and say nothing. */
import { runChild } from "../lib/child.js";
import { collect } from "../lib/measure.js";

export const title = "Idle connections, heap and array buffers";

/**
 * @param {import("../lib/report.js").Report} report
 * @param {import("../lib/measure.js").Effort} effort
 */
export function run(report, { quick }) {
  const input = { connections: quick ? 200 : 1000 };
  const series = collect(quick ? 1 : 3, () =>
    runChild("idle.js", input, ["--expose-gc"]),
  );
  for (const side of ["client", "server"])
    report.add({
      name: `${side}, each of ${input.connections}`,
      unit: "KiB",
      ours: series[side].map((bytes) => bytes / 1024),
      bar: { kind: "most", value: 8 },
      note: `of it in array buffers ${(series[`${side} buffers`][0] / 1024).toFixed(1)} KiB`,
    });
}
