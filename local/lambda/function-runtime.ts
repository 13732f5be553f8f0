import { pathToFileURL } from 'node:url';
import type { LambdaFunction } from '../deployment/read-functions.ts';
import { buildLambdaContext } from './lambda-context.ts';

type FunctionHandler = (event: unknown, context: unknown) => Promise<unknown>;

/** Runs the template's functions in this process. */
export interface FunctionRuntime {
  /** Calls a function by name; throws what it throws, or `FunctionTimeoutError`. */
  invoke(name: string, event: unknown): Promise<unknown>;
  /** Calls back after each call of any function; returns how to end that. */
  onInvoked(listener: () => void): () => void;
  readonly active: number;
}

export class FunctionTimeoutError extends Error {
  override readonly name = 'FunctionTimeoutError';
}

export interface FunctionRuntimeOptions {
  readonly functions: readonly LambdaFunction[];
  /** The folder to which entry paths are relative. */
  readonly root: string;
  /** Reports every failed call to the console. */
  readonly report: (fn: LambdaFunction, error: unknown) => void;
}

/** Grows with each host of this process: entries read their environment when first imported. */
let generation = 0;

/**
 * Imports every entry and returns a runtime for them; `process.env` must be complete by then.
 *
 * A second host in one process imports the entries again, but not what they import.
 */
export async function loadFunctions(options: FunctionRuntimeOptions): Promise<FunctionRuntime> {
  generation += 1;
  const suffix = generation === 1 ? '' : `?host=${generation}`;
  const loaded = await Promise.all(
    options.functions.map(
      async (fn) => [fn.name, { fn, handler: await load(fn, suffix) }] as const,
    ),
  );
  const byName = new Map(loaded);
  const listeners = new Set<() => void>();
  let active = 0;

  async function load(fn: LambdaFunction, query: string): Promise<FunctionHandler> {
    const url = `${pathToFileURL(`${options.root}/${fn.entry}`).href}${query}`;
    let module: { handler?: unknown };
    try {
      module = await import(/* @vite-ignore */ url);
    } catch (error) {
      throw new Error(`${fn.entry} could not be loaded: ${String(error)}`, { cause: error });
    }
    if (typeof module.handler !== 'function') throw new Error(`${fn.entry} exports no handler.`);
    return module.handler as FunctionHandler;
  }

  return {
    get active() {
      return active;
    },
    onInvoked: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    invoke: async (name, event) => {
      const loadedFunction = byName.get(name);
      if (loadedFunction === undefined) throw new Error(`There is no function ${name}.`);
      active += 1;
      try {
        return await runWithTimeout(loadedFunction.fn, loadedFunction.handler, event);
      } catch (error) {
        options.report(loadedFunction.fn, error);
        throw error;
      } finally {
        active -= 1;
        for (const listener of listeners) listener();
      }
    },
  };
}

/**
 * Stops waiting for a function after its timeout; Lambda would end it, which one process cannot.
 */
async function runWithTimeout(
  fn: LambdaFunction,
  handler: FunctionHandler,
  event: unknown,
): Promise<unknown> {
  const milliseconds = fn.timeoutSeconds * 1000;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new FunctionTimeoutError(`Task timed out after ${fn.timeoutSeconds} seconds`)),
      milliseconds,
    );
  });
  try {
    const work = handler(event, buildLambdaContext(fn, performance.now() + milliseconds));
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
