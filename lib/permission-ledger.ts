/** One permission of one function, in names people can read. */
export interface FunctionPermission {
  /** The use case, such as `work/claim-inquiry`. */
  readonly holder: string;
  /** An IAM action; a denied one has `never` before it. */
  readonly action: string;
  readonly resource: string;
  /** The IAM condition, if any. */
  readonly condition?: string;
}

/** Why a resource with a wildcard was allowed. */
export interface WildcardReason {
  readonly holder: string;
  readonly resource: string;
  readonly reason: string;
}

/** A resource of a template, as far as permissions show in it. */
export interface PermissionResource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly Metadata?: Record<string, unknown>;
}
export interface PermissionTemplate {
  readonly Resources: Readonly<Record<string, PermissionResource>>;
}

interface WildcardMetadata {
  readonly resource: unknown;
  readonly reason: string;
}

interface RoleProperties {
  readonly Policies?: readonly {
    readonly PolicyDocument: { readonly Statement: readonly PolicyStatementJson[] };
  }[];
  readonly ManagedPolicyArns?: unknown;
}

interface PolicyStatementJson {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/**
 * Lists what a stage's functions, and the gateway, may do according to its templates.
 *
 * Throws for a role of nobody who is known, and for rights that are not written in a role: policies
 * of their own, managed or attached, so that the list is complete.
 */
export function listPermissions(template: PermissionTemplate): FunctionPermission[] {
  const name = makeResourceNamer(template);
  const holders = mapHoldersByRole(template);
  const permissions: FunctionPermission[] = [];
  for (const [id, resource] of Object.entries(template.Resources)) {
    if (/^AWS::IAM::.*Policy$/.test(resource.Type)) throw new Error(`${id} hangs beside a role`);
    if (resource.Type !== 'AWS::IAM::Role') continue;
    const holder = holders.get(id);
    if (holder === undefined) throw new Error(`${id} is the role of no function`);
    const { Policies = [], ManagedPolicyArns } = resource.Properties as RoleProperties;
    if (ManagedPolicyArns !== undefined) throw new Error(`${id} has rights of a managed policy`);
    for (const statement of Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)) {
      const condition =
        statement.Condition === undefined ? {} : { condition: JSON.stringify(statement.Condition) };
      for (const action of [statement.Action].flat()) {
        for (const target of [statement.Resource].flat()) {
          const granted = statement.Effect === 'Allow' ? action : `never ${action}`;
          permissions.push({ holder, action: granted, resource: name(target), ...condition });
        }
      }
    }
  }
  return permissions.sort(
    (a, b) =>
      a.holder.localeCompare(b.holder, 'en') ||
      a.resource.localeCompare(b.resource, 'en') ||
      a.action.localeCompare(b.action, 'en'),
  );
}

/** Lists the reasons that `EntryFunction.explainWildcard` left in the template. */
export function listReasons(template: PermissionTemplate): WildcardReason[] {
  const name = makeResourceNamer(template);
  return listFunctions(template)
    .flatMap(([, resource]) => {
      const reasons = (resource.Metadata?.['toritsugi:wildcards'] ?? []) as WildcardMetadata[];
      return reasons.map((one) => ({
        holder: holderOf(resource),
        resource: name(one.resource),
        reason: one.reason,
      }));
    })
    .sort((a, b) => a.holder.localeCompare(b.holder, 'en') || (a.resource < b.resource ? -1 : 1));
}

/** Writes the permissions as a Markdown page: one table per function. */
export function renderPermissions(
  permissions: readonly FunctionPermission[],
  reasons: readonly WildcardReason[],
): string {
  const lines = [
    '# Permissions',
    '',
    'What each function may do in the `prod` stage, as its templates say; nothing else may. Written by',
    '`node bin/write-permissions.ts` and compared with the templates by a test. Resources are named by',
    'their place in `lib/`.',
    '',
  ];
  for (const [holder, own] of Map.groupBy(permissions, (permission) => permission.holder)) {
    lines.push(`## ${holder}`, '', '| resource | actions | only if |', '| --- | --- | --- |');
    const rows = Map.groupBy(own, (one) => `\`${one.resource}\` | ${one.condition ?? ''}`);
    for (const group of rows.values()) {
      const [first] = group;
      if (first === undefined) continue;
      const condition = first.condition === undefined ? '' : `\`${first.condition}\``;
      const actions = group.map((one) => one.action).join(', ');
      lines.push(`| \`${first.resource}\` | ${actions} | ${condition} |`);
    }
    lines.push('');
  }
  lines.push(
    '## Wildcards, and why',
    '',
    '| resource | functions | reason |',
    '| --- | --- | --- |',
  );
  const byResource = Map.groupBy(reasons, (one) => `${one.resource}\n${one.reason}`);
  for (const key of [...byResource.keys()].sort()) {
    const group = byResource.get(key) ?? [];
    const [resource, reason] = key.split('\n');
    lines.push(`| \`${resource}\` | ${group.map((one) => one.holder).join(', ')} | ${reason} |`);
  }
  return `${lines.join('\n')}\n`;
}

function listFunctions(template: PermissionTemplate): [string, PermissionResource][] {
  return Object.entries(template.Resources).filter(
    ([, resource]) => resource.Type === 'AWS::Lambda::Function',
  );
}

function holderOf(resource: PermissionResource): string {
  const entry = String(resource.Metadata?.['toritsugi:entry']);
  return entry.replace(/^functions\//, '').replace(/\.lambda\.ts$/, '');
}

/** By the ids of roles: the functions' use cases, and what a role itself says of its holder. */
function mapHoldersByRole(template: PermissionTemplate): Map<string, string> {
  const functions = listFunctions(template).map(([, resource]) => {
    const role = resource.Properties?.['Role'] as { 'Fn::GetAtt': [string, string] };
    return [role['Fn::GetAtt'][0], holderOf(resource)] as const;
  });
  const others = Object.entries(template.Resources).flatMap(([id, { Metadata }]) => {
    const holder = Metadata?.['toritsugi:holder'];
    return holder === undefined ? [] : [[id, String(holder)] as const];
  });
  return new Map([...functions, ...others]);
}

/** Names the resource of an ARN in the template: `Store.Mail/incoming/*`, `Sla.Alarms.Queue`. */
function makeResourceNamer(template: PermissionTemplate): (value: unknown) => string {
  const place = (id: string) => {
    if (id.startsWith('AWS::')) return `<${id.slice('AWS::'.length).toLowerCase()}>`;
    const path = String(template.Resources[id]?.Metadata?.['aws:cdk:path'] ?? id);
    return path.split('/').slice(1, -1).join('.');
  };
  return function name(value: unknown): string {
    if (typeof value === 'string') return value;
    const intrinsic = value as Record<string, unknown>;
    if ('Ref' in intrinsic) return place(String(intrinsic['Ref']));
    if ('Fn::GetAtt' in intrinsic) {
      const [id, attribute] = intrinsic['Fn::GetAtt'] as [string, string];
      return attribute === 'Arn' ? place(id) : `${place(id)}.${attribute}`;
    }
    if ('Fn::Join' in intrinsic) {
      const [separator, parts] = intrinsic['Fn::Join'] as [string, unknown[]];
      return parts.map(name).join(separator);
    }
    throw new Error(`No name for ${JSON.stringify(value)}`);
  };
}
