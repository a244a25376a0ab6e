import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DNS_PAGE, dnsPage } from '../../../docs/generate-dns-page';

test('docs/constructs/cached-core-dns.md has the props, numbers and alerts of today', () => {
  // Out of date: npx tsx --tsconfig tsconfig.check.json docs/generate-dns-page.ts
  expect(readFileSync(join(__dirname, '../../..', DNS_PAGE.file), 'utf8')).toBe(dnsPage());
});
