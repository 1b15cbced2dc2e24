// Makes the page: one file with style, script and libraries in it, that opens without a network.
//   node assemble.mjs PAGE            with a place for the figures, which `inturn measure --html` fills
//   node assemble.mjs PAGE FIGURES    with the figures of a JSON file in it: for looking at
import { readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const here = (name) => new URL(name, import.meta.url).pathname;
const [page, figures] = process.argv.slice(2);

const bundle = await build({
  entryPoints: [here("src/main.js")],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  write: false,
  metafile: true,
  absWorkingDir: here("."),
  legalComments: "none", // they are written whole, below
});

/** The licenses of what is in the bundle ask to be kept with it. */
async function licenses(inputs) {
  const packages = new Set(
    inputs.map((path) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]).filter(Boolean),
  );
  const texts = await Promise.all(
    [...packages].sort().map(async (path) => {
      const about = JSON.parse(await readFile(`${path}/package.json`, "utf8"));
      const text = await readFile(`${path}/LICENSE`, "utf8").catch(() => about.license);
      return `${about.name} ${about.version}\n${text.trim()}\n`;
    }),
  );
  return texts.join("\n").replaceAll("--", "- -");
}

const code = bundle.outputFiles[0].text.replaceAll("</script", "<\\/script");
const parts = {
  "/*STYLE*/": await readFile(here("src/page.css"), "utf8"),
  "/*SCRIPT*/": code,
  "<!--LICENSES-->": `<!--\n${await licenses(Object.keys(bundle.metafile.inputs).map(here))}-->`,
};
if (figures) parts["/*FIGURES*/"] = (await readFile(figures, "utf8")).replaceAll("<", "\\u003c");

let text = await readFile(here("src/page.html"), "utf8");
for (const [place, content] of Object.entries(parts)) {
  if (text.split(place).length !== 2) throw new Error(`page.html: ${place} is not there once`);
  text = text.replace(place, () => content);
}
await writeFile(page, text);
