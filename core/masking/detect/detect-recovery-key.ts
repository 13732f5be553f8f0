import type { DigitSequenceDetector } from './find-digit-sequences.ts';

/** Detects the recovery key of a BitLocker volume: eight groups of six digits. */
export const detectRecoveryKey: DigitSequenceDetector = ({ digits, shape, gaps }) =>
  digits.length === 48 && !/[の()[\]]/.test(gaps) && shape.every((size) => size === 6)
    ? 'password'
    : undefined;
