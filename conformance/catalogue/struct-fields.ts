import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

interface GoField { readonly go: string; readonly name: string; readonly type: string; readonly inline?: boolean }
interface GoTypes { readonly structs: { readonly [type: string]: readonly GoField[] }; readonly named: { readonly [type: string]: string } }

/** A field by its dotted path, as upstream's JSON spells it. */
export interface StructField { readonly path: string; readonly goPath: string; readonly kind: string }

const SCALARS: { readonly [type: string]: string } = {
  string: 'string',
  bool: 'boolean',
  int: 'integer',
  int8: 'integer',
  int32: 'integer',
  int64: 'integer',
  uint: 'integer',
  uint8: 'integer',
  uint16: 'integer',
  uint32: 'integer',
  uint64: 'integer',
  float32: 'float',
  float64: 'float',
  Duration: 'duration',
  Quantity: 'quantity',
  QuantityValue: 'quantity',
  TimeOrMetaDuration: 'duration',
  Time: 'string',
  Port: 'string',
  Protocol: 'string',
  DSCP: 'string',
  IntOrString: 'string',
  RawExtension: 'object',
  LabelSelector: 'object',
  any: 'object',
  VerbosityLevel: 'integer',
};

/** Types declared in some Go files. */
export function goTypes(files: readonly string[]): GoTypes {
  const output = execFileSync('go', ['run', join(__dirname, 'upstream/structs.go'), '--', ...files], { encoding: 'utf8', maxBuffer: 300e6 });
  return JSON.parse(output);
}

function kindOf(type: string, types: GoTypes): string {
  if (SCALARS[type] !== undefined) { return SCALARS[type]; }
  if (type === '[]byte') { return 'string'; }
  if (type.startsWith('[]')) { return 'list'; }
  if (type.startsWith('map[')) { return 'map'; }
  if (types.structs[type] !== undefined) { return 'object'; }
  if (types.named[type] !== undefined) { return kindOf(types.named[type], types); }
  throw new Error(`type ${type} is unknown`);
}

function elementOf(type: string, types: GoTypes): string {
  if (type.startsWith('[]')) { return elementOf(type.slice(2), types); }
  return types.named[type] !== undefined && types.structs[type] === undefined ? elementOf(types.named[type], types) : type;
}

/** All fields of a struct, those of nested structs and of list items included; below a map everything is allowed. */
export function fieldsOf(type: string, types: GoTypes, depth: number, path = '', goPath = ''): StructField[] {
  return types.structs[type].flatMap((field) => {
    if (field.inline) {
      return types.structs[field.type] === undefined ? [] : fieldsOf(field.type, types, depth, path, goPath);
    }
    const own = { path: `${path}${field.name}`, goPath: `${goPath}${field.go}`, kind: kindOf(field.type, types) };
    const element = elementOf(field.type, types);
    const nested = own.kind !== 'map' && depth > 1 && types.structs[element] !== undefined && SCALARS[element] === undefined
      ? fieldsOf(element, types, depth - 1, `${own.path}.`, `${own.goPath}.`) : [];
    return [own, ...nested];
  });
}
