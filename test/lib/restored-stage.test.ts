import { describe, expect, it } from 'vitest';
import { StageContext } from '../../lib/stage-context.ts';
import { SynthesizedStage, stagesWith, useCaseOf } from './synthesize.ts';

const streamArn = 'arn:aws:dynamodb:ap-northeast-1:123456789012:table/ledger-2/stream/2026-11-30';
const restored = {
  table: { name: 'ledger-2', streamArn },
  mailBucket: 'mail-2',
  contentBucket: 'content-2',
};
const usual = new SynthesizedStage('prod');
const stage = new SynthesizedStage('prod', { restored });
const tableOnly = new SynthesizedStage('prod', { restored: { table: restored.table } });

const textOf = (value: unknown) => JSON.stringify(value);

type Statement = { Effect: string; Action: unknown; Condition?: unknown };

/** What each role may do, whatever with. */
function actionsOf(one: SynthesizedStage): unknown[] {
  return one
    .resourcesOfType('AWS::IAM::Role')
    .map(({ id, Properties }) => [
      id,
      (Properties.Policies ?? []).flatMap(
        ({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) =>
          PolicyDocument.Statement.map(({ Effect, Action, Condition }) => [
            Effect,
            Action,
            Condition,
          ]),
      ),
    ]);
}

describe('a stage that is pointed at a restored table and restored buckets', () => {
  it('tells every function their names', () => {
    const variables = {
      TABLE_NAME: 'ledger-2',
      MAIL_BUCKET: 'mail-2',
      CONTENT_BUCKET: 'content-2',
    };
    for (const fn of stage.functions) {
      const given = fn.Properties.Environment.Variables;
      for (const [name, value] of Object.entries(variables)) {
        if (name in given) expect(given[name], useCaseOf(fn)).toBe(value);
      }
    }
    expect(stage.functionOf('intake/process-mail').Properties.Environment.Variables).toMatchObject(
      variables,
    );
  });

  it('gives no right to what it had before, and the same rights to what is restored', () => {
    const ids = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket'].flatMap((type) =>
      stage.resourcesOfType(type).map(({ id }) => id),
    );
    const roles = stage.resourcesOfType('AWS::IAM::Role').map(textOf);
    for (const id of ids) expect(roles.filter((role) => role.includes(`"${id}"`))).toEqual([]);
    expect(actionsOf(stage)).toEqual(actionsOf(usual));
    expect(roles.join()).toContain(':table/ledger-2/index/worklist');
    expect(roles.join()).toContain(':s3:::mail-2/raw/*');
    expect(roles.join()).toContain(':s3:::content-2/body/*');
  });

  it('relays what its stream brings from now on: the import itself is not relayed', () => {
    const mappings = (one: SynthesizedStage) =>
      one
        .resourcesOfType('AWS::Lambda::EventSourceMapping')
        .filter(({ Properties }) => 'StartingPosition' in Properties)
        .map(({ Properties }) => [Properties.EventSourceArn, Properties.StartingPosition]);
    expect(mappings(stage)).toEqual([[streamArn, 'LATEST']]);
    expect(mappings(usual)).toEqual([[expect.anything(), 'TRIM_HORIZON']]);
  });

  it('lets SES store mail in the restored bucket, and nobody reach it without TLS', () => {
    const rule = stage.onlyResourceOfType('AWS::SES::ReceiptRule');
    expect(rule.Properties.Rule.Actions[0].S3Action.BucketName).toBe('mail-2');
    const policies = stage
      .resourcesOfType('AWS::S3::BucketPolicy')
      .filter(({ Properties }) => ['mail-2', 'content-2'].includes(Properties.Bucket));
    const statements = new Map(
      policies.map(({ Properties }) => [
        Properties.Bucket,
        Properties.PolicyDocument.Statement.map(
          ({ Effect, Action }: { Effect: string; Action: string }) => `${Effect} ${Action}`,
        ),
      ]),
    );
    expect(statements).toEqual(
      new Map([
        ['mail-2', ['Deny s3:*', 'Deny s3:*', 'Allow s3:PutObject']],
        ['content-2', ['Deny s3:*', 'Deny s3:*']],
      ]),
    );
    expect(textOf(policies)).toContain(':s3:::mail-2/incoming/*');
  });

  it('keeps the table and buckets that it had, and what it exports of them', () => {
    for (const type of ['AWS::DynamoDB::Table', 'AWS::S3::Bucket']) {
      const propertiesOf = (one: SynthesizedStage) =>
        one.resourcesOfType(type).map(({ id, Properties }) => [id, Properties]);
      expect(propertiesOf(stage)).toEqual(propertiesOf(usual));
    }
    const exportsOf = (one: SynthesizedStage) => [...one.exports].sort();
    expect(exportsOf(stage)).toEqual(exportsOf(usual));
    expect(exportsOf(usual).length).toBeGreaterThan(6);
  });

  it('uses the same key', () => {
    const [key] = stage.resourcesOfType('AWS::KMS::Key');
    const roles = stage.resourcesOfType('AWS::IAM::Role').map(textOf);
    expect(roles.filter((role) => role.includes(String(key?.id))).length).toBeGreaterThan(20);
  });
});

it('a stage may be pointed at a table alone and keep its buckets', () => {
  const { TABLE_NAME, MAIL_BUCKET } =
    tableOnly.functionOf('intake/process-mail').Properties.Environment.Variables;
  expect(TABLE_NAME).toBe('ledger-2');
  expect(MAIL_BUCKET).toHaveProperty('Ref');
});

it('a stream of another table is refused', () => {
  const table = { name: 'ledger-3', streamArn };
  const { prod } = stagesWith('prod', { restored: { table } });
  expect(() => StageContext.parse(prod)).toThrow('the stream is not one of the table');
});
