import {
  computeSignature,
  isSameText,
  type SigningCredentials,
} from './check-presigned-request.ts';

/** A refusal with S3's own status and code. */
export interface UploadRefusal {
  readonly status: number;
  readonly code: string;
}

/**
 * Returns why the signed policy does not allow a form upload, or undefined when it does: checks
 * signature, expiry, and every condition, including the length range.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */
export function checkUpload(
  form: { readonly fields: Readonly<Record<string, string>>; readonly fileBytes: number },
  bucket: string,
  credentials: SigningCredentials,
  at: Date,
): UploadRefusal | undefined {
  const fields = Object.fromEntries(
    Object.entries(form.fields).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const [accessKeyId, ...scope] = (fields['x-amz-credential'] ?? '').split('/');
  const policyText = fields['policy'] ?? '';
  if (accessKeyId !== credentials.accessKeyId) return makeDenial('InvalidAccessKeyId');
  const expected = computeSignature(policyText, scope, credentials);
  if (!isSameText(fields['x-amz-signature'] ?? '', expected))
    return makeDenial('SignatureDoesNotMatch');
  const policy = JSON.parse(Buffer.from(policyText, 'base64').toString()) as UploadPolicy;
  if (!(Date.parse(policy.expiration) > at.getTime())) return makeDenial('AccessDenied');
  for (const condition of policy.conditions) {
    const refusal = checkUploadCondition(condition, { ...fields, bucket }, form.fileBytes);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

interface UploadPolicy {
  readonly expiration: string;
  readonly conditions: readonly UploadCondition[];
}

type UploadCondition =
  | Readonly<Record<string, string>>
  | readonly [string, string | number, string | number];

function checkUploadCondition(
  condition: UploadCondition,
  fields: Readonly<Record<string, string>>,
  fileBytes: number,
): UploadRefusal | undefined {
  if (!isOperatorCondition(condition)) {
    const isMet = Object.entries(condition).every(
      ([name, value]) => fields[name.toLowerCase()] === value,
    );
    return isMet ? undefined : makeDenial('AccessDenied');
  }
  const [operator, first, second] = condition;
  if (operator === 'content-length-range') {
    if (fileBytes < Number(first)) return { status: 400, code: 'EntityTooSmall' };
    return fileBytes > Number(second) ? { status: 400, code: 'EntityTooLarge' } : undefined;
  }
  const value = fields[String(first).replace(/^\$/, '').toLowerCase()] ?? '';
  const isMet = operator === 'eq' ? value === second : value.startsWith(String(second));
  return isMet ? undefined : makeDenial('AccessDenied');
}

function isOperatorCondition(
  condition: UploadCondition,
): condition is readonly [string, string | number, string | number] {
  return Array.isArray(condition);
}

function makeDenial(code: string): UploadRefusal {
  return { status: 403, code };
}
