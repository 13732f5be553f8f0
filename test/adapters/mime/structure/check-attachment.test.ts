import { deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkAttachment } from '../../../../adapters/mime/structure/check-attachment.ts';
import { mailLimits } from '../../../../core/intake/mail/mail.ts';
import { runs } from '../../../support/volumes.ts';

const text = new TextEncoder().encode('text');

type Entry = { name: string; content?: Uint8Array; size?: number; packed?: number; flags?: number };

/** A zip file as programs write it; `size` and `packed` falsify what its directory says. */
function zip(entries: readonly Entry[], comment = ''): Uint8Array {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content = text, size, packed, flags = 0 } of entries) {
    const data = deflateRawSync(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(flags, 6);
    local.writeUInt16LE(8, 8);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(flags, 8);
    entry.writeUInt32LE(packed ?? data.length, 20);
    entry.writeUInt32LE(size ?? content.length, 24);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    entry.writeUInt32LE(offset, 42);
    locals.push(local, Buffer.from(name), data);
    directory.push(entry, Buffer.from(name));
    offset += 30 + Buffer.byteLength(name) + data.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return new Uint8Array(Buffer.concat([...locals, listed, end, Buffer.from(comment)]));
}

const check = (name: string, bytes: Uint8Array, limits = {}) =>
  checkAttachment({ name, bytes }, { ...mailLimits, ...limits });

describe('checkAttachment', () => {
  it.each([
    'a.exe',
    'a.EXE',
    'a.pdf.scr',
    'a.js',
    'a.exe.',
    'a.exe . ',
    'a.exe:x',
    'x.lnk',
    'x.iso',
  ])('holds the executable name %s', (name) => {
    expect(check(name, text)).toBe('executable');
  });

  it.each(['a.pdf', 'a.xlsx', '.exe.txt', 'exe', '申請書.docx', 'a.exe.pdf', 'noextension'])(
    'lets the name %s pass',
    (name) => {
      expect(check(name, text)).toBeUndefined();
    },
  );

  it.each<[string, number[]]>([
    ['Windows', [0x4d, 0x5a, 0x90, 0, 3, 0]],
    ['Linux', [0x7f, 0x45, 0x4c, 0x46]],
    ['macOS', [0xcf, 0xfa, 0xed, 0xfe]],
    ['Java', [0xca, 0xfe, 0xba, 0xbe]],
    ['a shortcut', [0x4c, 0, 0, 0, 1, 0x14, 2, 0]],
    ['a script', [...new TextEncoder().encode('#!/bin/sh\n')]],
  ])('holds a program of %s under any name', (_, start) => {
    expect(check('report.pdf', new Uint8Array(start))).toBe('executable');
  });

  it('does not take a text that begins with MZ for a program', () => {
    expect(check('a.txt', new TextEncoder().encode('MZ is short for…'))).toBeUndefined();
  });

  it('holds what is over the limit of a file', () => {
    expect(check('a.pdf', text, { attachmentBytes: 3 })).toBe('too-large');
    expect(check('a.pdf', text, { attachmentBytes: 4 })).toBeUndefined();
  });

  it('lets an ordinary zip pass, with a comment and under any name', () => {
    expect(
      check('a.zip', zip([{ name: 'a.txt' }, { name: 'b/c.pdf' }], 'a comment')),
    ).toBeUndefined();
    expect(check('book.xlsx', zip([{ name: 'xl/workbook.xml' }]))).toBeUndefined();
  });

  it('holds a zip that unpacks beyond the limit', () => {
    const bytes = zip([
      { name: 'a', size: 60 },
      { name: 'b', size: 41 },
    ]);
    expect(check('a.zip', bytes, { unpackedBytes: 100 })).toBe('archive-bomb');
    expect(check('a.zip', bytes, { unpackedBytes: 101 })).toBeUndefined();
  });

  it('holds a zip that grows too much, unless it is small', () => {
    const zeros = (mebibytes: number) =>
      zip([{ name: 'a', content: new Uint8Array(mebibytes << 20) }]);
    expect(check('a.zip', zeros(9))).toBe('archive-bomb');
    expect(check('a.zip', zeros(1))).toBeUndefined();
  });

  it('holds a zip with too many files', () => {
    const bytes = zip([{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
    expect(check('a.zip', bytes, { archiveEntries: 2 })).toBe('archive-bomb');
    expect(check('a.zip', bytes, { archiveEntries: 3 })).toBeUndefined();
  });

  it('holds a zip whose files share their data', () => {
    expect(check('a.zip', zip([{ name: 'a', packed: 5_000 }]))).toBe('archive-bomb');
  });

  it('holds a zip with sizes beyond 32 bits', () => {
    expect(check('a.zip', zip([{ name: 'a', size: 0xffffffff }]))).toBe('archive-bomb');
  });

  it('holds a zip of many archives, and of one that shrinks as only repetition does', () => {
    const many = zip(Array.from({ length: 21 }, (_, at) => ({ name: `${at}.zip` })));
    expect(check('a.zip', many)).toBe('archive-bomb');
    const repeated = zip([{ name: 'inner.zip', content: new Uint8Array(100_000) }]);
    expect(check('a.zip', repeated)).toBe('archive-bomb');
    expect(check('a.zip', zip([{ name: 'inner.zip' }]))).toBeUndefined();
  });

  it('holds a zip with a program in it', () => {
    expect(check('a.zip', zip([{ name: 'a.txt' }, { name: 'b.pdf.exe' }]))).toBe('executable');
  });

  it('holds a zip that is encrypted', () => {
    expect(check('a.zip', zip([{ name: 'a.txt', flags: 1 }]))).toBe('encrypted-archive');
  });

  it('marks as unchecked what it cannot look into', () => {
    expect(check('a.zip', text)).toBe('unchecked');
    expect(check('a.zip', zip([{ name: 'a' }]).subarray(0, 40))).toBe('unchecked');
    expect(check('a.7z', text)).toBe('unchecked');
    expect(check('a.dat', new Uint8Array([0x52, 0x61, 0x72, 0x21, 0x1a]))).toBe('unchecked');
  });

  it('never throws, whatever the bytes, and never lets a mutilated directory pass unseen', async () => {
    const whole = zip([{ name: 'a.txt' }, { name: 'b.txt', size: 7 }]);
    const mutated = fc
      .array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 })
      .map((changes) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      });
    await fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array()), (bytes) => {
        const held = check('a.zip', bytes);
        expect([
          undefined,
          'executable',
          'archive-bomb',
          'encrypted-archive',
          'unchecked',
        ]).toContain(held);
      }),
      runs(200),
    );
  });
});
