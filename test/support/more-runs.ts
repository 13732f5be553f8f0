import fc from 'fast-check';
import { MORE_RUNS } from './volumes.ts';

/** Properties that set no number of runs are tried a hundred times otherwise. */
fc.configureGlobal({ ...fc.readConfigureGlobal(), numRuns: 100 * MORE_RUNS });
