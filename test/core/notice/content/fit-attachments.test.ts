import { expect, it } from 'vitest';
import { Attachment } from '../../../../core/inquiry/values/message.ts';
import { fitAttachments } from '../../../../core/notice/content/fit-attachments.ts';

function file(size: number, more: Partial<Attachment> = {}): Attachment {
  const sha256 = '0'.repeat(64);
  return Attachment.parse({ id: 'f', name: 'f', type: 'text/plain', size, sha256, ...more });
}
const mebibyte = 1024 * 1024;

it('sends along what stays under the limit of a mail in base 64', () => {
  expect(fitAttachments([file(3 * mebibyte), file(3 * mebibyte)]).attached).toHaveLength(2);
});

it('leaves all out when together they are too large', () => {
  const files = [file(4 * mebibyte), file(3 * mebibyte)];
  expect(fitAttachments(files)).toEqual({ attached: [], leftOut: files });
});

it('neither sends nor names what is held', () => {
  const held = file(1, { held: 'executable' });
  expect(fitAttachments([held])).toEqual({ attached: [], leftOut: [] });
});
