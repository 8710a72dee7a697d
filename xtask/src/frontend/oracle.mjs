// Drives the real frontend. Reads one JSON object a line, {workflow}, and answers each with one line, {prompt, saved} or
// {error}. Arguments: the address of the page, the browser's program, a file in the folder of node_modules.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [url, executablePath, modules] = process.argv.slice(2);
const { chromium } = createRequire(modules)("playwright-core");
const PATIENCE = 60_000;

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
let page;

// a page that remembers nothing of those before it
async function open() {
  await page?.context().close();
  page = await (await browser.newContext()).newPage();
  // nothing outside of the stub is asked for anything
  await page.route((address) => !address.href.startsWith(url), (route) => route.abort());
  await page.goto(url);
  await page.waitForFunction(
    () => window.app?.isGraphReady && window.app.extensionManager && window.LiteGraph?.registered_node_types?.Note,
    null, { timeout: PATIENCE });
}

// runs in the page
async function make(workflow) {
  try {
    await window.app.loadGraphData(workflow, true, false, null);
    const made = await window.app.graphToPrompt();
    return { prompt: made.output, saved: made.workflow };
  } catch (error) {
    return { error: String(error?.stack ?? error) };
  }
}

await open();
console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  const { workflow } = JSON.parse(line);
  let clock;
  const late = new Promise((resolve) => { clock = setTimeout(resolve, PATIENCE, { error: "no answer in time" }); });
  const answer = await Promise.race([page.evaluate(make, workflow).catch((error) => ({ error: String(error) })), late]);
  clearTimeout(clock);
  if (answer.error) await open();
  console.log(JSON.stringify(answer));
}
await browser.close();
