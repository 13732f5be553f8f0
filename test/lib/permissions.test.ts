import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listPermissions, listReasons, renderPermissions } from '../../lib/permission-ledger.ts';
import { Synthesized, useCaseOf } from './synthesize.ts';

const prod = new Synthesized('prod');
const permissions = listPermissions(prod.template);
const reasons = listReasons(prod.template);

describe('the permission ledger', () => {
  it('is what the template says', () => {
    const page = readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8');
    expect(
      page,
      'docs/permissions.md differs from the template; if the rights were changed on purpose, run: node bin/write-permissions.ts',
    ).toBe(renderPermissions(permissions, reasons));
  });

  it('lists every function', () => {
    expect([...new Set(permissions.map((one) => one.holder))].sort()).toEqual(
      prod.functions.map(useCaseOf).sort(),
    );
  });

  it('finds a right that hangs beside a role', () => {
    const [id, role] = Object.entries(prod.template.Resources).find(
      ([, one]) => one.Type === 'AWS::IAM::Role',
    ) ?? ['', undefined];
    const managed = { ...role?.Properties, ManagedPolicyArns: ['arn:aws:iam::aws:policy/Any'] };
    const template = {
      Resources: {
        ...prod.template.Resources,
        [id]: { Type: 'AWS::IAM::Role', Properties: managed },
      },
    };
    expect(() => listPermissions(template)).toThrow('rights that are not in a policy');
  });
});

describe('functions', () => {
  it('hold no action with a wildcard', () => {
    expect(permissions.filter((one) => one.action.includes('*'))).toEqual([]);
  });

  it('hold a resource with a wildcard only for a reason that is written down, and no reason is left over', () => {
    const key = (one: { holder: string; resource: string }) => `${one.holder} ${one.resource}`;
    const wildcards = permissions.filter((one) => one.resource.includes('*'));
    expect([...new Set(wildcards.map(key))].sort()).toEqual(reasons.map(key).sort());
    for (const { reason } of reasons) expect(reason.length).toBeGreaterThan(40);
  });

  it('hold all resources only where IAM knows none for the action', () => {
    expect(
      permissions.filter((one) => one.resource === '*').map((one) => [one.holder, one.action]),
    ).toEqual([['relay/relay-events', 'dynamodb:ListStreams']]);
  });

  it.each([
    'docs/serve-docs',
    'intake/reconcile-mail',
    'job/read-job',
    'relay/relay-events',
    'sla/explain-clock',
    'work/announce-waiting',
    'work/read-desks',
    'work/read-inquiry',
  ])('%s writes nothing that is kept', (holder) => {
    const writing = permissions.filter(
      (one) =>
        one.holder === holder &&
        /^(dynamodb:(Put|Update|Delete|BatchWrite)|s3:(Put|Delete))/.test(one.action),
    );
    expect(writing).toEqual([]);
  });

  it('scan nothing', () => {
    expect(permissions.filter((one) => one.action === 'dynamodb:Scan')).toEqual([]);
  });

  it('send mail from the domain and by the configuration set only, and only to send notices', () => {
    const sending = permissions.filter((one) => one.action.startsWith('ses:'));
    expect(sending.map((one) => [one.holder, one.resource])).toEqual([
      ['notice/send-notice', expect.stringContaining(':configuration-set/Notice.Sending')],
      ['notice/send-notice', expect.stringContaining(':identity/Notice.Identity')],
    ]);
  });

  it('read raw mail only to take it in or to release it', () => {
    const readers = permissions.filter(
      (one) => one.action === 's3:GetObject' && one.resource.startsWith('Store.Mail/'),
    );
    expect(readers.map((one) => `${one.holder} ${one.resource}`)).toEqual([
      'intake/quarantine-mail Store.Mail/incoming/*',
      'intake/review-quarantine Store.Mail/raw/*',
      'intake/take-mail Store.Mail/incoming/*',
      'intake/take-mail Store.Mail/raw/*',
    ]);
  });
});
