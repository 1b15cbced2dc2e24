// Making elements. Text is always set as text: names and paths in the figures are anybody's bytes.

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** cells: strings, or elements; a cell of figures as {figure: text}. */
export function table(caption, head, rows, attributes = {}) {
  const cell = (tag, content, more = {}) => {
    const isFigure = typeof content === "object" && content !== null && "figure" in content;
    const all = isFigure ? { ...more, class: `figure ${content.class ?? ""}`.trim() } : more;
    return element(tag, all, isFigure ? content.figure : (content ?? ""));
  };
  const line = ({ cells, ...more }) =>
    element(
      "tr",
      more,
      ...cells.map((c, i) => (i === 0 ? cell("th", c, { scope: "row" }) : cell("td", c))),
    );
  const whole = element(
    "table",
    attributes,
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, ...head.map((h) => cell("th", h, { scope: "col" })))),
    element("tbody", {}, ...rows.map((r) => line(Array.isArray(r) ? { cells: r } : r))),
  );
  // What may have to be scrolled must be reachable with the keyboard.
  return element("div", { class: "wide", role: "region", "aria-label": caption, tabindex: "0" }, whole);
}

/** A chart with its heading, and its figures in a table that can be opened. */
export function figure({ heading, caption, chart, figures }) {
  const drawing = chart instanceof SVGElement ? chart : chart.querySelector("svg");
  // One picture with one name; what is in it is in the table.
  for (const part of drawing.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", `${heading}. ${caption ?? ""}`.trim());
  return element(
    "figure",
    {},
    element("figcaption", {}, element("h3", {}, heading), caption ?? ""),
    chart,
    figures && element("details", {}, element("summary", {}, "The figures"), figures),
  );
}

export function section(id, heading, text, ...content) {
  return element(
    "section",
    { id, "aria-labelledby": `${id}-heading` },
    element("h2", { id: `${id}-heading` }, heading),
    element("p", { class: "note" }, text),
    ...content,
  );
}
