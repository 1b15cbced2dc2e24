import { element, section, table } from "./dom.js";
import { report, unique, written } from "./figures.js";

// What counts as harm, so that it can be seen at a glance. Not all is: that an flock survives exec is how
// some want it.
const questions = [
  ["queue", "inverted_pairs", "Queued pairs granted the other way round", (v) => v > 0],
  ["barge", "reacquisitions_max", "Most times passed while asleep", (v) => v > 1],
  ["starve", "capped", "Writer starved by readers", (v) => v],
  ["convert", "gaps", "Others got in during a conversion", (v) => v > 0],
  ["close", "lost", "Lost when another descriptor is closed", (v) => v],
  ["inherit", "child_holds_after_fork", "A forked child holds it", () => false],
  ["inherit", "child_can_release", "A forked child can release it", (v) => v],
  ["inherit", "dup_close_releases", "Released when a copy of the descriptor is closed", (v) => v],
  ["inherit", "survives_exec", "Survives exec", () => false],
  ["inherit", "passed_fd_owns", "Who is passed the descriptor holds it", () => false],
  ["mandatory", "write_refused", "A write without the lock is refused", () => false],
  ["death", "holder_death_to_grant_p50", "From a holder\u2019s death to the next grant", () => false],
  ["death", "waiter_death_blocks", "A dead waiter blocks the others", (v) => v],
  ["deadlock", "detected", "A deadlock is detected", (v) => !v],
];

export function answers() {
  const asked = questions
    .map(([experiment, metric, text, isHarm]) => ({
      text,
      isHarm,
      rows: report.results.filter((r) => r.experiment === experiment && r.metric === metric),
    }))
    .filter(({ rows }) => rows.some((r) => r.value !== null));
  if (asked.length === 0) return null;
  const mechanisms = unique(asked.flatMap(({ rows }) => rows.map((r) => r.mechanism)));
  const cell = ({ rows, isHarm }, mechanism) => {
    const row = rows.find((r) => r.mechanism === mechanism);
    if (row === undefined || row.value === null)
      return element("span", { class: "none", title: row?.skipped ?? "not asked" }, "\u2013");
    if (row.metric.startsWith("holder_death") && row.capped)
      return element("span", { class: "harm" }, `\u26a0 not in ${written(row)}`);
    return isHarm(row.value) ? element("span", { class: "harm" }, `\u26a0 ${written(row)}`) : written(row);
  };
  const rows = asked.map((question) => [question.text, ...mechanisms.map((name) => cell(question, name))]);
  return section(
    "answers",
    "Who does what",
    "\u26a0 marks what does harm. \u2013: the question cannot be asked of it, or it is not to be had here; the reason is in the list of all figures.",
    table("Questions, and each mechanism\u2019s answer", ["Question", ...mechanisms], rows, { class: "answers" }),
  );
}
