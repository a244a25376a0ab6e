/** A document of Talos whose last field holds the text of a file that other forms lay down: the same lines, two columns further in. */
export function embedded(head: { readonly [field: string]: string }, key: string, text: string): string {
  const lines = text.trimEnd().split('\n').map(line => (line === '' ? '' : `  ${line}`));
  return [...Object.entries(head).map(([field, value]) => `${field}: ${value}`), `${key}:`, ...lines, ''].join('\n');
}

/** Plug-ins of an AdmissionConfiguration with the text of their configurations, in the layout that `yamlDocuments` gives it. */
export function admissionPlugins(text: string): Array<{ readonly name: string; readonly configuration: string }> {
  const [, list = ''] = text.split('\nplugins:\n');
  return list.split(/^ {2}- /m).slice(1).map(item => {
    const [, configuration, name] = /^configuration:\n((?: {6}.*\n)+) {4}name: (\S+)\n*$/.exec(item) ?? [];
    if (configuration === undefined) { throw new TypeError(`a plug-in of the AdmissionConfiguration has another layout: ${item}`); }
    return { name, configuration: configuration.replace(/^ {6}/gm, '') };
  });
}
