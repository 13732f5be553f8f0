import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Sub } from '../../../../core/inquiry/values/ids.ts';
import {
  type CursorScope,
  openCursor,
  sealCursor,
} from '../../../../functions/edge/http/cursor.ts';
import { makeSigningKeys, type SigningSecret } from '../../../../functions/edge/signing-keys.ts';
import { runs } from '../../../support/volumes.ts';

const keysOf = (secret: SigningSecret) => makeSigningKeys(async () => secret);
const keys = keysOf({ current: 'a secret text of the stage' });

const scope: CursorScope = {
  sub: Sub.parse('staff-1'),
  routeKey: 'GET /v1/inquiries',
  filter: { desk: 'bpo', status: 'queued' },
};
const refused = { refused: 'invalid.cursor' };

it('gives back any position to the same caller, route and filter', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (position) => {
      const cursor = await sealCursor(keys, scope, position);
      expect(await openCursor(keys, scope, cursor)).toEqual({ position });
    }),
  );
});

it('shows nothing of the position, and is another text each time', async () => {
  const position = 'INQ#019a0000';
  const [one, two] = await Promise.all([
    sealCursor(keys, scope, position),
    sealCursor(keys, scope, position),
  ]);
  expect(one).not.toBe(two);
  const bytes = Buffer.from(one.split('.')[1] ?? '', 'base64url').toString('latin1');
  expect(bytes).not.toContain('INQ');
});

it('refuses a cursor of which any character was changed, taken or added', async () => {
  const cursor = await sealCursor(keys, scope, 'position');
  await fc.assert(
    fc.asyncProperty(
      fc.nat(cursor.length),
      fc.nat(2),
      fc.string({ maxLength: 3 }),
      async (at, taken, added) => {
        const tampered = cursor.slice(0, at) + added + cursor.slice(at + taken);
        fc.pre(tampered !== cursor);
        expect(await openCursor(keys, scope, tampered)).toMatchObject(refused);
      },
    ),
    runs(200),
  );
});

it('refuses any text that it did not make', async () => {
  const { current } = await keys.of('cursor');
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.base64String(), async (text, forged) => {
      expect(await openCursor(keys, scope, text)).toMatchObject(refused);
      expect(await openCursor(keys, scope, `${current.id}.${forged}`)).toMatchObject(refused);
    }),
  );
});

it.each([
  ['caller', { ...scope, sub: Sub.parse('staff-2') }],
  ['route', { ...scope, routeKey: 'GET /v1/quarantine' }],
  ['filter', { ...scope, filter: { desk: 'bpo-b', status: 'queued' } }],
])('refuses a cursor of another %s', async (_name, other) => {
  const cursor = await sealCursor(keys, other, 'position');
  expect(await openCursor(keys, scope, cursor)).toMatchObject(refused);
});

it('takes the same filter in any order of its members', async () => {
  const cursor = await sealCursor(keys, scope, 'position');
  const other = { ...scope, filter: { status: 'queued', desk: 'bpo' } };
  expect(await openCursor(keys, other, cursor)).toEqual({ position: 'position' });
});

it('opens cursors of an earlier secret until that leaves', async () => {
  const cursor = await sealCursor(keys, scope, 'position');
  const rotated = keysOf({
    current: 'the next secret text',
    previous: 'a secret text of the stage',
  });
  expect(await openCursor(rotated, scope, cursor)).toEqual({ position: 'position' });
  const retired = keysOf({ current: 'the next secret text' });
  expect(await openCursor(retired, scope, cursor)).toMatchObject(refused);
});

it('has other keys for each purpose, named by four symbols that mail addresses may hold', async () => {
  const purposes = await Promise.all((['reply', 'status', 'cursor'] as const).map(keys.of));
  expect(
    new Set(purposes.map(({ current }) => Buffer.from(current.key).toString('hex'))).size,
  ).toBe(3);
  for (const { current, byId } of purposes) {
    expect(current.id).toMatch(/^[a-z2-7]{4}$/);
    expect(current.key).toHaveLength(32);
    expect(byId.get(current.id)).toEqual(current);
  }
});
