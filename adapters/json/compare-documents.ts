import { create } from 'jsondiffpatch';
import { format } from 'jsondiffpatch/formatters/jsonpatch';
import type { DocumentComparer } from '../../core/routing/configuration/config-ports.ts';
import type { JsonPatchOperation } from '../../core/routing/configuration/routing-config.ts';

/** Identifies rules and the like by id, so that they match wherever they stand in their list. */
function identify(item: object, index?: number): string {
  for (const name of ['id', 'desk', 'agent'] as const) {
    const value = (item as Record<string, unknown>)[name];
    if (typeof value === 'string') return `${name}:${value}`;
  }
  return `at:${index}`;
}

const comparison = create({ objectHash: identify, arrays: { detectMove: true } });

/**
 * Compares two documents as a JSON patch, matching list members by id where they have one, so that
 * an inserted rule moves no other.
 * @see https://www.rfc-editor.org/rfc/rfc6902
 */
export const compareDocuments: DocumentComparer = (before, after) => {
  const delta = comparison.diff(before, after);
  return delta === undefined ? [] : (format(delta) as JsonPatchOperation[]);
};
