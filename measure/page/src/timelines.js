import * as Plot from "@observablehq/plot";
import { element, figure, section, table } from "./dom.js";
import { chartWidth, report, time } from "./figures.js";

const units = [["s", 1e9], ["ms", 1e6], ["\u00b5s", 1e3]];

function drawing(trace, width) {
  const [unit, size] = units.find(([, s]) => trace.end_ns >= 3 * s) ?? ["ns", 1];
  const names = trace.processes.map((p) => p.name);
  const of = (kind) =>
    trace.processes.flatMap((p) =>
      // One that is too short to be seen is drawn a fraction of a pixel wide all the same.
      p[kind].map(([from, to]) => ({ name: p.name, from: from / size, to: Math.max(to, from + trace.end_ns / 1500) / size })),
    );
  const band = { y: "name", x1: "from", x2: "to" };
  return Plot.plot({
    width,
    height: 46 + 26 * names.length,
    marginLeft: 70,
    x: { label: `time (${unit})`, domain: [0, trace.end_ns / size], grid: true },
    y: { domain: names, label: null, padding: 0.25 },
    marks: [
      Plot.barX(of("waits"), { ...band, fill: "var(--waits)", fillOpacity: 0.45, className: "waits" }),
      Plot.barX(of("spans"), { ...band, fill: "var(--holds)", className: "holds" }),
    ],
  });
}

const total = (spans) => spans.reduce((sum, [from, to]) => sum + to - from, 0);

function figures(trace) {
  const rows = trace.processes.map((p) => [
    p.name,
    p.role,
    { figure: String(Math.round(p.spans.length * p.holds_per_span)) },
    { figure: time(total(p.spans)) },
    { figure: time(total(p.waits)) },
  ]);
  return table(
    `${trace.experiment}, ${trace.mechanism}: who held and waited, in ${time(trace.end_ns)}`,
    ["Process", "Role", { figure: "Times held" }, { figure: "Held" }, { figure: "Waited" }],
    rows,
  );
}

function one(trace) {
  const readers = trace.processes.filter((p) => p.role !== "writer").length;
  const writer = trace.processes.find((p) => p.role === "writer");
  const caption =
    trace.experiment === "barge"
      ? `${trace.processes[0].name} unlocks and locks again while ${trace.processes.length - 1} others wait.`
      : writer && writer.spans.length === 0
        ? `The writer was never let in: ${readers} readers came and went.`
        : "The writer was let in.";
  return figure({ heading: trace.mechanism, caption, chart: drawing(trace, chartWidth(560)), figures: figures(trace) });
}

const first = ["flock", "ofd", "inturn", "turnstile"];

function group(experiment, heading) {
  const traces = report.traces.filter((t) => t.experiment === experiment);
  if (traces.length === 0) return [];
  const shown = traces.filter((t) => first.includes(t.mechanism));
  const rest = traces.filter((t) => !first.includes(t.mechanism));
  return [
    element("h3", {}, heading),
    element("div", { class: "pairs" }, ...(shown.length > 0 ? shown : traces).map(one)),
    shown.length > 0 && rest.length > 0
      ? element("details", {}, element("summary", {}, `${rest.length} other mechanisms`), element("div", { class: "pairs" }, ...rest.map(one)))
      : null,
  ];
}

export function timelines() {
  if (report.traces.length === 0) return null;
  const key = element(
    "ul",
    { class: "key" },
    element("li", {}, element("span", { style: "background:var(--holds)" }), "holds the lock"),
    element("li", {}, element("span", { style: "background:var(--waits);opacity:.45" }), "waits for it"),
  );
  return section(
    "timelines",
    "Who held the lock when",
    "One line a process. A fair lock goes to whoever has waited longest; an unfair one stays with the process that has just let it go, or with the readers.",
    key,
    ...group("barge", "Barging: one unlocks and locks again at once, others wait"),
    ...group("starve", "Starvation: overlapping readers, and one writer"),
  );
}
