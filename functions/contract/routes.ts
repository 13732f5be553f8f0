import type { RouteContract } from '../edge/http/route-contract.ts';
import * as audit from './audit.ts';
import * as configRouting from './config/config-routing.ts';
import * as config from './config/config-service-levels.ts';
import * as desks from './desks.ts';
import * as docs from './docs.ts';
import * as erasure from './erasure.ts';
import * as inquiries from './inquiries.ts';
import * as intake from './intake.ts';
import * as job from './job.ts';
import * as offboarding from './offboarding.ts';
import * as people from './people.ts';
import * as routing from './routing.ts';
import * as escalations from './sla/escalations.ts';
import * as sla from './sla/sla.ts';
import * as slaReport from './sla/sla-report.ts';
import * as unmasking from './unmasking.ts';
import * as vendor from './vendor.ts';
import * as work from './work.ts';

/** Every route of the API by the name of its operation, ordered by path. */
export const routeContracts: ReadonlyMap<string, RouteContract> = new Map(
  [
    intake,
    inquiries,
    work,
    desks,
    people,
    offboarding,
    erasure,
    sla,
    slaReport,
    escalations,
    unmasking,
    config,
    configRouting,
    routing,
    job,
    audit,
    vendor,
    docs,
  ]
    .flatMap((file) => Object.entries<unknown>(file))
    .filter((entry): entry is [string, RouteContract] => isContract(entry[1]))
    .sort(([, one], [, other]) => (sortingKey(one) < sortingKey(other) ? -1 : 1)),
);

function sortingKey({ path, method }: RouteContract): string {
  return `${path} ${method}`;
}

/** Contract files export the schemas of their answers, too. */
function isContract(exported: unknown): boolean {
  return typeof exported === 'object' && exported !== null && 'refusals' in exported;
}
