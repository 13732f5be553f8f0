import {
  deriveName,
  type HostAddresses,
  type LocalNames,
  namePropertyOf,
  nameResource,
} from './local-names.ts';
import { ACCOUNT_ID, REGION } from './region.ts';
import { listResources, type StackResource, type StackTemplate } from './resource.ts';

/** The template needs something for which this machine has no value. */
export class UnresolvableError extends Error {
  override readonly name = 'UnresolvableError';
}

/** Resolves the CloudFormation intrinsics of a set of stacks to the names on this machine. */
export interface IntrinsicResolver {
  /** Replaces every intrinsic in a value; throws `UnresolvableError` naming the culprit. */
  resolve(value: unknown, stack: string): unknown;
  /** Resolves a value that must be text. */
  text(value: unknown, stack: string): string;
  /** A resource's properties, resolved. */
  properties(resource: StackResource): Record<string, unknown>;
  names(resource: StackResource): LocalNames;
}

export function makeIntrinsicResolver(
  stacks: readonly StackTemplate[],
  addresses: HostAddresses,
): IntrinsicResolver {
  const resources = new Map(listResources(stacks).map((one) => [`${one.stack}/${one.id}`, one]));
  const byStack = new Map(stacks.map((stack) => [stack.name, stack]));
  const namesByResource = new Map<StackResource, LocalNames>();
  const pendingNames = new Set<StackResource>();

  function names(resource: StackResource): LocalNames {
    const knownNames = namesByResource.get(resource);
    if (knownNames !== undefined) return knownNames;
    if (pendingNames.has(resource)) {
      throw new UnresolvableError(`The name of ${resource.id} depends on itself.`);
    }
    pendingNames.add(resource);
    try {
      const givenName = resource.properties[namePropertyOf(resource.type) ?? ''];
      const name = givenName === undefined ? deriveName(resource) : text(givenName, resource.stack);
      const result = nameResource(resource, name, addresses);
      namesByResource.set(resource, result);
      return result;
    } finally {
      pendingNames.delete(resource);
    }
  }

  function text(value: unknown, stack: string): string {
    const resolved = resolve(value, stack);
    if (typeof resolved === 'string') return resolved;
    if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved);
    throw new UnresolvableError(`${JSON.stringify(value)} is not text.`);
  }

  function list(value: unknown, stack: string): unknown[] {
    const resolved = resolve(value, stack);
    if (Array.isArray(resolved)) return resolved;
    throw new UnresolvableError(`${JSON.stringify(value)} is not a list.`);
  }

  function ref(id: string, stack: string): unknown {
    if (Object.hasOwn(PSEUDO_PARAMETERS, id)) return PSEUDO_PARAMETERS[id];
    if (id === 'AWS::StackName') return stack;
    if (id === 'AWS::StackId')
      return `arn:aws:cloudformation:${REGION}:${ACCOUNT_ID}:stack/${stack}/1`;
    const parameter = byStack.get(stack)?.template.Parameters?.[id];
    if (parameter !== undefined) {
      if (parameter.Default === undefined) {
        throw new UnresolvableError(`Parameter ${id} of ${stack} has no default.`);
      }
      return parameter.Default;
    }
    const resource = resources.get(`${stack}/${id}`);
    if (resource === undefined) throw new UnresolvableError(`${stack} has no resource ${id}.`);
    return resolveAlias(resource) ?? names(resource).ref;
  }

  /** A version or alias of a function stands for the function: there is only one version here. */
  function resolveAlias(resource: StackResource): string | undefined {
    if (resource.type !== 'AWS::Lambda::Version' && resource.type !== 'AWS::Lambda::Alias') {
      return undefined;
    }
    return text(resource.properties['FunctionName'], resource.stack);
  }

  function attribute(id: string, name: string, stack: string): string {
    const resource = resources.get(`${stack}/${id}`);
    if (resource === undefined) throw new UnresolvableError(`${stack} has no resource ${id}.`);
    const alias = resolveAlias(resource);
    if (alias !== undefined) return alias;
    const value = names(resource).attributes[name];
    if (value === undefined) {
      throw new UnresolvableError(
        `Fn::GetAtt ${id}.${name}: ${resource.type} has no ${name} on this machine.`,
      );
    }
    return value;
  }

  function substitute(argument: unknown, stack: string): string {
    const [format, values] = (Array.isArray(argument) ? argument : [argument, {}]) as [
      string,
      Record<string, unknown>,
    ];
    return format.replaceAll(/\$\{([^}]+)\}/g, (_match, key: string) => {
      if (key.startsWith('!')) return `\${${key.slice(1)}}`;
      if (key in values) return text(values[key], stack);
      const dot = key.indexOf('.');
      return dot < 0
        ? text({ Ref: key }, stack)
        : attribute(key.slice(0, dot), key.slice(dot + 1), stack);
    });
  }

  function importValue(argument: unknown, stack: string): unknown {
    const exportName = text(argument, stack);
    for (const exporter of stacks) {
      for (const output of Object.values(exporter.template.Outputs ?? {})) {
        if (output.Export !== undefined && text(output.Export.Name, exporter.name) === exportName) {
          return resolve(output.Value, exporter.name);
        }
      }
    }
    throw new UnresolvableError(`No stack exports ${exportName}.`);
  }

  const intrinsics: Readonly<Record<string, (argument: unknown, stack: string) => unknown>> = {
    Ref: (id, stack) => ref(String(id), stack),
    'Fn::GetAtt': (argument, stack) => {
      const [id, ...path] = Array.isArray(argument) ? argument : String(argument).split('.');
      return attribute(String(id), path.map((part) => text(part, stack)).join('.'), stack);
    },
    'Fn::Join': (argument, stack) => {
      const [separator, parts] = argument as [string, unknown];
      return list(parts, stack).join(separator);
    },
    'Fn::Sub': substitute,
    'Fn::Select': (argument, stack) => {
      const [index, parts] = argument as [unknown, unknown];
      const chosen = list(parts, stack)[Number(resolve(index, stack))];
      if (chosen === undefined) throw new UnresolvableError('Fn::Select is out of range.');
      return chosen;
    },
    'Fn::Split': (argument, stack) => {
      const [separator, joined] = argument as [string, unknown];
      return text(joined, stack).split(separator);
    },
    'Fn::ImportValue': importValue,
    'Fn::Base64': (argument, stack) => Buffer.from(text(argument, stack)).toString('base64'),
  };

  function resolve(value: unknown, stack: string): unknown {
    if (Array.isArray(value)) return value.map((item) => resolve(item, stack));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [onlyEntry] = entries;
    if (entries.length === 1 && onlyEntry !== undefined) {
      const [key, argument] = onlyEntry;
      const intrinsic = intrinsics[key];
      if (intrinsic !== undefined) return intrinsic(argument, stack);
      if (key.startsWith('Fn::')) throw new UnresolvableError(`${key} is not understood here.`);
    }
    return Object.fromEntries(entries.map(([key, item]) => [key, resolve(item, stack)]));
  }

  return {
    resolve,
    text,
    names,
    properties: (resource) =>
      resolve(resource.properties, resource.stack) as Record<string, unknown>,
  };
}

const PSEUDO_PARAMETERS: Readonly<Record<string, unknown>> = {
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT_ID,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::NoValue': undefined,
  'AWS::NotificationARNs': [],
};
