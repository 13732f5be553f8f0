/** Controls other than line feed and tab, among them NUL and stray escapes. */
const control = /(?![\n\t])\p{Cc}/gu;

/** Cleans text for storage: lines end in LF without trailing blanks, and there are no controls. */
export function cleanText(text: string): string {
  const unified = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  return unified
    .toWellFormed()
    .replace(control, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/^\n+/, '')
    .trimEnd();
}

/**
 * Joins the lines of `format=flowed` text that were broken to fit (RFC 3676).
 *
 * Quoted lines are joined only with lines quoted as deeply.
 */
export function joinFlowedLines(text: string, deleteSpace: boolean): string {
  const lines: string[] = [];
  let open = false;
  let openDepth = 0;
  for (const source of text.split(/\r?\n/)) {
    const depth = quoteDepthOf(source);
    const unstuffed = source.slice(depth).replace(/^ /, '');
    const last = lines.length - 1;
    if (open && depth === openDepth) {
      const before = lines[last] as string;
      lines[last] = (deleteSpace ? before.slice(0, -1) : before) + unstuffed;
    } else {
      lines.push(depth === 0 ? unstuffed : `${'>'.repeat(depth)} ${unstuffed}`);
    }
    open = unstuffed.endsWith(' ') && unstuffed !== '-- ';
    openDepth = depth;
  }
  return lines.join('\n');
}

function quoteDepthOf(line: string): number {
  let depth = 0;
  while (line.charCodeAt(depth) === 0x3e) depth++;
  return depth;
}
