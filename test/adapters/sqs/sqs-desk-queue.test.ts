import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SqsDeskQueue } from '../../../adapters/sqs/sqs-desk-queue.ts';
import { commandedInquiryId, deskList } from '../../core/help-desk.ts';
import { type StartedEngines, startEngines } from '../../support/start-engines.ts';

let engines: StartedEngines;
let deskQueue: SqsDeskQueue;
let desk: (typeof deskList)[number];
beforeAll(async () => {
  engines = await startEngines();
  deskQueue = new SqsDeskQueue(engines.sqs);
  const [any] = deskList;
  if (any === undefined) throw new TypeError('there is no desk');
  desk = { ...any, queueUrl: engines.queueUrls['desk-bpo'] };
});
afterAll(() => engines.stop());

describe('a message in a desk queue', () => {
  it('stays until it is acknowledged', async () => {
    await deskQueue.announce(desk, [commandedInquiryId]);
    const message = await deskQueue.receiveNext(desk, 0);
    expect(message).toMatchObject({ inquiryId: commandedInquiryId });
    expect(await deskQueue.depth(desk)).toBe(1);
    if (message !== undefined) await deskQueue.acknowledge(desk, message);
    expect(await deskQueue.depth(desk)).toBe(0);
    expect(await deskQueue.receiveNext(desk, 0)).toBeUndefined();
  });

  it('names no inquiry when it cannot be read, and can be acknowledged all the same', async () => {
    for (const body of [
      '?',
      '{}',
      '{"inquiryId":"7"}',
      `{"inquiryId":"${commandedInquiryId}","x":1}`,
    ]) {
      const sending = { QueueUrl: desk.queueUrl, MessageBody: body };
      await engines.sqs.send(new SendMessageCommand(sending));
      const message = await deskQueue.receiveNext(desk, 1);
      expect(message).toEqual({ receipt: expect.any(String) });
      if (message !== undefined) await deskQueue.acknowledge(desk, message);
    }
    expect(await deskQueue.depth(desk)).toBe(0);
  });

  it('is waited for, and comes as soon as it is there', async () => {
    const inVain = deskQueue.receiveNext({ ...desk, queueUrl: engines.queueUrls['desk-staff'] }, 5);
    const waiting = deskQueue.receiveNext(desk, 5);
    await deskQueue.announce(desk, [commandedInquiryId]);
    expect(await Promise.race([inVain, waiting])).toMatchObject({ inquiryId: commandedInquiryId });
    await inVain;
  });
});
