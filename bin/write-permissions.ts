import { writeFileSync } from 'node:fs';
import { makeApp } from '../lib/make-app.ts';
import {
  listPermissions,
  listReasons,
  type PermissionResource,
  renderPermissions,
} from '../lib/permission-ledger.ts';
import { mergeStage } from '../lib/stage-template.ts';

// Rewrites docs/permissions.md from what the production stage's functions are allowed now.
const assembly = makeApp({ bundling: false, context: { stage: 'prod' } }).synth();
const template = mergeStage<PermissionResource>(assembly, 'prod');
writeFileSync(
  new URL('../docs/permissions.md', import.meta.url),
  renderPermissions(listPermissions(template), listReasons(template)),
);
