import {
  deriveName,
  type HostAddresses,
  type LocalNames,
  namePropertyOf,
  nameResource,
} from './local-names.ts';
import { ACCOUNT_ID, REGION } from './region.ts';
import { listResources, type StackResource, type StackTemplate } from './resource.ts';

/** The template says something that this machine has no value for. */
export class UnresolvableError extends Error {
  override readonly name = 'UnresolvableError';
}

/** Resolves CloudFormation intrinsics of a set of stacks to the names that things have here. */
export interface IntrinsicResolver {
  /** A value with every intrinsic in it replaced; throws `UnresolvableError` naming the culprit. */
  resolve(value: unknown, stack: string): unknown;
  /** As `resolve`, for a place where only text makes sense. */
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
  const named = new Map<StackResource, LocalNames>();
  const naming = new Set<StackResource>();

  function names(resource: StackResource): LocalNames {
    const known = named.get(resource);
    if (known !== undefined) return known;
    if (naming.has(resource)) {
      throw new UnresolvableError(`The name of ${resource.id} depends on itself.`);
    }
    naming.add(resource);
    try {
      const given = resource.properties[namePropertyOf(resource.type) ?? ''];
      const name = given === undefined ? deriveName(resource) : text(given, resource.stack);
      const result = nameResource(resource, name, addresses);
      named.set(resource, result);
      return result;
    } finally {
      naming.delete(resource);
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
    return aliased(resource) ?? names(resource).ref;
  }

  /** Versions and aliases of a function stand for the function: there is one version here. */
  function aliased(resource: StackResource): string | undefined {
    if (resource.type !== 'AWS::Lambda::Version' && resource.type !== 'AWS::Lambda::Alias') {
      return undefined;
    }
    return text(resource.properties['FunctionName'], resource.stack);
  }

  function attribute(id: string, name: string, stack: string): string {
    const resource = resources.get(`${stack}/${id}`);
    if (resource === undefined) throw new UnresolvableError(`${stack} has no resource ${id}.`);
    const alias = aliased(resource);
    if (alias !== undefined) return alias;
    const value = names(resource).attributes[name];
    if (value === undefined) {
      throw new UnresolvableError(
        `Fn::GetAtt ${id}.${name}: ${resource.type} has no ${name} on this machine.`,
      );
    }
    return value;
  }

  function substituted(argument: unknown, stack: string): string {
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

  function imported(argument: unknown, stack: string): unknown {
    const wanted = text(argument, stack);
    for (const exporter of stacks) {
      for (const output of Object.values(exporter.template.Outputs ?? {})) {
        if (output.Export !== undefined && text(output.Export.Name, exporter.name) === wanted) {
          return resolve(output.Value, exporter.name);
        }
      }
    }
    throw new UnresolvableError(`No stack exports ${wanted}.`);
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
    'Fn::Sub': substituted,
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
    'Fn::ImportValue': imported,
    'Fn::Base64': (argument, stack) => Buffer.from(text(argument, stack)).toString('base64'),
  };

  function resolve(value: unknown, stack: string): unknown {
    if (Array.isArray(value)) return value.map((item) => resolve(item, stack));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only !== undefined) {
      const [key, argument] = only;
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
