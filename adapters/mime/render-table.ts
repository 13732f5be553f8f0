/** A cell with its content already turned into text. */
export type TableCell = {
  readonly text: string;
  readonly colspan: number;
  readonly rowspan: number;
  /** Its lines are kept together: it holds a table, or lines that are only laid out by this one. */
  readonly laidOut: boolean;
};

export type TableRow = readonly TableCell[];

/** What stands between cells: a bar, so that two numbers never become one. */
const separator = ' | ';
/** A row with a cell of more lines, or of a longer one among several, is laid out in blocks. */
const mostCellLines = 6;
const longestCellLine = 80;
/** A cell's text is repeated in the rows that it spans up to this length. */
const longestRepeated = 60;
/** Boxes for one digit each, as forms have for a number: a My Number has 12. */
const fewestDigitBoxes = 12;

/**
 * Renders a table as text: a line per row, and a bar between cells.
 *
 * Columns in which nothing stands, as layout needs for its margins, are left out; else each row has
 * a cell for each column, empty or not, so that masking finds a column's heading. A row with long
 * texts gives each of them its own lines. The output stays in proportion to the cells.
 */
export function renderTable(rows: readonly TableRow[], hasHeadings: boolean): string {
  const grid = layOutGrid(rows);
  const filledColumns = new Set(
    grid.flatMap((row) => row.flatMap((text, column) => (text === '' ? [] : [column]))),
  );
  const parts: string[] = [];
  let afterBlock = true;
  for (const [at, row] of grid.entries()) {
    const cells = row.filter((_, column) => filledColumns.has(column));
    const filled = cells.filter((text) => text !== '');
    if (filled.length === 0) continue;
    const isTitle = parts.length === 0 && rows[at]?.length === 1;
    const isBlock =
      isTitle ||
      filledColumns.size === 1 ||
      rows[at]?.some((cell) => cell.laidOut) === true ||
      filled.some((text) => isLong(text, hasHeadings));
    const text = isBlock ? filled.join('\n\n') : renderLines(cells);
    const hasLines = isBlock && text.includes('\n');
    if (parts.length > 0) parts.push(hasLines || afterBlock ? '\n\n' : '\n');
    parts.push(text);
    afterBlock = hasLines;
  }
  return parts.join('');
}

/** Puts texts at their columns, and repeats those that span several rows. */
function layOutGrid(rows: readonly TableRow[]): string[][] {
  const width = Math.max(0, ...rows.map((row) => row.length));
  // Spans are the sender's numbers, so what they add is bounded by what is there.
  let budget = 100 + rows.reduce((cells, row) => cells + 4 * row.length, 0);
  let above = new Map<number, { text: string; rows: number }>();
  return rows.map((row) => {
    const columns: string[] = [];
    const below: typeof above = new Map();
    const put = (text: string, repeated: string, rowsBelow: number) => {
      if (rowsBelow > 0) below.set(columns.length, { text: repeated, rows: rowsBelow });
      columns.push(text);
    };
    const putSpanning = () => {
      let spanning = above.get(columns.length);
      while (spanning !== undefined && budget-- > 0) {
        put(spanning.text, spanning.text, spanning.rows - 1);
        spanning = above.get(columns.length);
      }
    };
    for (const { text: spaced, colspan, rowspan } of row) {
      const text = spaced.trim() === '' ? '' : spaced;
      putSpanning();
      put(text, text.length > longestRepeated ? '' : text, rowspan - 1);
      for (let span = 1; span < colspan && budget-- > 0; span++) put('', '', rowspan - 1);
    }
    putSpanning();
    while (columns.length < width && budget-- > 0) columns.push('');
    above = below;
    return columns;
  });
}

function isLong(text: string, hasHeadings: boolean): boolean {
  if (!text.includes('\n')) return false;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length > mostCellLines) return true;
  return !hasHeadings && lines.length > 1 && lines.some((line) => line.length > longestCellLine);
}

/** Renders a row as it is seen: the first lines of all cells, then the second. */
function renderLines(texts: readonly string[]): string {
  const cells = texts.map((text) =>
    text
      .split('\n')
      .map((line) => replaceBars(line.trim()))
      .filter((line) => line !== ''),
  );
  const height = Math.max(...cells.map((lines) => lines.length));
  const lines = Array.from({ length: height }, (_, at) => cells.map((cell) => cell[at] ?? ''));
  return lines.map(joinCells).join('\n');
}

/** Replaces bars between words, which would look like the end of a cell. */
function replaceBars(line: string): string {
  return line.includes('|') ? line.replace(/(?<!\S)\|(?!\S)/g, '¦') : line;
}

function joinCells(cells: readonly string[]): string {
  const [label = '', value = ''] = cells;
  const isLabelled = cells.length === 2 && /[:：]$/.test(label) && !/[:：]$/.test(value);
  if (isLabelled) return `${label} ${value}`.trim();
  return joinDigitBoxes(cells).join(separator).trim();
}

/** Joins the digits of a form's boxes by spaces: they are one number, and masked as one. */
function joinDigitBoxes(cells: readonly string[]): string[] {
  const joined: string[] = [];
  let boxes: string[] = [];
  for (const cell of [...cells, undefined]) {
    if (cell !== undefined && /^\p{Nd}$/u.test(cell)) {
      boxes.push(cell);
      continue;
    }
    if (boxes.length < fewestDigitBoxes) joined.push(...boxes);
    else joined.push(boxes.join(' '));
    boxes = [];
    if (cell !== undefined) joined.push(cell);
  }
  return joined;
}
