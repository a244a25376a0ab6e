import { AuditObject, AuditTree } from './audit-tree';
import { configMapTexts } from './scrape-view';

/** An input, filter or output of a Fluent Bit configuration. */
export interface LogPlugin {
  readonly at: AuditObject;
  readonly key: string;
  /** `inputs`, `filters` or `outputs`. */
  readonly section: string;
  /** `tail`, `kubernetes`, `es`, ... */
  readonly name: string;
  readonly text: string;
}

/** Plugins of all configurations, in the form with indentation and in the form with brackets. Read by lines: there is no YAML parser in the package. */
export function logPlugins(tree: AuditTree): LogPlugin[] {
  return configMapTexts(tree).flatMap(({ at, key, text }) => [...indented(text), ...bracketed(text)].flatMap(plugin => {
    const name = /^\s*-?\s*name:?\s+["']?([\w-]+)/im.exec(plugin.text)?.[1].toLowerCase();
    return name === undefined ? [] : [{ at, key, name, ...plugin }];
  }));
}

/** Value of a key, lower case: Fluent Bit knows keys in any case. */
export function logValue(plugin: LogPlugin, key: string): string | undefined {
  return new RegExp(`^\\s*-?\\s*${key.replaceAll('.', '\\.')}:?\\s+["']?([^"'\\n]*?)["']?\\s*$`, 'im').exec(plugin.text)?.[1].toLowerCase();
}

export function isOn(value: string | undefined): boolean {
  return ['true', 'on', 'yes'].includes(value ?? '');
}

interface Section {
  readonly section: string;
  readonly text: string;
}

function indented(text: string): Section[] {
  if (!/^pipeline:/m.test(text)) { return []; }
  const parts = text.slice(text.search(/^pipeline:/m)).split(/^ +(inputs|filters|outputs):[ \t]*$/m).slice(1);
  return parts.flatMap((part, i) => (i % 2 === 1 ? [] : parts[i + 1].split(/^(?= *- (?:name|match|tag|alias):)/m).map(item => ({ section: part, text: item }))));
}

function bracketed(text: string): Section[] {
  const sections: { readonly [head: string]: string } = { INPUT: 'inputs', FILTER: 'filters', OUTPUT: 'outputs' };
  return text.split(/^(?=\[)/m).flatMap(part => {
    const head = /^\[([A-Z]+)\]/.exec(part)?.[1] ?? '';
    return Object.hasOwn(sections, head) ? [{ section: sections[head], text: part }] : [];
  });
}
