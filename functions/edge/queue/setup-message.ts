/** SES sends this once, as plain text, to a topic that is made the destination of its events. */
const validationText = /^Successfully validated SNS topic for Amazon SES event publishing\.?$/;

/** What a message of SNS, S3 or SES says about itself at its top, when it is about no event. */
const setupMarks: readonly (readonly [field: string, values: readonly string[]])[] = [
  ['Type', ['SubscriptionConfirmation', 'UnsubscribeConfirmation']],
  ['notificationType', ['AmazonSnsSubscriptionSucceeded']],
  ['Event', ['s3:TestEvent']],
];

/**
 * Whether a queue's message only says that a topic, subscription or bucket has been connected.
 *
 * AWS writes it when a stage is deployed, in a form that no consumer reads, and nobody has to act.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export function isSetupMessage(body: string): boolean {
  if (validationText.test(body.trim())) return true;
  const message = parseObject(body);
  if (message === undefined) return false;
  // With the envelope that SNS adds unless a subscription is raw.
  if (message['Type'] === 'Notification' && typeof message['Message'] === 'string') {
    return isSetupMessage(message['Message']);
  }
  return setupMarks.some(([field, values]) => values.includes(String(message[field])));
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
