import { element, section, table } from "./dom.js";
import { report, written } from "./figures.js";

const words = { holds: "\u2713 holds", in_part: "\u25d0 in part", does_not_hold: "\u2717 does not hold" };
const sources = { blog: "the blog post", book: "the book" };

export function claims() {
  if (report.claims.length === 0) return null;
  const rows = report.claims.map((claim) => ({
    id: `claim-${claim.id}`,
    cells: [
      claim.text,
      sources[claim.source] ?? claim.source,
      element("span", { class: `verdict ${claim.verdict}` }, words[claim.verdict] ?? claim.verdict),
      claim.why,
      claim.experiment,
    ],
  }));
  return section(
    "claims",
    "What two texts say, and what was found here",
    "The texts are a much-read blog post, \u201cFile-locking on linux is NOT atomic and FIFO\u201d, and chapter 55 " +
      "of The Linux Programming Interface. Each verdict is made from this run\u2019s figures.",
    table("Claims and verdicts", ["Claim", "Source", "Here", "Why", "Asked by"], rows, { class: "claims" }),
  );
}
