import fc from 'fast-check';
import { MORE_RUNS } from './volumes.ts';

/** Properties that say nothing of it are tried a hundred times otherwise. */
fc.configureGlobal({ ...fc.readConfigureGlobal(), numRuns: 100 * MORE_RUNS });
