import type { DomNode, FormatCallback, RecursiveCallback } from 'html-to-text';
import { renderTable } from './render-table.ts';

type TextBuilder = Parameters<FormatCallback>[2];

/** How many elements between a table and its rows are looked through, such as `tbody` or a form. */
const mostWrappers = 10;
const rowNames: ReadonlySet<string> = new Set(['thead', 'tbody', 'tfoot', 'tr', 'td', 'th']);

/** Cells in which another table stands: its lines must not be put beside those of other cells. */
const cellsWithTable = new WeakSet<DomNode>();

/**
 * Formats a table by `renderTable`, also one inside another.
 *
 * The library's own ways run cells together, or tear lines to fit columns and leave out what stands
 * between cells, where HTML has no place for it; here that becomes a cell of its own.
 */
export const formatTable: FormatCallback = (table, walk, builder, options) => {
  const around = findCellAround(table);
  if (around !== undefined) cellsWithTable.add(around);
  for (const node of table.children) {
    if (node.name !== 'caption') continue;
    builder.openBlock({ leadingLineBreaks: 1 });
    walk(node.children, builder);
    builder.closeBlock({ trailingLineBreaks: 1 });
  }
  builder.openTable();
  const writer = new RowWriter(walk, builder);
  writer.writeRows(table.children, 0);
  writer.closeRow();
  const isLayout = /^(?:presentation|none)$/i.test(String(table.attribs?.['role'] ?? ''));
  builder.closeTable({
    leadingLineBreaks: options.leadingLineBreaks,
    trailingLineBreaks: options.trailingLineBreaks,
    tableToString: (rows) =>
      renderTable(
        rows.map((row, at) =>
          row.map((cell, column) => {
            const holdsTable = writer.holdsTable[at]?.[column] === true;
            return { ...cell, laidOut: holdsTable || (isLayout && cell.text.includes('\n')) };
          }),
        ),
        writer.hasHeadings,
      ),
  });
};

/** Formats a definition list: a line per definition, behind its term and a colon. */
export const formatDefinitions: FormatCallback = (list, walk, builder, options) => {
  builder.openTable();
  const writer = new RowWriter(walk, builder);
  writer.writeDefinitions(list.children, 0);
  writer.closeRow();
  builder.closeTable({
    leadingLineBreaks: options.leadingLineBreaks,
    trailingLineBreaks: options.trailingLineBreaks,
    tableToString: (rows) =>
      rows.flatMap(([term, ...texts]) => renderDefinitions(term?.text ?? '', texts)).join('\n'),
  });
};

/** How long a term is repeated before each of its definitions. */
const longestTerm = 60;

function renderDefinitions(term: string, definitions: readonly { text: string }[]): string[] {
  const texts = definitions.map(({ text }) => text.trim()).filter((text) => text !== '');
  if (term === '' || texts.length === 0) return term === '' ? texts : [term];
  const label = /[:：]$/.test(term) ? term : `${term}:`;
  return texts.map((text, at) => {
    if (at > 0 && term.length > longestTerm) return text;
    return `${label}${text.includes('\n') ? '\n' : ' '}${text}`;
  });
}

/** Gives a table's cells to the builder, which collects their texts by rows. */
class RowWriter {
  /** By row and cell. */
  readonly holdsTable: boolean[][] = [];
  hasHeadings = false;
  readonly #walk: RecursiveCallback;
  readonly #builder: TextBuilder;
  #isInRow = false;

  constructor(walk: RecursiveCallback, builder: TextBuilder) {
    this.#walk = walk;
    this.#builder = builder;
  }

  writeRows(nodes: readonly DomNode[], wrappers: number): void {
    for (const node of nodes) {
      if (node.name === 'tr') {
        this.closeRow();
        this.writeRows(node.children, wrappers);
        this.closeRow();
      } else if (node.name === 'td' || node.name === 'th') {
        this.hasHeadings ||= node.name === 'th';
        this.#writeCell(node.children, node);
      } else if (wrappers < mostWrappers && isRowWrapper(node)) {
        this.writeRows(node.children, wrappers + 1);
      } else if (node.name !== 'caption' && isShown(node)) {
        this.#writeCell([node]);
      }
    }
  }

  /** Writes a row per term; its first cell is the term, which may be missing. */
  writeDefinitions(nodes: readonly DomNode[], wrappers: number): void {
    for (const node of nodes) {
      if (node.name === 'div' && wrappers < mostWrappers) {
        this.writeDefinitions(node.children, wrappers + 1);
      } else if (node.name === 'dd') {
        if (!this.#isInRow) this.#writeCell([]);
        this.#writeCell(node.children);
      } else if (isShown(node)) {
        this.closeRow();
        this.#writeCell(node.name === 'dt' ? node.children : [node]);
      }
    }
  }

  closeRow(): void {
    if (!this.#isInRow) return;
    this.#isInRow = false;
    this.#builder.closeTableRow();
  }

  #writeCell(nodes: DomNode[], cell?: DomNode): void {
    if (!this.#isInRow) {
      this.#isInRow = true;
      this.holdsTable.push([]);
      this.#builder.openTableRow();
    }
    this.#builder.openTableCell();
    this.#walk(nodes, this.#builder);
    this.#builder.closeTableCell({
      colspan: readSpan(cell?.attribs?.['colspan']),
      rowspan: readSpan(cell?.attribs?.['rowspan']),
    });
    this.holdsTable.at(-1)?.push(cell !== undefined && cellsWithTable.has(cell));
  }
}

function readSpan(value: unknown): number {
  const span = Number.parseInt(String(value ?? ''), 10);
  return span > 1 ? span : 1;
}

function isRowWrapper(node: DomNode): boolean {
  if (node.type !== 'tag' || node.name === 'table') return false;
  return (
    rowNames.has(node.name ?? '') || node.children.some(({ name }) => rowNames.has(name ?? ''))
  );
}

function isShown(node: DomNode): boolean {
  return node.type === 'tag' || (node.type === 'text' && (node.data ?? '').trim() !== '');
}

function findCellAround(table: DomNode): DomNode | undefined {
  let node = table.parent;
  while (node !== undefined && node !== null && node.name !== 'td' && node.name !== 'th') {
    node = node.parent;
  }
  return node ?? undefined;
}
