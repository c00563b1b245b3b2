// What is measured. `mailbox` is one of the load server's; the adapters in clients/ do the work by the workload's name.

/** @typedef {{ mailbox: string, title: string, messages: number, megabytes?: number, once?: boolean, delayed?: boolean, without?: string[], user?: string }} Workload */

/** @type {Record<string, Workload>} */
export const workloads = {
  flags: { mailbox: 'flags', title: 'FETCH flags of 100,000 messages', messages: 100_000 },
  envelopes: { mailbox: 'envelopes', title: 'FETCH envelope + structure of 20,000, all read', messages: 20_000 },
  'envelopes-untouched': {
    mailbox: 'envelopes',
    title: 'the same, only UIDs read',
    messages: 20_000,
  },
  bodies: { mailbox: 'bodies', title: '2,000 bodies of 100 KB', messages: 2_000, megabytes: 200_000 / 1024 },
  stream: { mailbox: 'stream', title: 'one body of 500 MB', messages: 1, megabytes: 500 },
  slow: {
    mailbox: 'stream',
    title: 'the first 25 MB of it at 5 MB/s',
    messages: 1,
    megabytes: 25_000_000 / 1024 / 1024,
    once: true,
    // A socket that reads nothing has nothing to show here.
    without: ['raw'],
  },
  search: { mailbox: 'search', title: 'SEARCH with 500,000 hits', messages: 500_000, user: 'plain' },
  pipelined: {
    mailbox: 'bodies',
    title: '2,000 single fetches at once, 20 ms away',
    messages: 2_000,
    delayed: true,
    // One at a time takes a client most of a minute.
    once: true,
  },
  idle: { mailbox: 'stream', title: '200 idle connections', messages: 200, once: true },
}

/** Run when nothing else is asked for. */
export const usual = ['flags', 'envelopes', 'envelopes-untouched', 'bodies', 'stream', 'search']

/** What makes sense against a real server's mailbox of small messages. */
export const onDovecot = ['flags', 'envelopes', 'bodies']
