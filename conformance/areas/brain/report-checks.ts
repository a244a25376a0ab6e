import * as fs from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { browserMissing, startBrowser } from './browser';
import { lowContrast } from './contrast';
import { Check, failed, Outcome, passed } from '../../check';
import { REPOSITORY, Scene } from '../../scene';

// What the page has and this program, which is not compiled for browsers, has not.
declare const document: any;

const FOLDER = path.join(REPOSITORY, 'examples', 'thousand-node', 'report');
const PHONE = { width: 375, height: 800 };
const DESK = { width: 1440, height: 1000 };

/** One look at the page; what is wrong, or nothing. */
type Look = (page: Page, traffic: readonly string[]) => Promise<string[]>;

/** A look, and pages with one thing wrong that it has to notice. */
interface Drill {
  readonly id: string;
  readonly options: BrowserContextOptions;
  readonly look: Look;
  readonly twins: { readonly [what: string]: (html: string) => string };
}

const DRILLS: Drill[] = [
  {
    id: 'report-figures',
    options: { viewport: DESK },
    look: figuresOfThePage,
    twins: {
      'a changed value': html => html.replace(/(<data value=")\d+(" data-at="\/derivations)/, '$1987654321$2'),
      'a changed text': html => html.replace(/(data-at="\/limits\/0\/reachedAtNodes">)[^<]+/, '$113'),
    },
  },
  {
    id: 'report-stays-on-the-page',
    options: { viewport: DESK },
    look: async (_, traffic) => [...traffic],
    twins: {
      'a picture from elsewhere, which the policy stops': html => html.replace('</main>', '<img src="https://example.com/a.png"></main>'),
      'a picture from elsewhere and no policy': html => html.replace(/<meta http-equiv[^>]*>/, '').replace('</main>', '<img src="https://example.com/a.png"></main>'),
    },
  },
  {
    id: 'report-without-scripts',
    options: { viewport: DESK, javaScriptEnabled: false },
    look: readableWithoutScripts,
    twins: {
      'a section that only scripts show': html => html.replace('<section id="limits"', '<section hidden id="limits"'),
      'a fold that only scripts open': html => html.replace('</style>', 'details { pointer-events: none }</style>'),
    },
  },
  {
    id: 'report-on-a-phone',
    options: { viewport: PHONE },
    look: fitsItsWidth,
    twins: { 'a line that does not wrap': html => html.replace('</main>', `<p><code>${'x'.repeat(300)}</code></p></main>`).replace('overflow-wrap: break-word', '') },
  },
  {
    id: 'report-in-the-dark',
    options: { viewport: DESK, colorScheme: 'dark' },
    look: async page => { await unfoldAll(page); return lowContrast(page); },
    twins: { 'grey on black': html => html.replace('--muted: #9fabb7', '--muted: #4a525a') },
  },
  {
    id: 'report-in-the-light',
    options: { viewport: DESK, colorScheme: 'light' },
    look: async page => { await unfoldAll(page); return lowContrast(page); },
    twins: { 'grey on white': html => html.replace('--muted: #55606c', '--muted: #a9b2bb') },
  },
];

/** The report of the example, opened in a browser. */
export const reportChecks: Check[] = DRILLS.map((drill): Check => ({
  id: drill.id,
  drill: '6',
  judge: 'component',
  component: 'chromium',
  skip: scene => (scene.extent.ci ? 'needs a browser; not in the short form' : browserMissing()),
  run: scene => runDrill(drill, scene),
}));

async function runDrill({ id, options, look, twins }: Drill, scene: Scene): Promise<Outcome> {
  const html = fs.readFileSync(path.join(FOLDER, 'capacity.html'), 'utf8');
  const browser = await startBrowser();
  try {
    const found = await open(browser, path.join(FOLDER, 'capacity.html'), options, look);
    if (found.length > 0) { return failed(`${found.length} of them: ${found.slice(0, 5).join('; ')}`); }
    for (const [what, spoil] of Object.entries(twins)) {
      const spoilt = spoil(html);
      if (spoilt === html) { return failed(`the twin with ${what} is the page itself`); }
      const noticed = await open(browser, scene.file(`${id}/${what.replace(/\W+/g, '-')}.html`, spoilt), options, look);
      if (noticed.length === 0) { return failed(`the twin with ${what} was not noticed`); }
    }
    return passed(`Chromium ${browser.version()}: nothing is wrong, and ${Object.keys(twins).length} twins were noticed`, { page: { value: Math.round(Buffer.byteLength(html) / 1024), unit: 'KiB' } });
  } finally {
    await browser.close();
  }
}

/** Open a page and look at it; everything that it tried to load beside itself is kept from the network and told. */
async function open(browser: Browser, file: string, options: BrowserContextOptions, look: Look): Promise<string[]> {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    const traffic: string[] = [];
    const own = String(pathToFileURL(file));
    await context.route('**/*', route => {
      if (route.request().url() === own) { return route.continue(); }
      traffic.push(`it asked for ${route.request().url()}`);
      return route.abort();
    });
    page.on('console', message => { if (message.type() === 'error') { traffic.push(message.text()); } });
    page.on('pageerror', error => traffic.push(`a script failed: ${error.message}`));
    await page.goto(own, { waitUntil: 'load' });
    return await look(page, traffic);
  } finally {
    await context.close();
  }
}

async function figuresOfThePage(page: Page): Promise<string[]> {
  const figures = await page.$$eval('data', all => all.map(one => ({ at: one.getAttribute('data-at') ?? '', value: one.getAttribute('value'), text: one.textContent ?? '' })));
  const report: unknown = JSON.parse(fs.readFileSync(path.join(FOLDER, 'capacity.json'), 'utf8'));
  const wrong = figures.filter(({ at, value, text }) => {
    const expected = at.split('/').slice(1).reduce((inside: any, part: string) => inside?.[part], report);
    // Fractions are shown with six digits.
    return typeof expected !== 'number' || Number(value) !== expected || Math.abs(Number(text.replace(/,/g, '')) - expected) > Math.abs(expected) * 1e-5;
  });
  return [...(figures.length < 500 ? [`only ${figures.length} figures`] : []), ...wrong.map(({ at, text }) => `${at} shows ${text}`)];
}

async function readableWithoutScripts(page: Page): Promise<string[]> {
  const problems: string[] = [];
  for (const heading of await page.locator('main section > h2').all()) {
    if (!await heading.isVisible()) { problems.push(`section ${await heading.textContent({ timeout: 1000 })} cannot be seen`); }
  }
  if (await page.locator('main section').count() < 6) { problems.push('fewer than six sections'); }
  for (const selector of ['#limits details', '#sizing details.component', '#findings details']) {
    const fold = page.locator(selector).first();
    await fold.locator('summary').first().click({ timeout: 2000 }).catch(() => undefined);
    if (await fold.getAttribute('open') === null) { problems.push(`${selector} does not unfold`); }
  }
  return problems;
}

async function fitsItsWidth(page: Page): Promise<string[]> {
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  const folded = await width();
  await unfoldAll(page);
  const unfolded = await width();
  return [['folded', folded] as const, ['unfolded', unfolded] as const].filter(([, pixels]) => pixels > PHONE.width).map(([state, pixels]) => `${state} it is ${pixels} pixels wide`);
}

async function unfoldAll(page: Page): Promise<void> {
  await page.$$eval('details', all => { for (const one of all) { (one as unknown as { open: boolean }).open = true; } });
}
