import { Outcome, Verdict } from './refusals';

const ORDER = [Outcome.REFUSED, Outcome.NOT_EXPRESSIBLE, Outcome.KEPT];

/** The verdicts by outcome, one paragraph each: messages are too long for columns. */
export function table(verdicts: Verdict[]): string {
  const blocks = ORDER.map((outcome) => {
    const rows = verdicts.filter(verdict => verdict.outcome === outcome);
    return [`${outcome.toUpperCase()} (${rows.length})`, ...rows.map(row => `  ${row.id.padEnd(11)} ${row.seed}\n${indented(row.message)}`)].join('\n');
  });
  return blocks.join('\n\n');
}

function indented(message: string): string {
  return message.split('\n').map(line => `              ${line}`).join('\n');
}
