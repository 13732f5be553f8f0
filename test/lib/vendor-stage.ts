import { SynthesizedStage } from './synthesize.ts';

const name = { ja: '委託', en: 'Outsourced' };

/** Desks of a stage, two of them with queues for their vendor's account: one push, one pull. */
export const vendorDesks = [
  { id: 'staff', kind: 'internal', mode: 'push', name },
  { id: 'bpo', kind: 'outsourced', mode: 'pull', vendor: 'vendor-a', name },
  {
    ...{ id: 'sys', kind: 'outsourced', mode: 'push', vendor: 'vendor-s', name },
    vendorAccount: '444455556666',
  },
  {
    ...{ id: 'que', kind: 'outsourced', mode: 'pull', vendor: 'vendor-s', name },
    vendorAccount: '444455556666',
  },
];

export function synthesizeVendorStage(): SynthesizedStage {
  return new SynthesizedStage('prod', { desks: vendorDesks });
}
