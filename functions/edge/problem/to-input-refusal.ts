import type { Refusal } from '../../../core/inquiry/refusal.ts';
import type { InputRefusal } from './problem-details.ts';

/** A refusal with the faults of a configuration document, each at a pointer into the body. */
export type RefusalWithFaults = Refusal & {
  readonly faults?: readonly { readonly pointer: string; readonly detail: string }[];
};

/** Turns each fault into an error that points into the body. */
export function toInputRefusal({ faults, ...refusal }: RefusalWithFaults): InputRefusal {
  if (faults === undefined) return refusal;
  return {
    ...refusal,
    errors: faults.map(({ pointer, detail }) => ({ in: 'body', pointer, detail })),
  };
}
