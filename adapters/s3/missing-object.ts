/** What S3 answers for an object that is not there: to a HEAD, which has no body, only a status. */
const missingNames = new Set(['NoSuchKey', 'NotFound', '404']);
const deniedNames = new Set(['AccessDenied', 'Forbidden', 'Unknown', 'UnknownError', '403']);

/**
 * Whether an error of S3 means that there is no such object.
 *
 * To a function that may read an object but not list its bucket, S3 answers 403 for a missing one,
 * so that nobody learns by asking which keys there are. A refusal of the bucket's encryption key is
 * about an object that is there.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export function isMissingObject(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (missingNames.has(error.name)) return true;
  const { $metadata } = error as { $metadata?: { readonly httpStatusCode?: number } };
  return (
    $metadata?.httpStatusCode === 403 &&
    deniedNames.has(error.name) &&
    !/\bkms\b/i.test(error.message)
  );
}
