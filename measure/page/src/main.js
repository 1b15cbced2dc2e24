import { answers } from "./answers.js";
import { contention, cost, ranges, waits } from "./charts.js";
import { claims } from "./claims.js";
import { element } from "./dom.js";
import { everything } from "./everything.js";
import { report } from "./figures.js";
import { timelines } from "./timelines.js";

const { machine, not_excluding } = report;
const percent = (part) => `${Math.round(part * 100)} %`;

document.getElementById("where").append(
  `${machine.kernel}, ${machine.cpu_model}, ${machine.usable_cpus} of ${machine.cpus} CPUs; ` +
    `${machine.directory} on ${machine.file_system} (${machine.mount_source}, ${machine.mount_options}). ` +
    `Measured for ${Math.round(machine.seconds)} s; other programs took ${percent(machine.cpu_of_others)} of the CPUs meanwhile.`,
);
if (not_excluding.length > 0) {
  const alarm = document.getElementById("alarm");
  alarm.setAttribute("role", "alert");
  alarm.append(
    element("strong", {}, "Exclusion does not hold here. "),
    `Two processes were inside at once: ${not_excluding.map((b) => `${b.mechanism} (${b.experiment})`).join(", ")}. ` +
      `Do not rely on these locks in ${machine.directory}.`,
  );
}

const content = document.getElementById("content");
for (const make of [claims, timelines, answers, waits, cost, contention, ranges, everything]) {
  const made = make();
  if (made === null) continue;
  content.append(made);
  document
    .getElementById("sections")
    .append(element("li", {}, element("a", { href: `#${made.id}` }, made.querySelector("h2").textContent)));
}
