/**
 * The header by which our own mail is recognized when it comes back through a forwarder or another
 * automatic system; its value is the mail domain of the stage.
 */
export const loopHeader = 'X-Toritsugi-Loop';
