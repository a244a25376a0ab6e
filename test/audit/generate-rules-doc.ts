import { writeFileSync } from 'fs';
import { join } from 'path';
import { rulesDocument } from './rules-document';

writeFileSync(join(__dirname, '../../docs/rules.md'), rulesDocument());
