import { describe, expect, it } from 'vitest';
import { routeContracts } from '../../../functions/contract/routes.ts';
import { type RouteContract, routeKeyOf } from '../../../functions/edge/http/route-contract.ts';

const signed = [...routeContracts.values()].flatMap((contract) =>
  contract.auth !== 'public' ? [[routeKeyOf(contract), contract] as const] : [],
);
/** Fields that hold ids of things that belong to one inquiry. */
const ofOneInquiry =
  /^\/v1\/(vendors\/\{vendor\}\/)?(inquiries|quarantine|sla\/breaches|escalations)\/\{id\}/;

function fieldsOf(contract: RouteContract, part: 'path' | 'query' | 'body'): readonly string[] {
  const schema = { path: contract.params, query: contract.query, body: contract.body }[part];
  const shape = schema !== undefined && 'shape' in schema ? schema.shape : {};
  return Object.keys(shape as object);
}

describe.each(signed)('%s', (_name, contract) => {
  const { audit, answers, path } = contract;

  it('says what its audit is', () => {
    expect(audit.what).toMatch(/^(inquiry|inquiries|none)$/);
    if (ofOneInquiry.test(path)) expect(audit.what).toBe('inquiry');
    if (typeof audit.action === 'object') {
      expect(fieldsOf(contract, 'body')).toContain(audit.action.field);
    }
    if (audit.object !== undefined) {
      const named = [audit.object.field].flat();
      expect(fieldsOf(contract, audit.object.in)).toEqual(expect.arrayContaining(named));
    }
  });

  it('is quiet only of answers it has, with a reason', () => {
    const { statuses = [], because = 'a reason of some length' } = audit.quiet ?? {};
    expect(Object.keys(answers)).toEqual(expect.arrayContaining(statuses.map(String)));
    expect(because.length).toBeGreaterThan(20);
  });
});

it('has no audit of routes for anyone', () => {
  const open = [...routeContracts.values()].filter(({ auth }) => auth === 'public');
  expect(open.filter(({ audit }) => audit !== undefined)).toEqual([]);
});

it('is quiet of few routes', () => {
  const quiet = signed.filter(([, { audit }]) => audit.quiet !== undefined).map(([name]) => name);
  expect(quiet).toEqual([
    'PUT /v1/agents/me/presence',
    'GET /v1/desks',
    'POST /v1/desks/{desk}/claims',
    'GET /v1/forms',
    'GET /v1/forms/{form}',
    'POST /v1/inquiries/{id}/heartbeat',
    'POST /v1/vendors/{vendor}/desks/{desk}/claims',
    'POST /v1/vendors/{vendor}/inquiries/{id}/heartbeat',
  ]);
});
