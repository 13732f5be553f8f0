/**
 * The header by which our own mail is known when it comes back, through a forwarder or another
 * automatic system; its value is the stage's mail domain.
 */
export const loopHeader = 'X-Toritsugi-Loop';
