import { describe, expect, it } from 'vitest';
import { readMimeTree } from '../../../../adapters/mime/structure/mime-tree.ts';
import { mailLimits } from '../../../../core/intake/mail/mail.ts';
import { readMailSpecimen } from '../../../support/mail-specimens.ts';

describe('readTree', () => {
  it('finds in the pinned parser what the reader walks', async () => {
    const root = await readMimeTree(readMailSpecimen('inline-image'), mailLimits);
    expect(root.contentType.multipart).toBe('related');
    expect(root.headers.find((field) => field.key === 'to')?.value).toBe('help@toritsugi.example');
    const [alternative, image] = root.childNodes;
    expect(alternative?.childNodes.map((part) => part.contentType.parsed.value)).toEqual([
      'text/plain',
      'text/html',
    ]);
    expect(image).toMatchObject({
      contentId: '<e1>',
      contentDisposition: { parsed: { value: 'inline', params: { filename: 'error.png' } } },
      contentTransferEncoding: { encoding: 'base64' },
    });
    expect(new Uint8Array(image?.content ?? new ArrayBuffer(0)).subarray(1, 4)).toEqual(
      new TextEncoder().encode('PNG'),
    );
  });

  it('takes the parts of the specimens alike, whether lines end in CRLF or LF', async () => {
    const raw = Buffer.from(readMailSpecimen('inline-image')).toString('latin1');
    const root = await readMimeTree(Buffer.from(raw.replaceAll('\r', ''), 'latin1'), mailLimits);
    expect(root.childNodes.map((part) => part.childNodes.length)).toEqual([2, 0]);
  });
});
