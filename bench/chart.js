/**
 * `npm run bench:chart -- FILE.json`: draws what `--json FILE.json` wrote into
 * docs/bench.svg. Each bar of the chart is a ratio against its own bar of
 * performance: 1 is just met, more is better.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { init } from "echarts";

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error(
    "npm run bench:chart -- FILE.json (of npm run bench -- --json)",
  );
  process.exit(1);
}
const run = JSON.parse(readFileSync(file, "utf8"));
const rows = run.rows
  .filter(({ bar }) => bar !== undefined)
  .map(({ section, name, figure, ratio, bar, verdict }) => {
    const reached = (value) =>
      bar.kind === "least" ? value / bar.value : bar.value / value;
    const { low, median, high } = ratio ?? figure;
    const ends = [reached(low), reached(high)].sort((a, b) => a - b);
    return {
      label: `${section}: ${name}`,
      value: reached(median),
      ends,
      verdict,
    };
  })
  .reverse();

const COLOURS = { met: "#2f7d4f", noise: "#c9a227", MISSED: "#b23a3a" };
const chart = init(null, null, {
  renderer: "svg",
  ssr: true,
  width: 1100,
  height: 120 + 22 * rows.length,
});
chart.setOption({
  animation: false,
  title: {
    text: "puretls: what was measured over what is wanted (1 is just met)",
    subtext: `${run.date.slice(0, 10)}, Node ${run.node}, ${run.cpu}, ${run.rounds} rounds; lines are the middle half`,
  },
  grid: { left: 520, right: 60, top: 70, bottom: 30 },
  xAxis: { type: "log", min: 0.2, max: 5 },
  yAxis: {
    type: "category",
    data: rows.map(({ label }) => label),
    axisLabel: { fontSize: 11, width: 500, overflow: "truncate" },
  },
  series: [
    {
      type: "custom",
      data: rows.map(({ ends }, i) => [i, ...ends]),
      renderItem: (_params, api) => {
        const from = api.coord([api.value(1), api.value(0)]);
        const to = api.coord([api.value(2), api.value(0)]);
        return {
          type: "line",
          shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] },
          style: { stroke: "#888", lineWidth: 3 },
        };
      },
      encode: { x: [1, 2], y: 0 },
    },
    {
      type: "scatter",
      symbolSize: 9,
      data: rows.map(({ value, verdict }, i) => ({
        value: [value, i],
        itemStyle: { color: COLOURS[verdict] },
      })),
      markLine: {
        symbol: "none",
        silent: true,
        label: { show: false },
        lineStyle: { color: "#333", type: "solid" },
        data: [{ xAxis: 1 }],
      },
    },
  ],
});
const out = new URL("../docs/bench.svg", import.meta.url);
writeFileSync(out, `${chart.renderToSVGString()}\n`);
chart.dispose();
