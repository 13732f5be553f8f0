import { readFileSync } from 'node:fs';
import { makeApp as makeProjectApp } from '../../../lib/make-app.ts';

const settings = JSON.parse(
  readFileSync(new URL('../../../cdk.json', import.meta.url), 'utf8'),
) as { context: { stages: { local: object } } };

const names = { ja: '窓口', en: 'Desk' };
const desks = [
  { id: 'staff', kind: 'internal', mode: 'push', name: names },
  { id: 'bpo', kind: 'outsourced', mode: 'pull', vendor: 'vendor-a', name: names, claimSeconds: 5 },
];

/** The project's stack of stage `local`; unconfirmed claims of its outsourced desk lapse soon. */
export function makeApp(options: {
  outdir: string;
  bundling: boolean;
  context: Record<string, unknown>;
}) {
  const stages = { local: { ...settings.context.stages.local, desks } };
  return makeProjectApp({ ...options, context: { ...options.context, stages } });
}
