import type { Refusal } from '../../../core/inquiry/refusal.ts';
import type { InputRefusal } from './problem-details.ts';

/** A refusal with the faults of a document that was put, each at a pointer into the body. */
export type RefusalWithFaults = Refusal & {
  readonly faults?: readonly { readonly pointer: string; readonly detail: string }[];
};

/** Says where in the body each fault is. */
export function toInputRefusal({ faults, ...refusal }: RefusalWithFaults): InputRefusal {
  if (faults === undefined) return refusal;
  return {
    ...refusal,
    errors: faults.map(({ pointer, detail }) => ({ in: 'body', pointer, detail })),
  };
}
