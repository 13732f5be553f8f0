/**
 * The Message-ID, without angle brackets, under which SES sends what it accepted under an id: it
 * replaces the one that the mail had.
 */
export function formatWireId(sesId: string, region: string): string {
  // The first region has had its own domain since before there were others.
  return `${sesId}@${region === 'us-east-1' ? 'email' : region}.amazonses.com`;
}
