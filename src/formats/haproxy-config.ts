import { quoted } from '../input/text-safety';

/** One section of a haproxy configuration: `global`, `defaults`, `frontend api`. */
export interface HaproxySection {
  /** Keyword and name. */
  readonly head: string[];
  /** Directives, one line each: words in order. */
  readonly lines: string[][];
  /** Comment above the section. */
  readonly comment?: string;
}

/**
 * haproxy splits lines at blanks and reads backslashes, quotes, `#`, `$` and `~` specially. None of our words needs them, so they are refused instead of
 * escaped; `{` and `}` stand around conditions.
 */
const WORD = /^[A-Za-z0-9_.:,/@[\]*{}+=?-]+$/;

/** A file for haproxy. */
export function haproxyConfig(sections: HaproxySection[]): string {
  return sections.map(({ head, lines, comment }) => [
    ...(comment === undefined ? [] : [`# ${commentLine(comment)}\n`]),
    `${line(head)}\n`,
    ...lines.map(words => `  ${line(words)}\n`),
  ].join('')).join('\n');
}

function line(words: string[]): string {
  if (words.length === 0) { throw new TypeError('haproxy: a line needs a word'); }
  for (const word of words) {
    if (!WORD.test(word)) { throw new TypeError(`haproxy: a word must be letters, digits and _.:,/@[]*{}+=?-, got ${quoted(word)}`); }
  }
  return words.join(' ');
}

function commentLine(text: string): string {
  if (/[\r\n]/.test(text)) { throw new TypeError(`haproxy: a comment must be one line, got ${quoted(text)}`); }
  return text;
}
