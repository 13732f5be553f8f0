/** Where everything local pretends to be; fauxqs builds its ARNs with this account. */
export const REGION = 'ap-northeast-1';
export const ACCOUNT_ID = '000000000000';

export function makeArn(service: string, resource: string): string {
  return `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${resource}`;
}
