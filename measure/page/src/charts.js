import * as Plot from "@observablehq/plot";
import { element, figure, section, table } from "./dom.js";
import { chartWidth, families, familyOf, isOurs, many, report, rowsOf, spread, time, unique } from "./figures.js";

const color = { ...families, legend: false };
const byFamily = (d) => familyOf(d.mechanism);
const key = () =>
  element(
    "ul",
    { class: "key" },
    ...families.domain.map((name, i) =>
      element("li", {}, element("span", { style: `background:${families.range[i]}` }), name)),
  );

const line = (name, ...cells) => ({ class: isOurs(name) ? "ours" : undefined, cells: [name, ...cells] });

/** Best first: bars, or where the figures are of very different sizes, dots on a logarithmic scale. */
function ranking({ rows, heading, caption, label, format, best, logarithmic }) {
  const sorted = [...rows].sort((a, b) => (best === "small" ? a.value - b.value : b.value - a.value));
  const least = Math.min(...sorted.map((d) => d.low ?? d.value)) / 2;
  const marks = logarithmic
    ? [
        Plot.ruleY(sorted, { x1: least, x2: "value", y: "mechanism", stroke: byFamily, strokeOpacity: 0.5 }),
        Plot.dot(sorted, { x: "value", y: "mechanism", r: 5, fill: byFamily }),
      ]
    : [
        Plot.barX(sorted, { x: "value", y: "mechanism", fill: byFamily }),
        Plot.ruleX([0]),
      ];
  const chart = Plot.plot({
    width: chartWidth(560),
    height: 48 + 24 * sorted.length,
    marginLeft: 105,
    marginRight: 70,
    x: { label, grid: true, tickFormat: format, ticks: 4, ...(logarithmic ? { type: "log" } : {}) },
    y: { domain: sorted.map((d) => d.mechanism), label: null, padding: 0.2 },
    color,
    marks: [
      ...marks,
      Plot.ruleY(sorted.filter((d) => d.low !== undefined), { x1: "low", x2: "high", y: "mechanism", stroke: "currentColor", strokeWidth: 1.5 }),
      Plot.text(sorted, { x: (d) => Math.max(d.value, d.high ?? 0), y: "mechanism", text: (d) => format(d.value), textAnchor: "start", dx: 8 }),
    ],
  });
  const figures = table(heading, ["Mechanism", { figure: "Middle (quartiles)" }], sorted.map((d) => line(d.mechanism, { figure: spread(d) })));
  return figure({ heading, caption, chart, figures });
}

export function cost() {
  const kinds = [
    ["pair_exclusive", "Exclusive", "Lock and unlock by one process, nobody else there."],
    ["pair_shared", "Shared", "The same, shared with nobody."],
    ["pair_shared_parallel", "Shared, two readers at a time", "The cost to each of two readers that run side by side."],
  ].map(([metric, ...rest]) => [rowsOf("cost", metric), ...rest]);
  if (kinds.every(([rows]) => rows.length === 0)) return null;
  return section(
    "cost",
    "What a lock costs when nobody waits",
    "Dots are the middle of interleaved rounds; the thin line runs from quartile to quartile. Further left is cheaper.",
    key(),
    element(
      "div",
      { class: "pairs" },
      ...kinds
        .filter(([rows]) => rows.length > 0)
        .map(([rows, heading, caption]) => ranking({ rows, heading, caption, label: "time a pair (logarithmic)", format: time, best: "small", logarithmic: true })),
    ),
  );
}

export function contention() {
  const rows = rowsOf("contention", "grants_per_second");
  if (rows.length === 0) return null;
  const settings = unique(rows.map((d) => `${d.processes}/${d.section_us}`)).map((s) => s.split("/").map(Number));
  const one = ([processes, section_us]) =>
    ranking({
      rows: rows.filter((d) => d.processes === processes && d.section_us === section_us),
      heading: `${processes} processes, ${section_us} \u00b5s inside`,
      label: "grants a second",
      format: many,
      best: "large",
    });
  return section(
    "contention",
    "What it gives when many want it",
    "All processes ask again and again. More grants a second often mean that the same process gets the lock many times in a row while others wait: see the waits below.",
    key(),
    element("div", { class: "pairs" }, ...settings.map(one)),
  );
}

const quantileNames = { 0.5: "half", 0.9: "9 of 10", 0.99: "99 of 100", 0.999: "999 of 1,000", 1: "all" };

function waitsOf(processes, section_us) {
  const all = report.waits.filter((w) => w.processes === processes && w.section_us === section_us);
  const longest = (w) => w.quantiles.at(-1)[1];
  const sorted = [...all].sort((a, b) => longest(a) - longest(b));
  // A wait of less than a nanosecond is none; a logarithm needs one.
  const points = sorted.flatMap((w) => w.quantiles.map(([q, ns]) => ({ mechanism: w.mechanism, q, ns: Math.max(ns, 1) })));
  const ends = sorted.map((w) => ({ mechanism: w.mechanism, from: Math.max(w.quantiles[0][1], 1), to: Math.max(longest(w), 1) }));
  const chart = Plot.plot({
    width: chartWidth(560),
    height: 48 + 24 * sorted.length,
    marginLeft: 105,
    marginRight: 70,
    x: { type: "log", label: "wait for a grant (logarithmic)", tickFormat: time, ticks: 5, grid: true },
    y: { domain: sorted.map((w) => w.mechanism), label: null },
    color,
    marks: [
      Plot.ruleY(ends, { y: "mechanism", x1: "from", x2: "to", stroke: byFamily, strokeWidth: 2 }),
      Plot.dot(points, { y: "mechanism", x: "ns", r: (d) => (d.q === 1 ? 5 : 3), fill: byFamily }),
      Plot.text(ends, { y: "mechanism", x: "to", text: (d) => time(d.to), textAnchor: "start", dx: 9 }),
    ],
  });
  const heading = `${processes} processes, ${section_us} \u00b5s inside`;
  const figures = table(
    `How long this part of the grants was waited for at most: ${heading}`,
    ["Mechanism", ...all[0].quantiles.map(([q]) => ({ figure: quantileNames[q] ?? String(q) }))],
    sorted.map((w) => line(w.mechanism, ...w.quantiles.map(([, ns]) => ({ figure: time(ns) })))),
  );
  return figure({ heading, caption: "Dots: half of the grants, 9 of 10, 99 of 100, 999 of 1,000; the large one is the longest wait.", chart, figures });
}

export function waits() {
  if (report.waits.length === 0) return null;
  const settings = unique(report.waits.map((w) => `${w.processes}/${w.section_us}`)).map((s) => s.split("/").map(Number));
  return section(
    "waits",
    "How long they waited",
    "An unfair lock has short waits for most and very long ones for some; a fair one has a short line.",
    key(),
    element("div", { class: "pairs" }, ...settings.map(([p, s]) => waitsOf(p, s))),
  );
}

/** Names beside the ends of lines, moved apart where they would lie on each other. */
function spaced(ends, points) {
  const all = points.map((d) => Math.log10(d.value));
  const gap = ((Math.max(...all) - Math.min(...all)) * 13) / 260;
  let above = Infinity;
  return [...ends]
    .sort((a, b) => b.value - a.value)
    .map((d) => {
      above = Math.min(Math.log10(d.value), above - gap);
      return { ...d, at: 10 ** above };
    });
}

export function ranges() {
  const rows = rowsOf("ranges", "pair");
  if (rows.length === 0) return null;
  const points = rows.map((d) => ({ ...d, beside: d.held + 1 })); // a logarithm needs more than 0
  const last = (name) => points.filter((d) => d.mechanism === name).at(-1);
  const names = spaced(unique(points.map((d) => d.mechanism)).map(last), points);
  const chart = Plot.plot({
    width: chartWidth(720),
    height: 320,
    marginLeft: 60,
    marginRight: 90,
    x: { type: "log", label: "other bytes held, plus one", grid: true, tickFormat: many },
    y: { type: "log", label: "lock + unlock of one byte", grid: true, tickFormat: time },
    color,
    marks: [
      Plot.line(points, { x: "beside", y: "value", z: "mechanism", stroke: byFamily, strokeWidth: 2 }),
      Plot.dot(points, { x: "beside", y: "value", fill: byFamily }),
      Plot.text(names, { x: "beside", y: "at", text: "mechanism", textAnchor: "start", dx: 8 }),
    ],
  });
  const held = unique(rows.map((d) => d.held)).sort((a, b) => a - b);
  const figures = table(
    "Lock and unlock of one byte while others are held",
    ["Mechanism", ...held.map((n) => ({ figure: `${n.toLocaleString("en")} held` }))],
    unique(rows.map((d) => d.mechanism)).map((name) =>
      line(name, ...held.map((n) => ({ figure: spread(rows.find((d) => d.mechanism === name && d.held === n) ?? { value: null }) })))),
  );
  return section(
    "ranges",
    "What a byte costs among many",
    "Some locks look through all other ranges that are held, one by one.",
    key(),
    figure({ heading: "One byte, while others are held", chart, figures }),
  );
}
