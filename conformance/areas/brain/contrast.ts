import { Page } from 'playwright-core';

// What the page has and this program, which is not compiled for browsers, has not.
declare const document: any;
declare const NodeFilter: any;
declare function getComputedStyle(element: any): any;

/** Contrast that normal text needs. Source: WCAG 2.2, 1.4.3 (AA). */
const LEAST = 4.5;

/** Text of a page that stands out too little from what is behind it, once per pair of colours. */
export async function lowContrast(page: Page): Promise<string[]> {
  const samples = await page.evaluate(() => {
    const found = new Map<string, { text: string; front: string; behind: string[] }>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      const text: string = walker.currentNode.textContent.trim();
      if (text === '' || element.closest('script, style, title, desc, .skip') || element.getClientRects().length === 0) { continue; }
      const style = getComputedStyle(element);
      const behind: string[] = [];
      for (let up = element; up; up = up.parentElement) { behind.push(getComputedStyle(up).backgroundColor); }
      const front = element.closest('svg') ? style.fill : style.color;
      found.set(`${front} ${behind.join()}`, { text: text.slice(0, 40), front, behind });
    }
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    return [...found.values()].map(({ text, front, behind }) => {
      // Paint what is behind from the page to the element, then the text's colour: the browser knows every notation, a pixel is numbers.
      canvas.clearRect(0, 0, 1, 1);
      const [back, fore] = [[...behind].reverse(), [front]].map(colors => {
        for (const color of colors) {
          canvas.fillStyle = color;
          canvas.fillRect(0, 0, 1, 1);
        }
        return Array.from<number>(canvas.getImageData(0, 0, 1, 1).data);
      });
      return { text, front: fore, back };
    });
  });
  if (samples.length < 4) { return [`only ${samples.length} pairs of colours were found`]; }
  return samples.flatMap(({ text, front, back }) => {
    const contrast = ratio(luminance(front), luminance(back));
    return contrast < LEAST ? [`'${text}' has a contrast of ${contrast.toFixed(2)}`] : [];
  });
}

function ratio(a: number, b: number): number {
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** Relative luminance of an sRGB colour. Source: WCAG 2.2. */
function luminance([red, green, blue]: number[]): number {
  const linear = (channel: number) => (channel / 255 <= 0.04045 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
