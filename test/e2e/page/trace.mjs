// Looks for a service's traces in Zipkin's page as a person would, opens the one
// with this id, keeps a picture of it, and prints the page's text.
//
//   node trace.mjs ZIPKIN_URL SERVICE TRACE_ID SCREENSHOT CHROMIUM
import { chromium } from "playwright-core";

const [zipkin, service, traceId, screenshot, executablePath] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  page.setDefaultTimeout(20000);
  await page.goto(`${zipkin}/zipkin/?serviceName=${service}&lookback=1h&limit=100`);
  await page.getByRole("button", { name: /run query/i }).click();
  const shown = page.locator(`a[href*="/traces/${traceId}"]`).first();
  await shown.waitFor();
  const link = await shown.getAttribute("href");
  await page.goto(new URL(link, `${zipkin}/zipkin/`).href);
  await page.getByText("Total Spans").waitFor();
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: screenshot });
  console.log(await page.locator("body").innerText());
} finally {
  await browser.close();
}
