/*
 * Loaded before a command (`node --import`): kills the process, as `kill -9` does, before it prints
 * the first line that matches.
 */
const pattern = new RegExp(process.env['KILL_AT_LINE'] ?? 'no line is like this');
const { log } = console;
console.log = (...words: unknown[]) => {
  if (pattern.test(words.join(' '))) process.kill(process.pid, 'SIGKILL');
  log(...words);
};
