import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startBrowser } from '../conformance/areas/brain/browser';

// Makes docs/images/capacity-report.png of the reference cluster's report: `npm run synth`, then `npx tsx docs/screenshot-report.ts`.
// In the folder of the example lies what a user gets, so the picture cannot show more than there is.

const REPORT = join(__dirname, '..', 'examples', 'thousand-node', 'report', 'capacity.html');

async function main(): Promise<void> {
  const browser = await startBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1180 }, colorScheme: 'light' });
    await page.goto(String(pathToFileURL(REPORT)));
    await page.screenshot({ path: join(__dirname, 'images', 'capacity-report.png') });
  } finally {
    await browser.close();
  }
}

void main();
