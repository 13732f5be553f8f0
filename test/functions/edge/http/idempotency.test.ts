import { describe, expect, it } from 'vitest';
import { IdempotencyConflict } from '../../../../core/inquiry/decide-and-append.ts';
import { refuse } from '../../../../core/inquiry/refusal.ts';
import { buildAnswerRecord, defineRoute } from '../../../../functions/edge/http/http.ts';
import { makeMemoryAnswers, readProblem, renameDeskContract, serveRoute } from './serve-route.ts';

const headers = { 'idempotency-key': 'k-1' };

/** A command that counts its effects. */
function makeCountingRoute() {
  const effects = { count: 0 };
  const renaming = defineRoute(renameDeskContract, async ({ body }) => {
    effects.count += 1;
    return { status: 200, body: { name: `${body.name} ${effects.count}` }, etag: effects.count };
  });
  return { effects, renaming };
}

describe('a repeated request', () => {
  it('gets the same answer and has no second effect', async () => {
    const { effects, renaming } = makeCountingRoute();
    const { ask } = serveRoute(renaming);
    const first = await ask({ headers });
    const second = await ask({ headers });
    expect(first.body).toEqual({ name: 'BPO 1' });
    expect(second).toMatchObject({ status: 200, text: first.text });
    expect(second.headers).toMatchObject({ etag: '"1"', 'idempotency-replayed': 'true' });
    expect(effects.count).toBe(1);
  });

  it('is the same when only the order of its fields and its spaces differ', async () => {
    const { effects, renaming } = makeCountingRoute();
    const { ask } = serveRoute(renaming);
    await ask({ headers, body: '{"name":"BPO","lines":[{"text":"x"}]}' });
    const second = await ask({ headers, body: '{ "lines": [ {"text": "x"} ], "name": "BPO" }' });
    expect(second.status).toBe(200);
    expect(effects.count).toBe(1);
  });

  it.each([
    ['another body', { body: '{"name":"Other"}' }],
    ['another path', { params: { desk: 'staff' } }],
    ['another query', { query: { wait: '1' } }],
  ])('is refused with 422 when the key comes with %s', async (_name, other) => {
    const { effects, renaming } = makeCountingRoute();
    const { ask } = serveRoute(renaming);
    await ask({ headers });
    expect(readProblem(await ask({ headers, ...other }))).toMatchObject({
      status: 422,
      code: 'invalid.idempotency-key',
    });
    expect(effects.count).toBe(1);
  });

  it('takes effect again under another key or without one', async () => {
    const { effects, renaming } = makeCountingRoute();
    const { ask } = serveRoute(renaming);
    await ask({ headers });
    await ask({ headers: { 'idempotency-key': 'k-2' } });
    await ask();
    await ask();
    expect(effects.count).toBe(4);
  });

  it('does not meet the key of another subject', async () => {
    const { effects, renaming } = makeCountingRoute();
    const open = defineRoute(
      { ...renameDeskContract, roles: ['staff', 'requester'] },
      async (request) => {
        const result = await renaming.handle(request);
        return result as { status: 200; body: { name: string } };
      },
    );
    const { ask } = serveRoute(open);
    await ask({ headers });
    await ask({ headers, sub: 'employee-1' });
    expect(effects.count).toBe(2);
  });

  it('is tried again after a refusal', async () => {
    let open = false;
    const renaming = defineRoute(renameDeskContract, async () =>
      open ? { status: 200, body: { name: 'x' } } : refuse('transient.conflict', 'Busy.'),
    );
    const { ask } = serveRoute(renaming);
    expect((await ask({ headers })).status).toBe(503);
    open = true;
    expect((await ask({ headers })).status).toBe(200);
  });

  it('is tried again after a 204, which says only that there was nothing just then', async () => {
    const answers = makeMemoryAnswers();
    const { ask } = serveRoute(
      defineRoute(renameDeskContract, async () => ({ status: 204 })),
      answers,
    );
    await ask({ headers });
    expect(answers.kept.size).toBe(0);
  });
});

describe('a command that stores its answer with its own transaction', () => {
  it('stores what the edge answers, and the edge does not store it again', async () => {
    const answers = makeMemoryAnswers();
    const renaming = defineRoute(renameDeskContract, async ({ answerKey }) => {
      const result = { status: 200, body: { name: 'kept' }, etag: 3, stored: true } as const;
      const answerRecord = buildAnswerRecord(answerKey, result);
      if (answerRecord === undefined) throw new TypeError('no key');
      expect(answerRecord.expiresAt).toBe('2026-11-23T01:15:00.000Z');
      answers.kept.set(answerRecord.key, answerRecord.value);
      return result;
    });
    const { ask } = serveRoute(renaming, answers);
    const first = await ask({ headers });
    const second = await ask({ headers });
    expect(second.text).toBe(first.text);
    expect(second.headers['etag']).toBe('"3"');
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(answers.kept.size).toBe(1);
  });

  it('replays the answer of the one who was faster', async () => {
    const answers = makeMemoryAnswers();
    const renaming = defineRoute(renameDeskContract, async ({ answerKey }) => {
      const answerRecord = buildAnswerRecord(answerKey, { status: 200, body: { name: 'winner' } });
      if (answerRecord) answers.kept.set(answerRecord.key, answerRecord.value);
      throw new IdempotencyConflict('once');
    });
    const answer = await serveRoute(renaming, answers).ask({ headers });
    expect(answer).toMatchObject({ status: 200, body: { name: 'winner' } });
  });

  it('replays it too when it came so late that the command was refused', async () => {
    const answers = makeMemoryAnswers();
    const renaming = defineRoute(renameDeskContract, async ({ answerKey }) => {
      const answerRecord = buildAnswerRecord(answerKey, { status: 200, body: { name: 'winner' } });
      if (answerRecord) answers.kept.set(answerRecord.key, answerRecord.value);
      return refuse('intake.not-quarantined', 'It has been judged already.');
    });
    const answer = await serveRoute(renaming, answers).ask({ headers });
    expect(answer).toMatchObject({ status: 200, body: { name: 'winner' } });
  });

  it('fails when it was another of its keys that was taken', async () => {
    const renaming = defineRoute(renameDeskContract, () =>
      Promise.reject(new IdempotencyConflict('once')),
    );
    expect((await serveRoute(renaming).ask({ headers })).status).toBe(500);
  });
});

it('answers both of two requests at once with the answer that was stored first', async () => {
  const { renaming } = makeCountingRoute();
  const { ask } = serveRoute(renaming);
  const [first, second] = await Promise.all([ask({ headers }), ask({ headers })]);
  expect(first.text).toBe(second.text);
});
