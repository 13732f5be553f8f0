import type { AttachmentHoldReason } from '../../../core/inquiry/values/message.ts';
import type { MailLimits } from '../../../core/intake/mail/mail.ts';
import { readZipDirectory } from './zip-directory.ts';

/** Extensions that Windows, macOS or a browser runs when the file is opened. */
const executableExtensions: ReadonlySet<string> = new Set(
  (
    'exe scr com pif bat cmd vbs vbe js jse mjs wsf wsh wsc hta msi msp mst msc cpl dll sys drv ocx ' +
    'jar jnlp class ps1 ps1xml psm1 psd1 reg lnk url scf inf sct ade adp app application gadget ' +
    'chm hlp iso img vhd vhdx apk ipa dmg pkg mpkg deb rpm run sh bash csh command workflow ' +
    'xll xlam ppam one appx msix appref-ms settingcontent-ms library-ms search-ms'
  ).split(' '),
);

/** Archives whose directory is not read here. */
const closedArchives = /\.(?:7z|rar|lzh|lha|cab|ace|arj|tar|tgz|gz|bz2|xz|zst|z|uue)$/i;

/**
 * Tells why a file is kept but not handed out; `undefined` for most.
 *
 * Checks names and first bytes, since a renamed program is still one. Archives are judged by their
 * directory and never unpacked; what cannot be judged is `unchecked`.
 */
export function checkAttachment(
  file: { readonly name: string; readonly bytes: Uint8Array },
  limits: MailLimits,
): AttachmentHoldReason | undefined {
  if (file.bytes.length > limits.attachmentBytes) return 'too-large';
  if (hasExecutableName(file.name) || startsLikeProgram(file.bytes)) return 'executable';
  if (startsLikeZip(file.bytes) || /\.zip$/i.test(file.name)) return checkZip(file.bytes, limits);
  return closedArchives.test(file.name) || startsLikeArchive(file.bytes) ? 'unchecked' : undefined;
}

function hasExecutableName(name: string): boolean {
  // Windows drops dots and blanks at the end of a name, and `x.exe:stream` opens x.exe.
  const effective = name
    .toLowerCase()
    .replace(/:.*$/, '')
    .replace(/[.\s\u3000]+$/, '');
  const dot = effective.lastIndexOf('.');
  return dot >= 0 && executableExtensions.has(effective.slice(dot + 1));
}

function checkZip(bytes: Uint8Array, limits: MailLimits): AttachmentHoldReason | undefined {
  const zip = readZipDirectory(bytes, limits.archiveEntries);
  if (zip === undefined) return 'unchecked';
  if (
    zip.overlapping ||
    zip.entries > limits.archiveEntries ||
    zip.unpackedBytes > limits.unpackedBytes ||
    (zip.unpackedBytes > smallArchive &&
      zip.unpackedBytes / Math.max(1, zip.packedBytes) > limits.archiveRatio) ||
    zip.nestedArchives > limits.nestedArchives ||
    zip.nestedRatio > nestedGrowth
  ) {
    return 'archive-bomb';
  }
  if (zip.names.some(hasExecutableName)) return 'executable';
  return zip.encrypted ? 'encrypted-archive' : undefined;
}

/** Unpacked bytes below which the growth of an archive does not matter. */
const smallArchive = 8 * 1024 * 1024;
/** A nested archive does not shrink further, unless it repeats the same content many times. */
const nestedGrowth = 5;

function startsWith(bytes: Uint8Array, ...start: number[]): boolean {
  return start.every((byte, at) => bytes[at] === byte);
}

function startsLikeZip(bytes: Uint8Array): boolean {
  return startsWith(bytes, 0x50, 0x4b, 3, 4) || startsWith(bytes, 0x50, 0x4b, 5, 6);
}

function startsLikeProgram(bytes: Uint8Array): boolean {
  return (
    isWindowsProgram(bytes) ||
    startsWith(bytes, 0x7f, 0x45, 0x4c, 0x46) || // ELF
    startsWith(bytes, 0xca, 0xfe, 0xba, 0xbe) || // Java class, fat Mach-O
    startsWith(bytes, 0xcf, 0xfa, 0xed, 0xfe) || // Mach-O, 64 bit
    startsWith(bytes, 0xce, 0xfa, 0xed, 0xfe) || // Mach-O, 32 bit
    startsWith(bytes, 0x4c, 0, 0, 0, 1, 0x14, 2, 0) || // Windows shortcut
    (startsWith(bytes, 0x23, 0x21) && bytes.subarray(2, 80).includes(0x2f)) // #! /path
  );
}

/** `MZ` alone may begin a text; a program has zeros in its header. */
function isWindowsProgram(bytes: Uint8Array): boolean {
  return startsWith(bytes, 0x4d, 0x5a) && bytes.subarray(2, 64).includes(0);
}

function startsLikeArchive(bytes: Uint8Array): boolean {
  return (
    startsWith(bytes, 0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c) || // 7z
    startsWith(bytes, 0x52, 0x61, 0x72, 0x21) || // RAR
    startsWith(bytes, 0x4d, 0x53, 0x43, 0x46) || // CAB
    startsWith(bytes, 0x1f, 0x8b) // gzip
  );
}
