import { describe, expect, it } from 'vitest';
import { PostalMimeReader } from '../../../adapters/mime/postal-mime-reader.ts';
import { detectMachineMarks } from '../../../core/intake/mail/detect-machine-marks.ts';
import { isUnreadableMail } from '../../../core/intake/mail/mail.ts';
import {
  listMailSpecimens,
  readExpectedMails,
  readMailSpecimen,
} from '../../support/mail-specimens.ts';

const reader = new PostalMimeReader();
const expected = readExpectedMails();

describe('the specimen mails', () => {
  it('each have an expectation, and each expectation has its mail', () => {
    expect([...expected.keys()].sort()).toEqual(listMailSpecimens());
    expect(expected.size).toBeGreaterThanOrEqual(30);
  });

  it.each([...expected])('%s reads as expected', async (name, expectation) => {
    const mail = await reader.read(readMailSpecimen(name));
    if ('unreadable' in expectation) {
      expect(mail).toMatchObject({ unreadable: expectation.unreadable });
      return;
    }
    if (isUnreadableMail(mail)) throw new Error(`${name} is unreadable: ${mail.detail}`);
    const marks = detectMachineMarks(mail, {
      loopHeaderName: 'X-Toritsugi-Loop',
      standingGroups: [],
    });
    expect({
      subject: mail.subject,
      sender: mail.from[0]?.address ?? null,
      text: mail.text,
      attachments: mail.attachments.map(({ name, type, held, inline }) => ({
        name,
        type,
        ...(held === undefined ? {} : { held }),
        ...(inline ? { inline } : {}),
      })),
      machine: marks.machine,
      faults: [...mail.faults].sort(),
    }).toEqual({
      subject: expectation.subject,
      sender: expectation.sender,
      text: expectation.text,
      attachments: expectation.attachments,
      machine: expectation.machine,
      faults: expectation.faults ?? [],
    });
    if (expectation.name !== undefined) expect(mail.from[0]?.name).toBe(expectation.name);
    if (expectation.reason === 'loop') expect(marks.loop).toBe(true);
  });
});
