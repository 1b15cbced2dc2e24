// The report's figures (docs/laboratory.md says what is in them), and how they are written.

export const report = JSON.parse(document.getElementById("figures").textContent);

const ours = new Set(["inturn", "turnstile", "baton"]);
const kernels = new Set(["flock", "posix", "lockf", "ofd", "ofd-shared", "flock-shared"]);
export const isOurs = (mechanism) => ours.has(mechanism);
export const familyOf = (mechanism) =>
  ours.has(mechanism) ? "inturn" : kernels.has(mechanism) ? "kernel file lock" : "other";
export const families = {
  domain: ["inturn", "kernel file lock", "other"],
  range: ["var(--inturn)", "var(--kernel)", "var(--other)"],
};

export const rowsOf = (experiment, metric) =>
  report.results.filter(
    (row) =>
      row.experiment === experiment && (metric === undefined || row.metric === metric) && row.value !== null,
  );

/** As wide as there is room for, so that the writing keeps its size on a phone. */
export const chartWidth = (most) => Math.max(280, Math.min(most, document.getElementById("content").clientWidth));

export const unique = (values) => [...new Set(values)];

const digits = (value) =>
  value >= 100 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));

/** 1234 -> "1.23 us" */
export function time(ns) {
  for (const [unit, size] of [["s", 1e9], ["ms", 1e6], ["\u00b5s", 1e3]])
    if (ns >= size) return `${digits(ns / size)} ${unit}`;
  return `${digits(ns)} ns`;
}

/** 12345 -> "12.3 k" */
export function many(value) {
  if (value >= 1e6) return `${digits(value / 1e6)} M`;
  return value >= 1e4 ? `${digits(value / 1e3)} k` : digits(value);
}

export function written(row) {
  if (row.value === null) return "\u2013";
  if (typeof row.value === "boolean") return row.value ? "yes" : "no";
  if (row.unit === "ns") return time(row.value);
  if (row.unit === "s") return time(row.value * 1e9);
  return row.unit === "per_second" ? `${many(row.value)}/s` : many(row.value);
}

export function spread(row) {
  if (row.low === undefined) return written(row);
  const of = (value) => written({ ...row, value });
  return `${written(row)} (${of(row.low)} \u2013 ${of(row.high)})`;
}
