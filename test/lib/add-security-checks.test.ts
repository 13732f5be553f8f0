import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, describe, expect, it } from 'vitest';
import { makeApp } from '../../lib/make-app.ts';
import { stagesWith } from './synthesize.ts';
import { vendorDesks } from './vendor-stage.ts';

const outdir = mkdtempSync(join(tmpdir(), 'toritsugi-checks-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** The dev stage, with a vendor's account that may use some queues. */
const stages = stagesWith('dev', { desks: vendorDesks });
const app = makeApp({ outdir, bundling: false, context: { stages } });
app.synth();

function findings(): string[] {
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map((one) => `${ruleName} at ${one.constructPath}`),
  );
}

describe("AWS's rules for solutions", () => {
  it('find nothing in dev and prod that no reason is given for', () => {
    expect(findings()).toEqual([]);
  });

  it('are broken only for reasons that say something', () => {
    const reasons = app.node
      .findAll()
      .flatMap((construct) => construct.node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.values(data as Record<string, unknown>))
      .map((reason) => JSON.stringify(reason));
    expect(reasons.length).toBeGreaterThan(0);
    expect(reasons.filter((reason) => reason.length < 60)).toEqual([]);
  });

  it('do find a bucket without reasons', () => {
    const planted = new Bucket(Stack.of(app.node.findChild('toritsugi-dev-data')), 'Planted');
    expect(findings()).toContain(`AwsSolutions-S1 at ${planted.node.path}/Resource`);
  });
});
