import { addSecurityChecks } from '../lib/add-security-checks.ts';
import { makeApp } from '../lib/make-app.ts';

// The CLI says where it wants the assembly; the CDK alone would write to a temporary directory.
addSecurityChecks(makeApp({ outdir: process.env['CDK_OUTDIR'] ?? 'cdk.out' })).synth();
