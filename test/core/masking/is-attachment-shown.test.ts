import { expect, test } from 'vitest';
import { isAttachmentShown } from '../../../core/masking/is-attachment-shown.ts';
import { defaultMaskingPolicy, MaskingPolicy } from '../../../core/masking/masking-policy.ts';

const policy = MaskingPolicy.parse({ attachments: ['image/*', 'application/pdf'] });

test.each([
  ['image/png', true],
  ['IMAGE/PNG; name=a.png', true],
  ['application/pdf', true],
  ['application/pdfx', false],
  ['imagex/png', false],
  ['text/plain', false],
  ['', false],
])('a vendor that gets images and PDFs gets %j: %s', (type, shown) => {
  expect(isAttachmentShown(type, policy)).toBe(shown);
});

test('a vendor gets no attachment by default', () => {
  expect(isAttachmentShown('image/png', defaultMaskingPolicy)).toBe(false);
});

test.each(['*/*', '*', 'image/', 'Image/png', '/png'])('%j is no media type', (type) => {
  expect(MaskingPolicy.safeParse({ attachments: [type] }).success).toBe(false);
});
