import * as fs from 'node:fs';
import * as path from 'node:path';
import { REPOSITORY } from '../../scene';

/** Field names of a document, read from its definition; below a map names are free. */
export interface FieldTable { readonly repository: string; readonly tag: string; readonly fields: { readonly [field: string]: string } }

/** A table of `test/fixtures/installers/eks-fields.json`. */
export function fieldTable(kind: 'NodeConfig' | 'EC2NodeClass'): FieldTable {
  return JSON.parse(fs.readFileSync(path.join(REPOSITORY, 'test', 'fixtures', 'installers', 'eks-fields.json'), 'utf8'))[kind];
}

/** What is wrong with a value below a field: names that the table lacks, and other types. */
export function problemsOf(value: any, table: FieldTable, field: string): string[] {
  if (table.fields[field] === 'map') { return typeof value === 'object' && !Array.isArray(value) ? [] : [`${field} is no map`]; }
  if (Array.isArray(value)) { return value.flatMap(item => problemsOf(item, table, field)); }
  if (typeof value !== 'object' || value === null) { return []; }
  return Object.entries(value).flatMap(([name, child]) => {
    const below = `${field}.${name}`;
    const type = table.fields[below];
    if (type === undefined) { return [`${below} is unknown`]; }
    const fits = type === 'map' || (type === 'array' ? Array.isArray(child) : type === 'integer' || type === 'number' ? typeof child === 'number' : type.includes(' or ') || typeof child === type);
    return fits ? problemsOf(child, table, below) : [`${below} is not of type ${type}`];
  });
}
