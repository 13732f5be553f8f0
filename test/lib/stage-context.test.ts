import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MailPolicy as CoreMailPolicy } from '../../core/intake/mail/mail-policy.ts';
import { MailPolicyContext, StageContext } from '../../lib/stage-context.ts';

const stages = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')).context
  .stages as Record<string, Record<string, unknown>>;
const dev = stages['dev'] ?? {};

function errorsOf(changes: Record<string, unknown>): string[] {
  const { error } = StageContext.safeParse({ ...dev, ...changes });
  return error?.issues.map((issue) => issue.message) ?? [];
}

describe('a stage', () => {
  it.each(Object.keys(stages))('%s of cdk.json is complete', (name) => {
    expect(StageContext.safeParse(stages[name]).error).toBeUndefined();
  });

  it('with a misspelled setting is refused', () => {
    expect(errorsOf({ helpAdresses: [] })).toEqual([expect.stringContaining('helpAdresses')]);
  });

  it('takes help addresses of its own domain only, since SES receives no others', () => {
    expect(errorsOf({ helpAddresses: ['help@elsewhere.example'] })).toEqual([
      'every help address is in the mail domain',
    ]);
  });

  it('names the vendor of an outsourced desk, and each desk once', () => {
    const desk = { id: 'a', kind: 'outsourced', mode: 'pull', name: { ja: 'あ', en: 'A' } };
    expect(errorsOf({ desks: [desk] })).toEqual([
      'an outsourced desk, and no other, names its vendor',
    ]);
    const named = { ...desk, vendor: 'v' };
    expect(errorsOf({ desks: [named, named] })).toEqual(['two desks share an id']);
  });

  it('describes no more than the variables of a function hold', () => {
    const listedDomains = Array.from({ length: 200 }, (_, index) => `partner-${index}.example`);
    expect(errorsOf({ mailPolicy: { externalSenders: 'listed', listedDomains } })).toEqual([
      'desks and mail policy are more than the variables of a function hold',
    ]);
  });

  it('may set all of the mail policy that core knows, and nothing else', () => {
    expect(Object.keys(MailPolicyContext.shape).sort()).toEqual(
      Object.keys(CoreMailPolicy.shape).sort(),
    );
    for (const setting of [
      'onGray',
      'onProcessingFailed',
      'externalSenders',
      'automatedFirstContact',
    ] as const) {
      expect(MailPolicyContext.shape[setting].unwrap().options).toEqual(
        CoreMailPolicy.shape[setting].unwrap().options,
      );
    }
  });
});
