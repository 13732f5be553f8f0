/**
 * The Message-ID, without angle brackets, that SES puts in place of the mail's own.
 */
export function formatWireId(sesId: string, region: string): string {
  // The first region's domain is older than the other regions.
  return `${sesId}@${region === 'us-east-1' ? 'email' : region}.amazonses.com`;
}
