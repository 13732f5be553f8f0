import type { ReceiptRule } from '../deployment/read-mail.ts';

/**
 * Finds the rules that match a message, each with the envelope recipients it matches.
 *
 * A rule's recipient is an address, which also matches with a `+label`; a domain; or `.domain`,
 * which matches its subdomains. A rule without recipients matches all.
 * @see
 * https://docs.aws.amazon.com/ses/latest/dg/receiving-email-receipt-rules-console-walkthrough.html
 */
export function matchReceiptRules(
  rules: readonly ReceiptRule[],
  recipients: readonly string[],
): { rule: ReceiptRule; recipients: string[] }[] {
  return rules
    .map((rule) => ({ rule, recipients: recipients.filter((one) => matchesRecipient(rule, one)) }))
    .filter((match) => match.recipients.length > 0);
}

function matchesRecipient(rule: ReceiptRule, recipient: string): boolean {
  if (rule.recipients.length === 0) return true;
  const address = recipient.toLowerCase();
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  const unlabelled = `${address.slice(0, at).split('+')[0]}@${domain}`;
  return rule.recipients.some((one) => {
    const pattern = one.toLowerCase();
    if (pattern.includes('@')) return pattern === address || pattern === unlabelled;
    return pattern.startsWith('.') ? domain.endsWith(pattern) : domain === pattern;
  });
}
