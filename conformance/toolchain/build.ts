import { AREA_TOOL_NAMES, binaries, CORE_TOOL_NAMES, EARLIER_TOOL_NAMES, ToolName } from './binaries';

const KNOWN = [...CORE_TOOL_NAMES, ...AREA_TOOL_NAMES, ...EARLIER_TOOL_NAMES];

/** `npx tsx conformance/toolchain/build.ts [tool ...]`: what every run has, or the named ones. */
async function main(words: readonly string[]): Promise<void> {
  const unknown = words.filter((word) => !isToolName(word));
  if (unknown.length > 0) {
    throw new Error(`unknown tool '${unknown.join("', '")}'; tools are ${KNOWN.join(', ')}`);
  }
  const names = words.length > 0 ? words.filter(isToolName) : CORE_TOOL_NAMES;
  const ready = await binaries(names, (line) => console.log(line));

  const width = Math.max(...names.map((name) => name.length));
  console.log('');
  for (const name of names) {
    const { version, built, seconds, path } = ready[name];
    console.log(`${name.padEnd(width)}  ${version.padEnd(8)}  ${built.padEnd(5)}  ${seconds.toFixed(1).padStart(6)} s  ${path}`);
  }
}

function isToolName(word: string): word is ToolName {
  return (KNOWN as readonly string[]).includes(word);
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
