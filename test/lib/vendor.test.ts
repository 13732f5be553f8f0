import { describe, expect, it } from 'vitest';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import { StageContext } from '../../lib/stage-context.ts';
import { targetOf, useCaseOf } from './synthesize.ts';
import { synthesizeVendorStage, vendorDesks } from './vendor-stage.ts';

const stage = synthesizeVendorStage();
const account = '444455556666';

/** What other accounts may do with each queue, by the queue's place in the stack. */
function letIn(): Record<string, unknown> {
  return Object.fromEntries(
    stage.resourcesOfType('AWS::SQS::QueuePolicy').flatMap(({ Properties }) => {
      const statements = Properties.PolicyDocument.Statement as {
        Effect: string;
        Action: string[];
        Principal: unknown;
        Resource: unknown;
      }[];
      return statements
        .filter(({ Effect, Principal }) => Effect === 'Allow' && isOfAccount(Principal))
        .map(({ Action, Resource }) => {
          expect(targetOf(Resource)).toBe(targetOf(Properties.Queues[0]));
          return [placeOf(targetOf(Resource)), Action];
        });
    }),
  );
}

function isOfAccount(principal: unknown): boolean {
  return /arn:|AWS/.test(JSON.stringify(principal)) && !/Service/.test(JSON.stringify(principal));
}

function placeOf(id: string | undefined): string {
  const queue = stage.resourcesOfType('AWS::SQS::Queue').find((one) => one.id === id);
  return String(queue?.Metadata?.['aws:cdk:path']).replace(
    /^toritsugi-prod-app\/Desks\/|\/Resource$/g,
    '',
  );
}

function queueAt(place: string): string {
  const found = stage.resourcesOfType('AWS::SQS::Queue').find(({ id }) => placeOf(id) === place);
  if (found === undefined) throw new TypeError(`there is no queue ${place}`);
  return found.id;
}

describe("a vendor's account", () => {
  it('may take the messages of its pull desk and send answers, and reaches no other queue', () => {
    expect(letIn()).toEqual({
      'que/Queue': [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ReceiveMessage',
      ],
      'que-answers/Queue': ['sqs:GetQueueAttributes', 'sqs:SendMessage'],
      'sys-answers/Queue': ['sqs:GetQueueAttributes', 'sqs:SendMessage'],
    });
    const policies = JSON.stringify(stage.resourcesOfType('AWS::SQS::QueuePolicy'));
    expect(policies.match(new RegExp(`::${account}:root`, 'g'))).toHaveLength(3);
  });

  it('is named by outsourced desks only, in twelve digits', () => {
    const errors = (desk: object) =>
      StageContext.shape.desks.safeParse([{ ...vendorDesks[0], ...desk }]).error?.issues ?? [];
    expect(errors({ vendorAccount: account })).toHaveLength(1);
    const outsourced = { kind: 'outsourced', vendor: 'vendor-s' };
    expect(errors({ ...outsourced, vendorAccount: account })).toEqual([]);
    expect(errors({ ...outsourced, vendorAccount: '4444' })).toHaveLength(1);
  });

  it('is nothing that functions are told', () => {
    const { DESKS } = stage.functionOf('work/claim-inquiry').Properties.Environment.Variables;
    const text = (DESKS['Fn::Join'][1] as unknown[])
      .map((part) => (typeof part === 'string' ? part : 'https://sqs.test/queue'))
      .join('');
    expect(text).not.toContain(account);
    expect(StageDesks.parse(text).map(({ id }) => id)).toEqual(['staff', 'bpo', 'sys', 'que']);
  });
});

describe('the queues of outsourced desks', () => {
  it('are read by who tells the vendor where they are pushed, and by who takes its answers', () => {
    expect(stage.readerOf(queueAt('sys/Queue'))).toBe('vendor/notify-vendor');
    expect(stage.readerOf(queueAt('sys-answers/Queue'))).toBe('work/perform-vendor-command');
    expect(stage.readerOf(queueAt('bpo/Queue'))).toBeUndefined();
    expect(stage.readerOf(queueAt('staff/Queue'))).toBe('work/assign-inquiry');
  });

  it('have alarms for answers that nobody takes or can read', () => {
    const names = stage
      .resourcesOfType('AWS::CloudWatch::Alarm')
      .map(({ Properties }) => Properties.AlarmName as string);
    expect(names).toEqual(
      expect.arrayContaining(['toritsugi-prod-vendor-late-sys', 'toritsugi-prod-vendor-dead-sys']),
    );
  });

  it('are told apart by their ARN', () => {
    const { ANSWER_QUEUES } = stage.functionOf('work/perform-vendor-command').Properties.Environment
      .Variables;
    const parts = ANSWER_QUEUES['Fn::Join'][1] as unknown[];
    expect(parts.map((part) => (typeof part === 'string' ? part : targetOf(part))).join('')).toBe(
      `[["${queueAt('sys-answers/Queue')}","sys"],["${queueAt('que-answers/Queue')}","que"]]`,
    );
    expect(stage.functions.map(useCaseOf)).toContain('work/serve-vendor');
  });
});
