import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type FunctionPermission,
  listPermissions,
  listReasons,
  type PermissionResource,
  renderPermissions,
} from '../../lib/permission-ledger.ts';
import { type SynthesizedResource, SynthesizedStage, targetOf, useCaseOf } from './synthesize.ts';

const prod = new SynthesizedStage('prod');
const permissions = listPermissions(prod.template);
const reasons = listReasons(prod.template);

/** Whether a permission allows adding to the audit and nothing else. */
function isRecording({ action, condition }: FunctionPermission): boolean {
  return (
    action === 'dynamodb:PutItem' &&
    condition === '{"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["AUDIT#*"]}}'
  );
}

interface PolicyDocument {
  readonly Statement: readonly Statement[];
}

interface Statement {
  readonly Effect: string;
  readonly Resource: unknown;
}

function roleOf(fn: SynthesizedResource): string | undefined {
  return targetOf(fn.Properties.Role);
}

/** The functions behind routes with a token. */
const signedIn = new Set(
  prod
    .resourcesOfType('AWS::ApiGatewayV2::Route')
    .filter((route) => route.Properties.AuthorizationType === 'JWT')
    .map((route) => {
      const integration = prod.template.Resources[integrationOf(route)];
      return targetOf(integration?.Properties.IntegrationUri);
    }),
);

function integrationOf({ Properties }: SynthesizedResource): string {
  const [, parts] = Properties.Target['Fn::Join'] as [string, unknown[]];
  return parts.map(targetOf).find((id) => id !== undefined) ?? '';
}

describe('the permission ledger', () => {
  it('is what the template says', () => {
    const page = readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8');
    expect(
      page,
      'docs/permissions.md differs from the template; if the rights were changed on purpose, run: node bin/write-permissions.ts',
    ).toBe(renderPermissions(permissions, reasons));
  });

  it('lists every function and the gateway', () => {
    expect([...new Set(permissions.map((one) => one.holder))].sort()).toEqual(
      ['api', ...prod.functions.map(useCaseOf)].sort(),
    );
  });

  it('finds a right that hangs beside a role', () => {
    const [id, role] = Object.entries(prod.template.Resources).find(
      ([, one]) => one.Type === 'AWS::IAM::Role',
    ) ?? ['', undefined];
    const managed = { ...role?.Properties, ManagedPolicyArns: ['arn:aws:iam::aws:policy/Any'] };
    const withResource = (name: string, resource: object) => ({
      Resources: { ...prod.template.Resources, [name]: resource as PermissionResource },
    });
    expect(() => listPermissions(withResource(id, { ...role, Properties: managed }))).toThrow(
      'rights of a managed policy',
    );
    for (const Type of ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy']) {
      expect(() => listPermissions(withResource('Other', { Type }))).toThrow('hangs beside a role');
    }
    expect(() => listPermissions(withResource('Other', { Type: 'AWS::IAM::Role' }))).toThrow(
      'the role of no function',
    );
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
        !isRecording(one) &&
        /^(dynamodb:(Put|Update|Delete|BatchWrite)|s3:(Put|Delete))/.test(one.action),
    );
    expect(writing).toEqual([]);
  });

  it('of a route whose callers are known, or that takes their messages, may add to the audit, and no function may change what it holds', () => {
    const table = prod.onlyResourceOfType('AWS::DynamoDB::Table').id;
    const roles = prod.resourcesOfType('AWS::IAM::Role');
    for (const fn of prod.functions) {
      const holder = useCaseOf(fn);
      const own = permissions.filter((one) => one.holder === holder);
      const isOfVendors = ['work/serve-vendor', 'work/perform-vendor-command'].includes(holder);
      expect(own.some(isRecording), holder).toBe(signedIn.has(fn.id) || isOfVendors);
      const statements = roles
        .filter(({ id }) => id === roleOf(fn))
        .flatMap(({ Properties }) => Properties.Policies as { PolicyDocument: PolicyDocument }[])
        .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
      const reachesTable = own.some(
        ({ action, resource }) => resource === 'Ledger.Table' && action.startsWith('dynamodb:'),
      );
      const denied = statements.filter(({ Effect }) => Effect === 'Deny');
      expect(denied, holder).toEqual(
        reachesTable
          ? [
              {
                Effect: 'Deny',
                Action: ['dynamodb:DeleteItem', 'dynamodb:UpdateItem'],
                Resource: { 'Fn::GetAtt': [table, 'Arn'] },
                Condition: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': ['AUDIT#*'] } },
              },
            ]
          : [],
      );
    }
  });

  it('scan nothing, but for the one that erases people, which may not change the audit either', () => {
    const scanning = permissions.filter((one) => one.action === 'dynamodb:Scan');
    expect(scanning.map((one) => one.holder)).toEqual(['job/run-erasure']);
    const denied = permissions.filter(
      (one) => one.holder === 'job/run-erasure' && one.action.startsWith('never '),
    );
    expect(denied.map((one) => one.action).sort()).toEqual([
      'never dynamodb:DeleteItem',
      'never dynamodb:UpdateItem',
    ]);
  });

  it('send mail from the domain and by the configuration set only, and only to send notices', () => {
    const sending = permissions.filter((one) => one.action.startsWith('ses:'));
    expect(sending.map((one) => [one.holder, one.resource])).toEqual([
      ['notice/send-notice', expect.stringContaining(':configuration-set/Notice.Sending')],
      ['notice/send-notice', expect.stringContaining(':identity/MailIdentity')],
    ]);
  });

  it('read raw mail only to take it in, to release it, or to search it for whom is erased', () => {
    const readers = permissions.filter(
      (one) => one.action === 's3:GetObject' && one.resource.startsWith('Store.Mail/'),
    );
    expect(readers.map((one) => `${one.holder} ${one.resource}`)).toEqual([
      'intake/process-mail Store.Mail/incoming/*',
      'intake/process-mail Store.Mail/raw/*',
      'intake/quarantine-mail Store.Mail/incoming/*',
      'intake/review-quarantine Store.Mail/raw/*',
      'job/run-erasure Store.Mail/raw/*',
    ]);
  });
});
