// The page in a browser: what is in the figures is on the page, for everybody, without a network.
//   node page_test.mjs INTURN CHROMIUM [FOLDER]     FOLDER: where to leave pictures
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [inturn, browserPath, pictures] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "inturn-page-"));
const file = join(folder, "report.html");
const figuresOf = (path) =>
  JSON.parse(/<script type="application\/json" id="figures">([^]*?)<\/script>/.exec(readFileSync(path, "utf8"))[1]);

async function open(browser, options) {
  const page = await browser.newPage(options);
  page.complaints = [];
  page.on("console", (m) => page.complaints.push(m.text()));
  page.on("pageerror", (e) => page.complaints.push(e.message));
  page.on("request", (r) => {
    if (!/^(file|data):/.test(r.url())) page.complaints.push(`asks for ${r.url()}`);
  });
  await page.goto(`file://${file}`);
  return page;
}

async function saysWhatWasMeasured(page, report) {
  assert.match(await page.locator("#where").innerText(), new RegExp(report.machine.kernel.split(" ")[0]));
  assert.equal(await page.locator(".claims tbody tr").count(), report.claims.length);
  for (const claim of report.claims) {
    const line = await page.locator(`#claim-${claim.id}`).innerText();
    assert.ok(line.includes(claim.text) && line.includes(claim.why), `claim ${claim.id}`);
    assert.equal(await page.locator(`#claim-${claim.id} .verdict.${claim.verdict}`).count(), 1);
  }
  // Every span of a time line is drawn, and none that is not there.
  for (const kind of ["spans", "waits"]) {
    const expected = report.traces.flatMap((t) => t.processes.flatMap((p) => p[kind])).length;
    const label = kind === "spans" ? "holds" : "waits";
    assert.equal(await page.locator(`#timelines g.${label} rect`).count(), expected, kind);
  }
  const settings = (rows) => new Set(rows.map((r) => `${r.processes}/${r.section_us}`)).size;
  assert.equal(await page.locator("#waits figure").count(), settings(report.waits), "waits");
  const grants = report.results.filter((r) => r.metric === "grants_per_second" && r.value !== null);
  assert.equal(await page.locator("#contention figure").count(), settings(grants), "contention");
  assert.equal(await page.locator("#cost figure").count(), 3);
  assert.equal(await page.locator("#ranges figure").count(), 1);
  await page.locator("#everything summary", { hasText: /^close:/ }).click();
  await page.locator("#everything details[open] tbody tr").first().waitFor();  // made when it is opened
  const rows = report.results.filter((r) => r.experiment === "close").length;
  assert.equal(await page.locator("#everything details[open] tbody tr").count(), rows);
}

async function isForEverybody(page, how) {
  const charts = await page.locator("figure svg").all();
  for (const chart of charts)
    assert.ok((await chart.getAttribute("role")) === "img" && (await chart.getAttribute("aria-label")));
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 120)}`), [], how);
}

async function fitsThePhone(page) {
  const [needs, has] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.ok(needs <= has, `${needs} pixels wide on a screen of ${has}`);
}

async function worksWithKeys(page) {
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.locator("#timelines details summary").first().focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("#timelines details[open] table").first().isVisible(), true);
}

async function saysWhatDoesNotExclude(browser, report) {
  const page = await browser.newPage();
  const broken = { ...report, not_excluding: [{ mechanism: "<b>flock</b>", experiment: "queue" }] };
  const text = readFileSync(file, "utf8").replace(
    /(id="figures">)[^]*?(<\/script>)/,
    (_, begin, end) => begin + JSON.stringify(broken).replaceAll("<", "\\u003c") + end,
  );
  await page.setContent(text);
  assert.match(await page.locator("[role=alert]").innerText(), /Exclusion does not hold.*<b>flock<\/b>/s);
  await page.close();
}

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
  "--disable-background-networking", "--disable-component-update"];
try {
  const mechanisms = ["flock", "posix", "ofd", "inturn"].flatMap((m) => ["--mechanism", m]);
  execFileSync(inturn, ["measure", "--quick", "--html", file, ...mechanisms], { stdio: ["ignore", "ignore", "inherit"] });
  const report = figuresOf(file);
  const browser = await chromium.launch({ executablePath: browserPath, args: flags });
  try {
    for (const colorScheme of ["light", "dark"])
      for (const width of [1280, 390]) {
        const page = await open(browser, { viewport: { width, height: 900 }, colorScheme });
        if (pictures)
          await page.screenshot({ path: join(pictures, `page-${colorScheme}-${width}.png`), fullPage: true });
        await fitsThePhone(page);
        await isForEverybody(page, `${colorScheme}, ${width}`);
        if (width === 1280) {
          await worksWithKeys(page);
          await saysWhatWasMeasured(page, report);
        }
        assert.deepEqual(page.complaints, []);
        await page.close();
      }
    await saysWhatDoesNotExclude(browser, report);
  } finally {
    await browser.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log("the page says what was measured");
