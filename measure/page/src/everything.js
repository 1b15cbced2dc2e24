import { element, section, table } from "./dom.js";
import { report, spread, unique } from "./figures.js";

const known = new Set(["experiment", "mechanism", "metric", "value", "unit", "low", "high", "rounds", "skipped"]);
const parameters = (row) =>
  Object.entries(row)
    .filter(([name]) => !known.has(name))
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");

function ofExperiment(name) {
  const rows = report.results.filter((r) => r.experiment === name);
  const details = element("details", {}, element("summary", {}, `${name}: ${rows.length} figures`));
  // There are thousands: the table is made when it is looked at.
  details.addEventListener(
    "toggle",
    () =>
      details.append(
        table(
          `All figures of ${name}`,
          ["Mechanism", "Metric", "With", { figure: "Figure (quartiles)" }, "Why there is none"],
          rows.map((r) => [r.mechanism, r.metric, parameters(r), { figure: spread(r) }, r.skipped ?? ""]),
        ),
      ),
    { once: true },
  );
  return details;
}

export function everything() {
  return section("everything", "All figures", "Everything that was measured.", ...unique(report.results.map((r) => r.experiment)).map(ofExperiment));
}
