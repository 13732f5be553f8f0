import { describe, expect, test } from 'vitest';
import { formatStep } from '../../../local/console/format-step.ts';

const at = new Date(2026, 10, 20, 9, 8, 7);

describe('a log line', () => {
  test('of a step is shown with its number and details', () => {
    const line = JSON.stringify({
      level: 'INFO',
      message: 'step',
      timestamp: '2026-11-22T01:02:03.000Z',
      service: 'toritsugi',
      function_request_id: 'unshown',
      step: 'routing.routed',
      number: 'HD-7K3M-9QX4',
      inquiryId: 'unshown',
      desk: 'bpo',
      trace: { rule: 'unshown' },
    });
    expect(formatStep(line, at)).toMatch(
      /^09:08:07 {2}routing\.routed {12}HD-7K3M-9QX4 {2}desk=bpo$/,
    );
  });

  test.each([
    ['work.InquiryResolved', 'work.resolved'],
    ['sla.LeaseLost', 'sla.lease-lost'],
    ['notice.sent', 'notice.sent'],
  ])('of step %s is shown as %s, and says its fate once', (step, shown) => {
    const line = JSON.stringify({ step, fate: shown.split('.')[1] });
    expect(formatStep(line, at)).toMatch(new RegExp(`^\\d\\d:\\d\\d:\\d\\d {2}${shown}$`));
  });

  test('of an error is shown with its cause', () => {
    const line = JSON.stringify({
      level: 'ERROR',
      message: 'notice.failed',
      error: { name: 'TypeError', message: 'no such\u001b[31m thing' },
    });
    expect(formatStep(line, at)).toMatch(/! notice\.failed .*TypeError: no such \[31m thing$/);
  });

  test.each([
    ['{"level":"INFO","message":"started"}'],
    ['{"_aws":{"Timestamp":1}}'],
    ['{"broken'],
    ['plain'],
  ])('%s is not shown', (line) => {
    expect(formatStep(line, at)).toBeUndefined();
  });
});
