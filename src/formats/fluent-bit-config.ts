import { Yaml } from 'cdk8s';
import {
  FLUENT_BIT_YAML, fluentBitParserKeyProblem, FluentBitPluginKind, fluentBitPluginKeyProblem, fluentBitServiceKeyProblem,
} from '../catalogue/fluent-bit-keys';
import { inRange } from '../catalogue/version-range';
import { lineProblem, quoted } from '../input/text-safety';

/** A reference to an environment variable: the only way that a secret or a name of the node reaches the configuration. */
export interface EnvReference {
  readonly env: string;
}

/** One value. A list repeats its key in the classic form; the parts of a `text` are joined. */
export type FluentBitValue = string | number | boolean | EnvReference | { readonly text: Array<string | EnvReference> } | FluentBitValue[];

/** Settings in the order in which they are written; undefined leaves one out. */
export interface FluentBitSettings {
  readonly [key: string]: FluentBitValue | undefined;
}

/** A plugin or a parser. */
export interface FluentBitPlugin {
  /** Name of the plugin (`tail`) or of the parser. */
  readonly name: string;
  readonly settings: FluentBitSettings;
}

/** A pipeline, whatever the form it is written in. */
export interface FluentBitPipeline {
  readonly service: FluentBitSettings;
  /** Parsers by name. */
  readonly parsers: FluentBitPlugin[];
  readonly inputs: FluentBitPlugin[];
  readonly filters: FluentBitPlugin[];
  readonly outputs: FluentBitPlugin[];
}

/** The files of a configuration. */
export interface FluentBitConfig {
  /** Name of the file that Fluent Bit is started with. */
  readonly main: string;
  /** Content by file name. */
  readonly files: { readonly [name: string]: string };
}

/**
 * The pipeline in the form that the version reads best: YAML from 3.2 on, the classic form below. Keys that the version does not know are an
 * error: Fluent Bit would not start, or would ignore them without a word.
 */
export function fluentBitConfig(pipeline: FluentBitPipeline, version: string): FluentBitConfig {
  checkKeys(pipeline, version);
  if (inRange(version, FLUENT_BIT_YAML)) { return { main: 'fluent-bit.yaml', files: { 'fluent-bit.yaml': yamlForm(pipeline) } }; }
  return {
    main: 'fluent-bit.conf',
    files: {
      'fluent-bit.conf': classicForm(pipeline),
      ...(pipeline.parsers.length > 0 ? { [PARSERS_FILE]: classicParsers(pipeline) } : {}),
    },
  };
}

/** Settings without those that the version does not know, for values of our own that matter only where they exist. */
export function knownSettings(kind: FluentBitPluginKind, plugin: string, version: string, settings: FluentBitSettings): FluentBitSettings {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => fluentBitPluginKeyProblem(kind, plugin, version, key) === undefined));
}

/** The same for the service section. */
export function knownServiceSettings(version: string, settings: FluentBitSettings): FluentBitSettings {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => fluentBitServiceKeyProblem(version, key) === undefined));
}

/** A name that the image's own files do not have. */
const PARSERS_FILE = 'parsers-of-cluster.conf';

function checkKeys(pipeline: FluentBitPipeline, version: string): void {
  const problems = [
    ...keysOf(pipeline.service).map(key => fluentBitServiceKeyProblem(version, key)),
    ...pipeline.parsers.flatMap(parser => keysOf(parser.settings).map(key => fluentBitParserKeyProblem(version, key))),
    ...pluginProblems('input', pipeline.inputs, version),
    ...pluginProblems('filter', pipeline.filters, version),
    ...pluginProblems('output', pipeline.outputs, version),
  ].filter((problem): problem is string => problem !== undefined);
  if (problems.length > 0) { throw new TypeError(`fluent-bit configuration: ${problems.join('; ')}`); }
}

function pluginProblems(kind: FluentBitPluginKind, plugins: FluentBitPlugin[], version: string): Array<string | undefined> {
  return plugins.flatMap(plugin => keysOf(plugin.settings).map(key => fluentBitPluginKeyProblem(kind, plugin.name, version, key)));
}

function keysOf(settings: FluentBitSettings): string[] {
  return Object.keys(settings).filter(key => settings[key] !== undefined);
}

// ---- YAML

function yamlForm(pipeline: FluentBitPipeline): string {
  const named = (list: FluentBitPlugin[]) =>
    (list.length > 0 ? list.map(item => ({ name: checkedName(item.name), ...yamlSettings(item.settings) })) : undefined);
  return Yaml.stringify(definedOnly({
    service: yamlSettings(pipeline.service),
    parsers: named(pipeline.parsers),
    pipeline: definedOnly({ inputs: named(pipeline.inputs), filters: named(pipeline.filters), outputs: named(pipeline.outputs) }),
  }));
}

function yamlSettings(settings: FluentBitSettings): object {
  return Object.fromEntries(keysOf(settings).map(key => [key.toLowerCase(), yamlValue(key, settings[key]!)]));
}

function yamlValue(key: string, value: FluentBitValue): unknown {
  if (Array.isArray(value)) { return value.map(item => scalar(key, item)); }
  const text = scalar(key, value);
  // YAML's own true and false are read as On and Off.
  return typeof value === 'boolean' || typeof value === 'number' ? value : text;
}

function definedOnly(object: { [key: string]: unknown }): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

// ---- classic

function classicForm(pipeline: FluentBitPipeline): string {
  const service: FluentBitSettings = pipeline.parsers.length > 0 ? { ...pipeline.service, parsers_file: PARSERS_FILE } : pipeline.service;
  return [
    classicSection('SERVICE', classicLines(service)),
    ...pluginSections('INPUT', pipeline.inputs),
    ...pluginSections('FILTER', pipeline.filters),
    ...pluginSections('OUTPUT', pipeline.outputs),
  ].join('\n');
}

function classicParsers(pipeline: FluentBitPipeline): string {
  return pipeline.parsers.map(parser => classicSection('PARSER', [['Name', checkedName(parser.name)], ...classicLines(parser.settings)])).join('\n');
}

function pluginSections(section: string, plugins: FluentBitPlugin[]): string[] {
  return plugins.map(plugin => classicSection(section, [['Name', checkedName(plugin.name)], ...classicLines(plugin.settings)]));
}

function classicSection(section: string, lines: Array<[string, string]>): string {
  const width = Math.max(0, ...lines.map(([key]) => key.length));
  return `[${section}]\n${lines.map(([key, value]) => `    ${key.padEnd(width)} ${value}\n`).join('')}`;
}

function classicLines(settings: FluentBitSettings): Array<[string, string]> {
  return keysOf(settings).flatMap((key): Array<[string, string]> => {
    const value = settings[key]!;
    return (Array.isArray(value) ? value : [value]).map(item => [key, scalar(key, item)]);
  });
}

// ---- values

/**
 * The text of one value. Refused is what a form cannot carry: line breaks (they open a new section in the classic form), `${` in plain text
 * (it would be replaced by a variable, perhaps a password), and what the classic form trims or reads as something else.
 */
function scalar(key: string, value: FluentBitValue): string {
  if (typeof value === 'boolean') { return value ? 'on' : 'off'; }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) { throw new TypeError(`fluent-bit value of '${key}' must be a number, got ${value}`); }
    return String(value);
  }
  if (typeof value === 'string') { return plainText(key, value); }
  if (Array.isArray(value)) { throw new TypeError(`fluent-bit value of '${key}' must not hold a list inside a list`); }
  if ('env' in value) { return reference(value); }
  const text = value.text.map(part => (typeof part === 'string' ? unescaped(key, part) : reference(part))).join('');
  return wholeValue(key, text);
}

function plainText(key: string, text: string): string {
  return wholeValue(key, unescaped(key, text));
}

function unescaped(key: string, text: string): string {
  const line = lineProblem(`fluent-bit value of '${key}'`, text);
  if (line !== undefined) { throw new TypeError(line); }
  if (text.includes('${')) {
    throw new TypeError(`fluent-bit value of '${key}' must not hold '\${', got ${quoted(text)}: it would be replaced by an environment variable`);
  }
  return text;
}

function wholeValue(key: string, text: string): string {
  if (text === '' || text.trim() !== text) {
    throw new TypeError(`fluent-bit value of '${key}' must not be empty or have spaces around it, got ${quoted(text)}`);
  }
  if (/^[[\]@#]/.test(text)) {
    throw new TypeError(`fluent-bit value of '${key}' must not start with '[', ']', '@' or '#', got ${quoted(text)}`);
  }
  return text;
}

const ENV_NAME = /^[A-Z][A-Z0-9_]*$/;

function reference(value: EnvReference): string {
  if (!ENV_NAME.test(value.env)) { throw new TypeError(`fluent-bit environment variable must be upper case as in NODE_NAME, got ${quoted(value.env)}`); }
  return `\${${value.env}}`;
}

const NAME = /^[a-z][a-z0-9_-]*$/;

function checkedName(name: string): string {
  if (!NAME.test(name)) { throw new TypeError(`fluent-bit name must be lower-case letters, digits, '_' and '-', got ${quoted(name)}`); }
  return name;
}
