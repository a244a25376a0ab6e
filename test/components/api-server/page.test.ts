import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { API_SERVER_PAGE, apiServerPage } from '../../../docs/generate-api-server-page';

test('docs/constructs/tuned-api-server.md has the props, numbers, flags and exceptions of today', () => {
  // Out of date: npx tsx --tsconfig tsconfig.check.json docs/generate-api-server-page.ts
  expect(readFileSync(join(__dirname, '../../..', API_SERVER_PAGE.file), 'utf8')).toBe(apiServerPage());
});
