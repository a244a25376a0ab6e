const MODULE = /^[A-Za-z0-9_-]+$/;

/** A file for /etc/modules-load.d: one module per line. */
export function modulesLoad(modules: string[]): string {
  const wrong = modules.find(name => !MODULE.test(name));
  if (wrong !== undefined) { throw new TypeError(`a kernel module must be letters, digits, '-' and '_', got ${JSON.stringify(wrong)}`); }
  return [...new Set(modules)].sort().map(name => `${name}\n`).join('');
}
