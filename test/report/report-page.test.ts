import { App, Chart } from 'cdk8s';
import { at, tagsOf } from './page';
import { description } from '../../examples/thousand-node/cluster';
import { Audit, AuditSuppression, CapacityReport, EtcdCluster, ThousandNodeCluster } from '../../src';
import { printed } from '../../src/report/html/element';
import { capacityPage } from '../../src/report/html/page';
import { ReportModel } from '../../src/report/report-model';

const cluster = new ThousandNodeCluster(new App(), 'shop', description);
const report = CapacityReport.of(cluster);
const page = report.toHtml();
const document: ReportModel = JSON.parse(report.toJson());

/** Figures of a page that disagree with the document, in value or in what a reader sees. */
function disagreements(html: string): string[] {
  return tagsOf(html).filter(tag => tag.name === 'data').filter(({ attributes, text }) => {
    const value = at(document, attributes['data-at']);
    // Six significant digits of a fraction are shown.
    const shown = Number(text.replace(/,/g, ''));
    return typeof value !== 'number' || Number(attributes.value) !== value || Math.abs(shown - value) > Math.abs(value) * 1e-5;
  }).map(({ attributes, text }) => `${attributes['data-at']} ${text}`);
}

describe('figures', () => {
  test('every figure equals the document', () => {
    expect(tagsOf(page).filter(tag => tag.name === 'data').length).toBeGreaterThan(500);
    expect(disagreements(page)).toEqual([]);
  });

  test('every number of the document stands on the page', () => {
    const shown = new Set(tagsOf(page).map(tag => tag.attributes['data-at']));
    const missing = [
      ...document.derivations!.map((_, i) => `/derivations/${i}/value`), ...document.limits!.flatMap((_, i) => ['used', 'capacity', 'reachedAtNodes'].map(field => `/limits/${i}/${field}`)),
      ...['nodes', 'pods', 'services'].map(field => `/cluster/${field}`),
      ...document.nodePods!.flatMap(({ bounds }, i) => [`/nodePods/${i}/pods`, ...bounds.map((_, j) => `/nodePods/${i}/bounds/${j}/pods`)]),
      ...document.joins!.flatMap((_, i) => ['nodes', 'gigabytes', 'firstImagesSeconds', 'allImagesSeconds', 'openPulls'].map(field => `/joins/${i}/${field}`)),
      ...document.rollout!.pools.flatMap((_, i) => ['nodesToday', 'nodesAtATime', 'batches', 'podsMovedSeconds'].map(field => `/rollout/pools/${i}/${field}`)),
      ...document.rollout!.rings!.flatMap((_, i) => ['members', 'mayBeAway', 'machinesAtATime'].map(field => `/rollout/rings/${i}/${field}`)),
    ].filter(pointer => !shown.has(pointer));
    expect(missing).toEqual([]);
  });

  test.each([
    ['a changed value', (html: string) => html.replace(/(<data value=")(\d+)("[^>]*limits)/, '$11$2$3')],
    ['a changed text', (html: string) => html.replace(/(<data [^>]*limits[^>]*>)(\d)/, '$17$2')],
    ['a place that does not exist', (html: string) => html.replace('data-at="/limits/0/', 'data-at="/limits/99/')],
  ])('%s is noticed', (_, spoil) => {
    expect(spoil(page)).not.toBe(page);
    expect(disagreements(spoil(page))).not.toEqual([]);
  });
});

describe('the page stands alone', () => {
  const tags = tagsOf(page);

  test('it has no element and no attribute that loads something', () => {
    expect(tags.filter(tag => ['link', 'img', 'image', 'iframe', 'object', 'embed', 'audio', 'video', 'base', 'use', 'form'].includes(tag.name))).toEqual([]);
    expect(tags.flatMap(tag => Object.keys(tag.attributes)).filter(name => /^(src|srcset|style|action|on.*)$/.test(name))).toEqual([]);
    expect(page).not.toMatch(/url\(|@import|fetch\(|XMLHttpRequest/);
  });

  test('a policy forbids the rest', () => {
    expect(tags.find(tag => tag.attributes['http-equiv'] === 'Content-Security-Policy')?.attributes.content).toMatch(/^default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:;/);
  });

  test('every link leads to one place of the page', () => {
    const ids = tags.map(tag => tag.attributes.id).filter(id => id !== undefined);
    expect(new Set(ids).size).toBe(ids.length);
    const links = tags.map(tag => tag.attributes.href).filter(href => href !== undefined);
    expect(links.length).toBeGreaterThan(200);
    expect(links.filter(href => !ids.includes(decodeURIComponent(href.slice(1))))).toEqual([]);
  });

  test('every inline element is closed in its order', () => {
    const open: string[] = [];
    for (const [, close, name] of page.replace(/<(style|script)>[^]*?<\/\1>/g, '').matchAll(/<(\/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*>/g)) {
      if (close) { expect(open.pop()).toBe(name); } else if (!['meta', 'br', 'col', 'input'].includes(name)) { open.push(name); }
    }
    expect(open).toEqual([]);
  });

  test('it stays below a megabyte', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
  });

  test('pictures have a title, tables a header for every column', () => {
    expect([...page.matchAll(/<svg([^>]*)>(<title>[^<]+<\/title>)?/g)].filter(([, attributes, title]) => !attributes.includes('aria-hidden') && !title)).toEqual([]);
    expect([...page.matchAll(/<table[^]*?<\/table>/g)].filter(([table]) => !table.includes('scope="col"'))).toEqual([]);
  });
});

describe('text of users', () => {
  const ATTACK = '</p><script>alert("1")</script><img src=x onerror=\'alert(1)\'> & &amp; pool';

  test('a reason stays text', () => {
    const accepted = new ThousandNodeCluster(new App(), 'shop', description);
    AuditSuppression.add(accepted, 'TNC155', ATTACK);
    expect(Audit.of(accepted).suppressed).toHaveLength(1);
    const html = CapacityReport.of(accepted).toHtml();
    expect(html.split(printed(ATTACK))).toHaveLength(2);
    expect(tagsOf(html).filter(tag => tag.name === 'script' || tag.name === 'img')).toHaveLength(1);
  });

  test('every text of the document stays text', () => {
    // Constrained fields too: a later version may not check them, and the page must not depend on it.
    const spoil = (value: unknown, key = ''): unknown => {
      if (typeof value === 'string') { return ['key', 'usedKey', 'capacityKey', 'firstLimit', 'id', 'cidr', 'answer'].includes(key) ? value : `${value}${ATTACK}`; }
      if (Array.isArray(value)) { return value.map(one => spoil(one, ['numbers', 'from'].includes(key) ? 'key' : key)); }
      return value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, spoil(one, name)])) : value;
    };
    const html = capacityPage(spoil(document) as ReportModel);
    expect(html).toContain('&lt;/p&gt;&lt;script&gt;');
    const names = (one: string) => [...new Set(tagsOf(one).map(tag => tag.name))].sort();
    expect(names(html)).toEqual(names(page));
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toMatch(/<img/);
  });

  test('a key with special characters is one place, and no other', () => {
    const keys = ['a b', 'a:20:b', 'a/b', '"><b>'];
    const model: ReportModel = {
      ...document, components: [{ type: 'X', paths: ['x'], numbers: keys }], limits: undefined, flows: undefined, nodePods: undefined, joins: undefined, rollout: undefined, derivations: keys.map(key => ({ key, id: key, value: 1, unit: '', words: 'w', formula: 'w', source: 's', confidence: 'estimate', from: keys })),
    };
    const tags = tagsOf(capacityPage(model));
    const ids = tags.filter(tag => tag.name === 'tbody' && tag.attributes.id).map(tag => tag.attributes.id);
    expect(new Set(ids).size).toBe(keys.length);
    expect(tags.map(tag => tag.attributes.href).filter(href => href?.startsWith('#n:')).every(href => ids.includes(href.slice(1)))).toBe(true);
  });
});

test('one construct has a page without the sections of a cluster', () => {
  const html = CapacityReport.of(new EtcdCluster(new Chart(new App(), 'one'), 'etcd')).toHtml();
  const ids = tagsOf(html).filter(tag => tag.name === 'section').map(tag => tag.attributes.id);
  expect(ids).toContain('sizing');
  expect(ids).not.toContain('flows');
});
